-- grain: one row per record  key: shop_id, record_key  reads: staged_action, record_file.sql
-- One statement that inserts and updates: the tables have no primary key, which INSERT ... ON CONFLICT would need
-- (https://duckdb.org/docs/stable/sql/statements/merge_into).
-- A key that stands twice in record_file.sql with the same version and hash has the same payload: any of them serves.
merge into ${table} as t
using (
    select a.record_key, a.record_day, a.version_at, a.row_hash, any_value(f.payload) as payload
    from staged_action as a
    inner join ${record_file} as f on f.record_key = a.record_key and f.version_at = a.version_at and f.row_hash = a.row_hash
    where a.action <> 'unchanged'
    group by all
) as s
on t.shop_id = $$shop and t.record_key = s.record_key
    and t.record_day between (select min(record_day) from staged) and (select max(record_day) from staged)
when matched then update set version_at = s.version_at, row_hash = s.row_hash, payload = s.payload, load_seq = $$seq
when not matched then insert (shop_id, record_key, record_day, version_at, row_hash, payload, load_seq)
    values ($$shop, s.record_key, s.record_day, s.version_at, s.row_hash, s.payload, $$seq)
