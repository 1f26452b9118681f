-- grain: one row per sold order line, and one for its shipping  key: platform, shop_id, line_id  reads: feed_record
-- record: source_row_id
-- Amazon charges a buyer when it ships: a pending order is not paid for yet, a cancelled one never was. Neither is a sale.
-- item-price is of all units of the line; discounts are stated with or without a minus. A line without a price and without units was
-- cancelled inside its order: nothing is credited. Any other line without a price stays unknown.
-- The report names no buyer.
-- Non-Amazon orders (multi-channel fulfilment) are sales of another shop that Amazon only ships.
with told as (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "amazon_order_id": "VARCHAR", "purchase_date": "TIMESTAMPTZ", "order_status": "VARCHAR", "sales_channel": "VARCHAR",
            "sku": "VARCHAR", "quantity": "BIGINT", "currency": "VARCHAR", "item_price": "DECIMAL(18,4)",
            "shipping_price": "DECIMAL(18,4)", "item_promotion_discount": "DECIMAL(18,4)",
            "ship_promotion_discount": "DECIMAL(18,4)", "ship_country": "VARCHAR"
        }') as o
    from feed_record
),
sold as (
    select *, lower(coalesce(o.sales_channel, '')) like 'non-amazon%' as is_foreign
    from told
    where lower(o.order_status) not like 'pending%' and lower(o.order_status) not in ('cancelled', 'canceled')
),
line as (
    select
        platform, shop_id, record_key, zone, o, is_foreign, 'goods' as line_type, record_key as line_id, o.sku as sku_id,
        o.quantity as qty,
        case
            when o.item_price is null and o.quantity = 0 then 0
            else o.item_price - abs(coalesce(o.item_promotion_discount, 0))
        end as paid_amount
    from sold
    union all
    select
        platform, shop_id, record_key, zone, o, is_foreign, 'shipping' as line_type, concat(record_key, '/shipping') as line_id,
        null as sku_id, 0 as qty, o.shipping_price - abs(coalesce(o.ship_promotion_discount, 0)) as paid_amount
    from sold
    where o.shipping_price - abs(coalesce(o.ship_promotion_discount, 0)) <> 0
)
select
    platform, shop_id, record_key as source_row_id, zone, o.amazon_order_id as order_id, line_id, line_type,
    cast(null as varchar) as buyer_id, sku_id, qty,
    cast(paid_amount as decimal(18, 4)) as paid_amount, o.currency as currency, o.ship_country as country,
    o.purchase_date as ordered_at, o.purchase_date as paid_at, o.order_status as status, is_foreign as is_excluded,
    case when is_foreign then 'shipped for another shop' end as exclude_reason
from line
