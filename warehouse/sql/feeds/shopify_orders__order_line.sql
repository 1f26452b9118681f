-- grain: one row per sold order line (goods, shipping)  key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
-- Sales are without tax, also where prices hold it. Tips, sold gift cards, duties and fees are none. What is not paid (yet) has no paid_at,
-- so that it stands on no day and counts nowhere.
with sold as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "created_at": "TIMESTAMPTZ", "paid_at": "TIMESTAMPTZ", "cancelled_at": "TIMESTAMPTZ", "test": "BOOLEAN",
            "financial_status": "VARCHAR", "taxes_included": "BOOLEAN", "currency": "VARCHAR", "customer_id": "VARCHAR",
            "country_code": "VARCHAR", "country": "VARCHAR",
            "line_items": [{"id": "VARCHAR", "sku": "VARCHAR", "kind": "VARCHAR", "quantity": "BIGINT",
                "total": "DECIMAL(18,4)", "duty": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}],
            "shipping_lines": [{"id": "VARCHAR", "title": "VARCHAR", "total": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}]
        }') as o
    from feed_record
),
line as (
    select
        platform, shop_id, order_id, zone, o, 'goods' as line_type, item.id as line_id, item.sku as sku_id,
        item.quantity as qty, item.total - item.duty as price, item.tax as tax
    from (select *, unnest(o.line_items) as item from sold)
    where item.kind = 'goods'
    union all
    select
        platform, shop_id, order_id, zone, o, 'shipping' as line_type,
        coalesce(item.id, concat(order_id, '/shipping/', position)) as line_id, null as sku_id, 0 as qty,
        item.total as price, item.tax as tax
    from (
        select *, unnest(o.shipping_lines) as item, unnest(range(1, len(o.shipping_lines) + 1)) as position
        from sold
    )
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, line_type, o.customer_id as buyer_id, sku_id, qty,
    cast(price - case when o.taxes_included then coalesce(tax, 0) else 0 end as decimal(18, 4)) as paid_amount,
    tax as tax_amount, o.currency as currency, coalesce(o.country_code, o.country) as country, o.created_at as ordered_at,
    o.paid_at as paid_at, o.cancelled_at as cancelled_at, o.financial_status as status, o.test as is_excluded,
    case when o.test then 'test order' end as exclude_reason
from line
