-- grain: one row per sold unit, and one per order for what no unit explains  key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
-- The shop is credited the price less its own discount; what TikTok adds is its subsidy, tax is stated apart. Shipping is left out on both
-- sides (orders and returns): whether the shop or TikTok earns it is not stated. A cancelled unit brings nothing and is stated nowhere as
-- a refund, so that it does not count as a sale either.
with sold as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "status": "VARCHAR", "create_time": "TIMESTAMPTZ", "paid_time": "TIMESTAMPTZ", "cancel_time": "TIMESTAMPTZ",
            "cancellation_initiator": "VARCHAR", "is_sample_order": "BOOLEAN", "is_replacement_order": "BOOLEAN",
            "user_id": "VARCHAR", "region_code": "VARCHAR",
            "payment": {"currency": "VARCHAR", "original_total_product_price": "DECIMAL(18,4)",
                "seller_discount": "DECIMAL(18,4)"},
            "line_items": [{"id": "VARCHAR", "sku_id": "VARCHAR", "seller_sku": "VARCHAR",
                "original_price": "DECIMAL(18,4)", "seller_discount": "DECIMAL(18,4)", "display_status": "VARCHAR"}]
        }') as o
    from feed_record
),
part as (
    select
        platform, shop_id, order_id, zone, o, item.id as line_id, coalesce(item.seller_sku, item.sku_id) as sku_id, 1 as qty,
        item.original_price - item.seller_discount as paid_amount,
        o.status = 'CANCELLED' or coalesce(item.display_status = 'CANCELLED', false) as is_cancelled
    from (select *, unnest(o.line_items) as item from sold)
    union all
    select
        platform, shop_id, order_id, zone, o, concat(order_id, '/rest') as line_id, null as sku_id, 0 as qty,
        rest as paid_amount, o.status = 'CANCELLED' as is_cancelled
    from (
        select
            *,
            o.payment.original_total_product_price - o.payment.seller_discount
            - coalesce(list_sum(list_transform(o.line_items, lambda x: x.original_price - x.seller_discount)), 0) as rest
        from sold
    )
    where rest <> 0
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, 'goods' as line_type, o.user_id as buyer_id, sku_id,
    cast(qty as bigint) as qty, cast(paid_amount as decimal(18, 4)) as paid_amount, o.payment.currency as currency,
    o.region_code as country, o.create_time as ordered_at, o.paid_time as paid_at, o.cancel_time as cancelled_at,
    is_cancelled or o.is_sample_order or o.is_replacement_order as is_excluded,
    case
        when is_cancelled then 'cancelled'
        when o.is_sample_order then 'sample order'
        when o.is_replacement_order then 'replacement order'
    end as exclude_reason,
    o.status as status,
    case o.cancellation_initiator
        when 'BUYER' then 'buyer'
        when 'SELLER' then 'seller'
        when 'SYSTEM' then 'platform'
    end as cancelled_by
from part
