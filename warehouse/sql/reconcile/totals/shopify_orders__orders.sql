-- grain: one row per shop with the number of paid orders that hold goods or shipping  key: platform, shop_id
-- reads: raw_shopify_orders, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, count(*) as amount
from raw_shopify_orders as r
inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
where cast(timezone(a.zone, cast(r.payload ->> 'paid_at' as timestamptz)) as date) between $start_on and $end_on
    and (
        list_contains(json_extract_string(r.payload, '$.line_items[*].kind'), 'goods')
        or json_array_length(r.payload, '$.shipping_lines') > 0
    )
group by a.platform, r.shop_id
