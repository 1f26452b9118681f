-- grain: one row per staged key with what is to be done  key: record_key  reads: staged, the raw table
-- record_day never changes for a record, so it prunes the scan (https://duckdb.org/docs/stable/guides/performance/indexing, zonemaps).
create or replace temp table staged_action as
select
    s.record_key, s.record_day, s.version_at, s.row_hash,
    case
        when t.record_key is null then 'new'
        -- an older version that comes late changes nothing; of equal ones the hash tells whether they differ
        when s.version_at >= t.version_at and s.row_hash <> t.row_hash then 'changed'
        else 'unchanged'
    end as action
from staged as s
left join (
    select record_key, version_at, row_hash
    from ${table}
    where shop_id = $$shop
        and record_day between (select min(record_day) from staged) and (select max(record_day) from staged)
) as t on t.record_key = s.record_key
