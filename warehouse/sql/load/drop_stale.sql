-- grain: rows that a file no longer holds, or holds otherwise, leave  key: shop_id, record_key  reads: staged_action
delete from ${table} as t
using (select record_key from staged_action where action in ('gone', 'changed')) as a
where t.shop_id = $$shop and t.record_key = a.record_key and t.record_day between $$first and $$last
