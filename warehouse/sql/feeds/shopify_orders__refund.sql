-- grain: one row per refunded order line, per refunded shipping, and per refund for the rest  key: platform, shop_id, refund_line_id
-- record: order_id
-- reads: feed_record
-- The order stands beside its refunds, so that its day and its test flag are stated even where it has no line. Amounts are without tax like
-- the sales they undo; tips, gift cards and duties were no sales. What was never paid cannot be given back: a cancelled unpaid order has
-- refunds of 0 with lines.
with asked as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "paid_at": "TIMESTAMPTZ", "test": "BOOLEAN", "taxes_included": "BOOLEAN", "currency": "VARCHAR",
            "refunds": [{"id": "VARCHAR", "created_at": "TIMESTAMPTZ", "currency": "VARCHAR",
                "lines": [{"id": "VARCHAR", "line_item_id": "VARCHAR", "sku": "VARCHAR", "kind": "VARCHAR", "quantity": "BIGINT",
                    "subtotal": "DECIMAL(18,4)", "duty": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}],
                "shipping": [{"id": "VARCHAR", "subtotal": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}],
                "rest": {"amount": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}}]
        }') as o
    from feed_record
),
refunded as (
    select
        platform, shop_id, order_id, zone, o.currency as currency, o.test as is_excluded, o.taxes_included as holds_tax,
        cast(timezone(zone, o.paid_at) as date) as order_business_date, unnest(o.refunds) as refund
    from asked
    where o.paid_at is not null
),
part as (
    select
        platform, shop_id, order_id, zone, currency, is_excluded, order_business_date, refund, line.id as refund_line_id,
        line.line_item_id as line_id, line.sku as sku_id, line.quantity as qty,
        line.subtotal - line.duty - case when holds_tax then line.tax else 0 end as amount, line.tax as tax
    from (select *, unnest(refund.lines) as line from refunded)
    where line.kind = 'goods'
    union all
    select
        platform, shop_id, order_id, zone, currency, is_excluded, order_business_date, refund, one.id as refund_line_id,
        null as line_id, null as sku_id, 0 as qty, one.subtotal - case when holds_tax then one.tax else 0 end as amount,
        one.tax as tax
    from (select *, unnest(refund.shipping) as one from refunded)
    union all
    -- adjustments, and money without lines: goods are not known to have come back, so qty and cost are 0
    select
        platform, shop_id, order_id, zone, currency, is_excluded, order_business_date, refund,
        concat(refund.id, '/rest') as refund_line_id, null as line_id, null as sku_id, 0 as qty, refund.rest.amount as amount,
        refund.rest.tax as tax
    from refunded
    where refund.rest.amount <> 0 or refund.rest.tax <> 0
)
select
    platform, shop_id, refund_line_id as source_row_id, zone, refund.id as refund_id, refund_line_id, order_id, line_id,
    sku_id, qty, cast(amount as decimal(18, 4)) as amount, tax as tax_amount,
    coalesce(refund.currency, currency) as currency, refund.created_at as refunded_at, order_business_date, is_excluded
from part
