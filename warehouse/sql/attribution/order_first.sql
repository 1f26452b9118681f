-- grain: one row per order that a given refund names, its first line  key: shop_id, order_id
-- reads: core_order_line, given (the refunds)
-- A refund whose line is unknown takes what it must know of the order from there, but no SKU.
select * replace (cast(null as varchar) as sku_id)
from core_order_line as o
semi join given as g on g.shop_id = o.shop_id and g.order_id = o.order_id
qualify row_number() over (partition by shop_id, order_id order by line_id) = 1
