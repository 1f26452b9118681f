-- grain: one row per refunded order line, or per refund for the part no line explains  key: platform, shop_id, refund_line_id
-- record: order_id
-- reads: feed_record
-- The order stands beside its refunds, so that its day and its test flag are stated even where it has no line.
with asked as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "processed_at": "TIMESTAMPTZ", "test": "BOOLEAN", "currency": "VARCHAR",
            "refunds": [{"id": "VARCHAR", "created_at": "TIMESTAMPTZ", "total": "DECIMAL(18,4)", "currency": "VARCHAR",
                "lines": [{"id": "VARCHAR", "line_item_id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT",
                    "subtotal": "DECIMAL(18,4)"}]}]
        }') as o
    from feed_record
),
refunded as (
    select
        platform, shop_id, order_id, zone, o.currency as currency, o.test as is_excluded,
        cast(timezone(zone, o.processed_at) as date) as order_business_date, unnest(o.refunds) as refund
    from asked
),
summed as (
    select *, refund.total - coalesce(list_sum(list_transform(refund.lines, lambda x: x.subtotal)), 0) as rest
    from refunded
),
part as (
    select
        platform, shop_id, order_id, zone, currency, is_excluded, order_business_date, refund, line.id as refund_line_id,
        line.line_item_id as line_id, line.sku as sku_id, line.quantity as qty, line.subtotal as amount
    from (select *, unnest(refund.lines) as line from summed)
    union all
    -- shipping, adjustments, and refunds without lines: goods are not known to have come back, so qty and cost are 0
    select
        platform, shop_id, order_id, zone, currency, is_excluded, order_business_date, refund,
        concat(refund.id, '/rest') as refund_line_id, null as line_id, null as sku_id, 0 as qty, rest as amount
    from summed
    where rest <> 0
)
select
    platform, shop_id, refund_line_id as source_row_id, zone, refund.id as refund_id, refund_line_id, order_id, line_id,
    sku_id, qty, cast(amount as decimal(18, 4)) as amount, coalesce(refund.currency, currency) as currency,
    refund.created_at as refunded_at, order_business_date, is_excluded
from part
