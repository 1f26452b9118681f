-- grain: one row per shop with the refund totals that Shopify states  key: platform, shop_id  reads: raw_shopify_orders, source_account
-- parameters: start_on, end_on
select platform, shop_id, sum(cast(refund ->> 'total' as decimal(18, 4))) as amount
from (
    select a.platform, r.shop_id, a.zone, unnest(cast(r.payload -> 'refunds' as json[])) as refund
    from raw_shopify_orders as r
    inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
    where json_array_length(r.payload, '$.refunds') > 0
)
where cast(timezone(zone, cast(refund ->> 'created_at' as timestamptz)) as date) between $start_on and $end_on
group by platform, shop_id
