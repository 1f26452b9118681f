-- grain: one row per order, its first line  key: shop_id, order_id  reads: core_order_line
-- A refund whose line the platform does not name takes what it must know of the order from there, but no SKU.
create or replace temp table order_first as
select * replace (cast(null as varchar) as sku_id)
from core_order_line
qualify row_number() over (partition by shop_id, order_id order by line_id) = 1
