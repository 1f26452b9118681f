-- grain: one row per new or changed record  key: shop_id, record_key  reads: staged_action, record_file.sql
insert into ${table} (shop_id, record_key, record_day, version_at, row_hash, payload, load_seq)
select $$shop, a.record_key, a.record_day, a.version_at, a.row_hash, any_value(f.payload), $$seq
from staged_action as a
inner join ${record_file} as f on f.record_key = a.record_key and f.row_hash = a.row_hash
where a.action in ('new', 'changed')
group by all
