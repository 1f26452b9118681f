-- grain: one row per version that changes or goes, as it stood  key: connector, stream, shop_id, record_key, load_seq
-- reads: the raw table, staged_action  parameters: connector, stream, shop, seq, first and last day
insert into record_history
select
    $$connector, $$stream, t.shop_id, t.record_key, t.record_day, t.version_at, t.row_hash, t.payload, t.load_seq, $$seq
from ${table} as t
semi join (select record_key from staged_action where action in ('gone', 'changed')) as a on a.record_key = t.record_key
where t.shop_id = $$shop and t.record_day between $$first and $$last
