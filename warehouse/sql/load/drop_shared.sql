-- grain: rows of another file that a newer one replaces leave  key: shop_id, record_key  reads: shared_row
delete from ${table} as t
using (select record_key, other_day from shared_row where not yields) as s
where t.shop_id = $$shop and t.record_key = s.record_key and t.record_day = s.other_day
