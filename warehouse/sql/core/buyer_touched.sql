-- grain: one row per buyer of a changed order, before or after the change  key: platform, buyer_id
-- reads: shopify_order, core_order_line (still with the old rows)
create or replace temp table buyer_touched as
select platform, buyer_id
from shopify_order
where buyer_id is not null
union
select l.platform, l.buyer_id
from core_order_line as l
semi join shopify_order as s on s.platform = l.platform and s.shop_id = l.shop_id and s.order_id = l.order_id
where l.buyer_id is not null
