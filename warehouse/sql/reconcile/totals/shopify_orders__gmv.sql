-- grain: one row per shop with the order totals that Shopify states  key: platform, shop_id  reads: raw_shopify_orders, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, sum(cast(r.payload ->> 'total' as decimal(18, 4))) as amount
from raw_shopify_orders as r
inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
where cast(timezone(a.zone, cast(r.payload ->> 'processed_at' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
