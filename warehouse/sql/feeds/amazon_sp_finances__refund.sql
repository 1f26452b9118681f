-- grain: one row per refunded item, one for its shipping  key: platform, shop_id, refund_line_id  reads: feed_record
-- record: source_row_id
-- Money only: whether goods came back stands in the feed of returns, so that qty is 0 here and nothing is counted twice.
-- A deferred refund counts on the day it was posted; the posting that releases it names it and is left out.
-- What is given back is measured as the order line was: the price less the discount. Where prices contain the tax (everywhere but in the
-- US and Canada) the tax that is given back belongs to it. A refund whose items are not broken down has an unknown amount.
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
    select *, coalesce(m.marketplace_id, '') in ('ATVPDKIKX0DER', 'A2EUQ1WTGCTBG2') as is_net
    from movement
    where (m.transaction_type = 'Refund' or m.description = 'Refund Order')
        and m.is_ours and m.deferred_transaction_id is null
),
item as (
    select
        platform, shop_id, record_key, zone, m, place, found.sku as sku_id, coalesce(found.currency, m.currency) as currency,
        list_filter(found.parts, lambda p: p.type in (
            'OurPricePrincipal', 'OurPriceDiscount', 'ProductCharges', 'Product Charges', 'PromoRebates'
        ) or (p.type = 'OurPriceTax' and not is_net)) as goods,
        list_filter(found.parts, lambda p: p.type in ('ShippingPrincipal', 'ShippingDiscount', 'Shipping')
            or (p.type = 'ShippingTax' and not is_net)) as shipping
    from (
        select *, unnest(m.items) as found, unnest(range(1, len(m.items) + 1)) as place
        from refund
    )
),
part as (
    select platform, shop_id, record_key, zone, m, concat(place, '/goods') as name, sku_id, currency, list_sum(
            list_transform(goods, lambda p: p.amount)) as given
    from item
    where len(goods) > 0
    union all
    select platform, shop_id, record_key, zone, m, concat(place, '/shipping') as name, null as sku_id, currency, list_sum(
            list_transform(shipping, lambda p: p.amount)) as given
    from item
    where len(shipping) > 0
    union all
    select platform, shop_id, record_key, zone, m, 'unknown' as name, null as sku_id, m.currency as currency, null as given
    from refund
    where not list_bool_or(list_transform(m.items, lambda i: len(i.parts) > 0)) or len(m.items) = 0
)
select
    platform, shop_id, record_key as source_row_id, zone, coalesce(m.refund_id, record_key) as refund_id,
    concat(record_key, '/', name) as refund_line_id, m.order_id as order_id, sku_id, cast(0 as bigint) as qty,
    cast(-given as decimal(18, 4)) as amount, currency, m.posted_date as refunded_at
from part
