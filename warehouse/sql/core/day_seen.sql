-- grain: one row per local day on which a changed order was paid or refunded  key: day  reads: shopify_order
create or replace temp table day_seen as
select business_date as day
from shopify_order
union
select cast(timezone(zone, refund.created_at) as date) as day
from (select zone, unnest(refunds) as refund from shopify_order)
