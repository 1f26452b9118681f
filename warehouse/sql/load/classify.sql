-- grain: one row per staged key with what is to be done  key: record_key  reads: staged, the raw table, load_window
-- parameters: shop, as_of
-- record_day never changes for a record, so it prunes the scan (https://duckdb.org/docs/stable/guides/performance/indexing, zonemaps).
create or replace temp table staged_action as
select
    s.record_key, s.record_day, s.version_at, s.row_hash,
    case
        when t.record_key is null then 'new'
        -- An older version that comes late changes nothing. Of equal ones the hash tells whether they differ, and the later pull
        -- stands: an old landing file that is read anew does not undo what the platform said since.
        when s.row_hash = t.row_hash or s.version_at < t.version_at then 'unchanged'
        when s.version_at > t.version_at or t.as_of is null or t.as_of <= $$as_of then 'changed'
        else 'unchanged'
    end as action
from staged as s
left join (
    select r.record_key, r.version_at, r.row_hash, w.as_of
    from ${table} as r
    left join load_window as w on w.load_seq = r.load_seq
    where r.shop_id = $$shop
        and r.record_day between (select min(record_day) from staged) and (select max(record_day) from staged)
) as t on t.record_key = s.record_key
