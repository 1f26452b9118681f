-- grain: one row per shop with what TikTok states for its paid orders  key: platform, shop_id
-- reads: raw_tiktok_shop_orders, source_account
-- parameters: start_on, end_on
-- The order's own payment: the price of its products less the shop's discount. Its units are not looked at.
select
    a.platform, r.shop_id,
    sum(
        cast(r.payload ->> '$.payment.original_total_product_price' as decimal(18, 4))
        - cast(r.payload ->> '$.payment.seller_discount' as decimal(18, 4))
    ) as amount
from raw_tiktok_shop_orders as r
inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'orders' and a.shop_id = r.shop_id
where cast(timezone(a.zone, cast(r.payload ->> 'paid_time' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
