-- grain: one row per record  key: shop_id, record_key  reads: staged_action
merge into ${table} as t
using (
    select record_key, record_day, version_at, row_hash, payload
    from staged_action
    where action <> 'unchanged'
) as s
on t.shop_id = $$shop and t.record_key = s.record_key
    and t.record_day between (select min(record_day) from staged) and (select max(record_day) from staged)
when matched then update set version_at = s.version_at, row_hash = s.row_hash, payload = s.payload, load_seq = $$seq
when not matched then insert (shop_id, record_key, record_day, version_at, row_hash, payload, load_seq)
    values ($$shop, s.record_key, s.record_day, s.version_at, s.row_hash, s.payload, $$seq)
