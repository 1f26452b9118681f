-- grain: one row per order line of a SKU whose day of listing is known  key: platform, shop_id, line_id
-- reads: core_order_line, core_sku  parameters: new_sku_days
update core_order_line as l
set is_new_sku = l.business_date < s.listed_on + cast($new_sku_days as integer)
from core_sku as s
where s.sku_id = l.sku_id and s.listed_on is not null and l.is_new_sku is null and l.business_date is not null
