-- grain: one row per order line that a given refund names  key: shop_id, line_id  reads: core_order_line, given (the refunds)
select o.*
from core_order_line as o
semi join given as g on g.shop_id = o.shop_id and g.line_id = o.line_id
