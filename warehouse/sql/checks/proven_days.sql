-- grain: one row per open shop day without proof  key: connector, stream, shop_id, business_date  reads: source_health
select connector, stream, shop_id, business_date, cause_code, cause
from source_health
where status <> 'proven'
