-- grain: one row per row of an earlier reading of a landing file that its new reading puts under another key or day
-- key: record_key  reads: the raw table, load_window, staged  parameters: connector, stream, shop, landed
-- Only rows that no later load took over: those are another landing file's word.
create or replace temp table staged_action as
select t.record_key, t.record_day, t.version_at, t.row_hash, 'gone' as action
from ${table} as t
semi join (
    select load_seq
    from load_window
    where connector = $$connector and stream = $$stream and shop_id = $$shop and landing_sha256 = $$landed
) as w on w.load_seq = t.load_seq
anti join staged as s on s.record_key = t.record_key and s.record_day = t.record_day
where t.shop_id = $$shop
