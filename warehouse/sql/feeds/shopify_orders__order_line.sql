-- grain: one row per sold order line (goods, shipping)  key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
with sold as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "processed_at": "TIMESTAMPTZ", "created_at": "TIMESTAMPTZ", "cancelled_at": "TIMESTAMPTZ", "test": "BOOLEAN",
            "currency": "VARCHAR", "customer_id": "VARCHAR", "country_code": "VARCHAR", "country": "VARCHAR",
            "line_items": [{"id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT", "total": "DECIMAL(18,4)"}],
            "shipping_lines": [{"id": "VARCHAR", "title": "VARCHAR", "total": "DECIMAL(18,4)"}]
        }') as o
    from feed_record
),
line as (
    select
        platform, shop_id, order_id, zone, o, 'goods' as line_type, item.id as line_id, item.sku as sku_id,
        item.quantity as qty, item.total as paid_amount
    from (select *, unnest(o.line_items) as item from sold)
    union all
    select
        platform, shop_id, order_id, zone, o, 'shipping' as line_type,
        coalesce(item.id, concat(order_id, '/shipping/', position)) as line_id, null as sku_id, 0 as qty,
        item.total as paid_amount
    from (
        select *, unnest(o.shipping_lines) as item, unnest(range(1, len(o.shipping_lines) + 1)) as position
        from sold
    )
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, line_type, o.customer_id as buyer_id, sku_id, qty,
    paid_amount, o.currency as currency, coalesce(o.country_code, o.country) as country, o.created_at as ordered_at,
    o.processed_at as paid_at, o.cancelled_at as cancelled_at, o.test as is_excluded,
    case when o.test then 'test order' end as exclude_reason
from line
