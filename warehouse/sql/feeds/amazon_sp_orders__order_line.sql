-- grain: one row per sold order line, and one for its shipping  key: platform, shop_id, line_id  reads: feed_record
-- record: source_row_id
-- Amazon charges a buyer when it ships: a pending order is not paid for yet, a cancelled one never was. Neither is a sale.
-- item-price is of all units of the line; discounts are stated with or without a minus. A line without a price and without units was
-- cancelled inside its order: nothing is credited. Any other line without a price stays unknown.
-- Amounts are without tax. In US dollars and in Canadian ones the tax comes on top of the price, elsewhere the price holds it [developer-docs:
-- VAT Calculation Service, "the VAT-exclusive amount is the item price minus the item tax"]. The tax is that of the whole price; a discount
-- holds its share of it, in cents (yen), rounded half up. Where no tax is stated, the price stays as it is and the tax unknown.
-- The report names no buyer.
-- Non-Amazon orders (multi-channel fulfilment) are sales of another shop that Amazon only ships.
with told as (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "amazon_order_id": "VARCHAR", "purchase_date": "TIMESTAMPTZ", "order_status": "VARCHAR", "item_status": "VARCHAR",
            "sales_channel": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT", "currency": "VARCHAR",
            "item_price": "DECIMAL(18,4)", "item_tax": "DECIMAL(18,4)", "shipping_price": "DECIMAL(18,4)",
            "shipping_tax": "DECIMAL(18,4)", "item_promotion_discount": "DECIMAL(18,4)",
            "ship_promotion_discount": "DECIMAL(18,4)", "ship_country": "VARCHAR"
        }') as o
    from feed_record
),
sold as (
    select
        *, lower(coalesce(o.sales_channel, '')) like 'non-amazon%' as is_foreign,
        coalesce(o.currency, '') in ('USD', 'CAD') as is_on_top, case o.currency when 'JPY' then 1 else 100 end as parts,
        lower(coalesce(o.item_status, '')) in ('cancelled', 'canceled') or (o.item_price is null and o.quantity = 0) as is_dropped
    from told
    where lower(o.order_status) not like 'pending%' and lower(o.order_status) not in ('cancelled', 'canceled')
),
charge as (
    select
        *, 'goods' as line_type, record_key as line_id, o.sku as sku_id, o.quantity as qty,
        case when is_dropped then 0 else o.item_price end as price, case when is_dropped then null else o.item_tax end as tax,
        case when is_dropped then 0 else abs(coalesce(o.item_promotion_discount, 0)) end as discount
    from sold
    union all
    select
        *, 'shipping' as line_type, concat(record_key, '/shipping') as line_id, null as sku_id, 0 as qty, o.shipping_price as price,
        o.shipping_tax as tax, abs(coalesce(o.ship_promotion_discount, 0)) as discount
    from sold
    where o.shipping_price is not null and not is_dropped
),
shared as (
    select
        *,
        -- in whole cents: a quotient of decimals would be a float
        case
            when is_on_top or tax is null or price <= 0 then 0
            else cast((2 * discount_parts * tax_parts + price_parts) // (2 * price_parts) as decimal(18, 0))
        end as shared_parts
    from (
        select
            *, cast(cast(price as decimal(30, 4)) * parts as hugeint) as price_parts,
            cast(cast(tax as decimal(30, 4)) * parts as hugeint) as tax_parts,
            cast(cast(discount as decimal(30, 4)) * parts as hugeint) as discount_parts
        from charge
    )
),
line as (
    select
        *,
        cast(price - discount - case when is_on_top then 0 else coalesce(tax, 0) - tax_of_discount end as decimal(18, 4))
            as paid_amount,
        cast(tax - tax_of_discount as decimal(18, 4)) as tax_amount
    from (select *, case parts when 1 then shared_parts else shared_parts * 0.01 end as tax_of_discount from shared)
)
select
    platform, shop_id, record_key as source_row_id, zone, o.amazon_order_id as order_id, line_id, line_type,
    cast(null as varchar) as buyer_id, sku_id, qty, paid_amount, tax_amount, o.currency as currency, o.ship_country as country,
    o.purchase_date as ordered_at, o.purchase_date as paid_at, o.order_status as status, is_foreign as is_excluded,
    case when is_foreign then 'shipped for another shop' end as exclude_reason
from line
where line_type = 'goods' or paid_amount <> 0 or coalesce(tax_amount, 0) <> 0
