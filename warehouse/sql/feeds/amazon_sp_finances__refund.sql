-- grain: one row per refunded item, one for its shipping  key: platform, shop_id, refund_line_id  reads: feed_record
-- record: source_row_id
-- Money only: whether goods came back stands in the feed of returns, so that qty is 0 here and nothing is counted twice.
-- A deferred refund counts on the day it was posted; the posting that releases it names it and is left out.
-- What is given back is measured as the order line was: the price less the discount, without tax; the parts of the tax, less that of a
-- discount, stand beside it. A refund whose items are not broken down has an unknown amount.
with movement as (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "transaction_type": "VARCHAR", "description": "VARCHAR", "posted_date": "TIMESTAMPTZ", "currency": "VARCHAR",
            "marketplace_id": "VARCHAR", "is_ours": "BOOLEAN", "order_id": "VARCHAR", "refund_id": "VARCHAR",
            "deferred_transaction_id": "VARCHAR",
            "items": [{"sku": "VARCHAR", "currency": "VARCHAR", "parts": [{"type": "VARCHAR", "amount": "DECIMAL(18,4)"}]}]
        }') as m
    from feed_record
),
refund as (
    select *
    from movement
    where (m.transaction_type = 'Refund' or m.description = 'Refund Order')
        and m.is_ours and m.deferred_transaction_id is null
),
item as (
    select *, unnest(m.items) as found, unnest(range(1, len(m.items) + 1)) as place
    from refund
),
charge as (
    select
        *, 'goods' as kind, found.sku as sku_id,
        list_filter(found.parts, lambda p: p.type in (
            'OurPricePrincipal', 'OurPriceDiscount', 'ProductCharges', 'Product Charges', 'Principle', 'PromoRebates'
        )) as price,
        list_filter(found.parts, lambda p: p.type in ('OurPriceTax', 'OurPriceTaxDiscount')) as tax
    from item
    union all
    select
        *, 'shipping' as kind, null as sku_id,
        list_filter(found.parts, lambda p: p.type in ('ShippingPrincipal', 'ShippingDiscount', 'Shipping')) as price,
        list_filter(found.parts, lambda p: p.type in ('ShippingTax', 'ShippingTaxDiscount')) as tax
    from item
),
part as (
    select
        platform, shop_id, record_key, zone, m, concat(place, '/', kind) as name, sku_id,
        coalesce(found.currency, m.currency) as currency,
        coalesce(list_sum(list_transform(price, lambda p: p.amount)), 0) as given,
        list_sum(list_transform(tax, lambda p: p.amount)) as tax
    from charge
    where len(price) + len(tax) > 0
    union all
    select
        platform, shop_id, record_key, zone, m, 'unknown' as name, null as sku_id, m.currency as currency, null as given, null as tax
    from refund
    where not list_bool_or(list_transform(m.items, lambda i: len(i.parts) > 0)) or len(m.items) = 0
)
select
    platform, shop_id, record_key as source_row_id, zone, coalesce(m.refund_id, record_key) as refund_id,
    concat(record_key, '/', name) as refund_line_id, m.order_id as order_id, sku_id, cast(0 as bigint) as qty,
    cast(-given as decimal(18, 4)) as amount, cast(-tax as decimal(18, 4)) as tax_amount, currency, m.posted_date as refunded_at
from part
