-- grain: one row per refunded order line, or per refund for the part no line explains  key: platform, shop_id, refund_line_id
-- reads: shopify_order, core_sku, rate_on, cost_on
-- Money follows the day of the refund; the cost that comes back is the one the order was booked with (order day).
with refunded as (
    select
        platform, shop_id, order_id, zone, currency, business_date as order_business_date, is_excluded,
        unnest(refunds) as refund
    from shopify_order
),
summed as (
    select
        platform, shop_id, order_id, currency, order_business_date, is_excluded, refund,
        cast(timezone(zone, refund.created_at) as date) as business_date,
        refund.total - coalesce(list_sum(list_transform(refund.lines, lambda x: x.subtotal)), 0) as rest
    from refunded
),
part as (
    select
        platform, shop_id, order_id, currency, order_business_date, is_excluded, refund, business_date,
        line.id as refund_line_id, line.line_item_id as line_id, line.sku as sku_id, line.quantity as qty,
        line.subtotal as amount
    from (select * exclude (rest), unnest(refund.lines) as line from summed)
    union all
    -- shipping, adjustments, and refunds without lines: goods are not known to have come back, so qty and cost are 0
    select
        platform, shop_id, order_id, currency, order_business_date, is_excluded, refund, business_date,
        concat(refund.id, '/rest') as refund_line_id, null as line_id, null as sku_id, 0 as qty, rest as amount
    from summed
    where rest <> 0
),
dated as (
    select
        platform, shop_id, order_id, refund.id as refund_id, refund_line_id, line_id, sku_id, qty,
        cast(amount as decimal(18, 4)) as amount, coalesce(refund.currency, currency) as currency,
        refund.created_at as refunded_at, business_date, order_business_date, is_excluded
    from part
)
select
    d.platform, d.shop_id, d.refund_line_id as source_row_id, d.refund_id, d.refund_line_id, d.order_id, d.line_id,
    d.sku_id, s.sku_group, d.qty, d.amount, d.currency, r.rate as fx_rate,
    cast(cast(d.amount as decimal(26, 4)) * r.rate as decimal(26, 12)) as amount_base,
    case
        when d.line_id is null then cast(0 as decimal(26, 12))
        else cast(d.qty * c.unit_cost_base as decimal(26, 12))
    end as cogs_base,
    cast(null as varchar) as reason, d.refunded_at, d.business_date, d.order_business_date, d.is_excluded,
    s.brand
from dated as d
left join core_sku as s on s.sku_id = d.sku_id
left join rate_on as r on r.currency = d.currency and r.day = d.business_date
left join cost_on as c on c.sku_id = d.sku_id and c.day = d.order_business_date
order by d.business_date, d.shop_id, d.refund_id, d.refund_line_id
