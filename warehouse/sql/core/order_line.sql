-- grain: one row per sold order line (goods, shipping)  key: platform, shop_id, line_id
-- reads: shopify_order, core_sku, rate_on, cost_on  parameters: new_sku_days
-- NULL means unknown (no rate, no cost), never 0. buyer_first_on is filled by buyer_first.sql once all rows are in.
-- The inner cast: DuckDB multiplies DECIMAL(18) by DECIMAL(12) in 64 bits, which a line above 999,999 in company currency overflows.
with line as (
    select
        platform, shop_id, order_id, 'goods' as line_type, unnested.id as line_id, unnested.sku as sku_id,
        unnested.quantity as qty, unnested.total as paid_amount, currency, buyer_id, country, ordered_at, paid_at,
        business_date, cancelled_at, is_excluded
    from (select * exclude (shipping_lines, refunds, line_items), unnest(line_items) as unnested from shopify_order)
    union all
    select
        platform, shop_id, order_id, 'shipping' as line_type,
        coalesce(unnested.id, concat(order_id, '/shipping/', position)) as line_id, null as sku_id, 0 as qty,
        unnested.total as paid_amount, currency, buyer_id, country, ordered_at, paid_at, business_date, cancelled_at,
        is_excluded
    from (
        select
            * exclude (shipping_lines, refunds, line_items), unnest(shipping_lines) as unnested,
            unnest(range(1, len(shipping_lines) + 1)) as position
        from shopify_order
    )
)
select
    d.platform, d.shop_id, d.line_id as source_row_id, d.order_id, d.line_id, d.line_type, d.buyer_id,
    cast(null as date) as buyer_first_on, d.sku_id, s.sku_group, d.qty, d.paid_amount, d.currency, r.rate as fx_rate,
    cast(cast(d.paid_amount as decimal(26, 4)) * r.rate as decimal(26, 12)) as paid_amount_base,
    case
        when d.line_type = 'shipping' then cast(0 as decimal(26, 12))
        else cast(d.qty * c.unit_cost_base as decimal(26, 12))
    end as cogs_base,
    d.country, d.ordered_at, d.paid_at, d.business_date, d.cancelled_at, d.is_excluded,
    case when d.is_excluded then 'test order' end as exclude_reason,
    d.business_date < s.listed_on + cast($new_sku_days as integer) as is_new_sku,
    case when d.line_type = 'shipping' then 0 else d.qty * c.unit_platform_fee end as platform_fee_base,
    case when d.line_type = 'shipping' then 0 else d.qty * c.unit_payment_fee end as payment_fee_base,
    case when d.line_type = 'shipping' then 0 else d.qty * c.unit_fulfil_fee end as fulfil_fee_base,
    case when d.line_type = 'shipping' then 0 else d.qty * c.unit_freight end as freight_base,
    case when d.line_type = 'shipping' then 0 else d.qty * c.unit_tariff end as tariff_base, s.brand
from line as d
left join core_sku as s on s.sku_id = d.sku_id
left join rate_on as r on r.currency = d.currency and r.day = d.business_date
left join cost_on as c on c.sku_id = d.sku_id and c.day = d.business_date
order by d.business_date, d.shop_id, d.order_id, d.line_id
