-- grain: one row per changed order, payload typed  key: shop_id, order_id
-- reads: raw_shopify_orders, source_account  parameters: seq (rows loaded after it)
create or replace temp table shopify_order as
with typed as (
    select
        a.platform, r.shop_id, r.record_key as order_id, a.zone,
        from_json_strict(r.payload, '{
            "processed_at": "TIMESTAMPTZ", "created_at": "TIMESTAMPTZ", "cancelled_at": "TIMESTAMPTZ", "test": "BOOLEAN",
            "currency": "VARCHAR", "customer_id": "VARCHAR", "country_code": "VARCHAR", "country": "VARCHAR",
            "line_items": [{"id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT", "total": "DECIMAL(18,4)"}],
            "shipping_lines": [{"id": "VARCHAR", "title": "VARCHAR", "total": "DECIMAL(18,4)"}],
            "refunds": [{"id": "VARCHAR", "created_at": "TIMESTAMPTZ", "total": "DECIMAL(18,4)", "currency": "VARCHAR",
                "lines": [{"id": "VARCHAR", "line_item_id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT",
                    "subtotal": "DECIMAL(18,4)"}]}]
        }') as o
    from raw_shopify_orders as r
    inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
    where r.load_seq > $seq
)
select
    platform, shop_id, order_id, zone, o.customer_id as buyer_id, coalesce(o.country_code, o.country) as country,
    o.created_at as ordered_at, o.processed_at as paid_at, cast(timezone(zone, o.processed_at) as date) as business_date,
    o.cancelled_at as cancelled_at, o.test as is_excluded, o.currency as currency, o.line_items as line_items,
    o.shipping_lines as shipping_lines, o.refunds as refunds
from typed
