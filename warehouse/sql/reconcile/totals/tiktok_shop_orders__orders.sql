-- grain: one row per shop with the number of paid orders that hold a unit or money  key: platform, shop_id
-- reads: raw_tiktok_shop_orders, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, count(*) as amount
from raw_tiktok_shop_orders as r
inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'orders' and a.shop_id = r.shop_id
where r.payload ->> 'status' <> 'UNPAID'
    and cast(timezone(a.zone, cast(r.payload ->> 'paid_time' as timestamptz)) as date) between $start_on and $end_on
    and (
        json_array_length(r.payload, '$.line_items') > 0
        or cast(r.payload ->> '$.payment.original_total_product_price' as decimal(18, 4))
        <> cast(r.payload ->> '$.payment.seller_discount' as decimal(18, 4))
    )
group by a.platform, r.shop_id
