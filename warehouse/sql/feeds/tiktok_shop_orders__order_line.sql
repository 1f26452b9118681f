-- grain: one row per sold unit, and one per order for what no unit explains  key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
-- The shop is credited the price less its own discount; what TikTok adds is its subsidy. Shipping and its tax are left out on both
-- sides (orders and returns): whether the shop or TikTok earns it is not stated. A cancelled unit brings nothing and is stated nowhere as
-- a refund, so that it does not count as a sale either.
-- Prices are before tax in the US and hold a stated tax elsewhere [Get Order List, payment], unless the order's own sum adds it. The tax
-- of the goods that no unit states is divided by what the units cost. Where the price holds a tax and the part of the goods in it is not
-- told, the amount is unknown.
with sold as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "status": "VARCHAR", "create_time": "TIMESTAMPTZ", "paid_time": "TIMESTAMPTZ", "cancel_time": "TIMESTAMPTZ",
            "cancellation_initiator": "VARCHAR", "is_sample_order": "BOOLEAN", "is_replacement_order": "BOOLEAN",
            "user_id": "VARCHAR", "region_code": "VARCHAR",
            "payment": {"currency": "VARCHAR", "original_total_product_price": "DECIMAL(18,4)",
                "seller_discount": "DECIMAL(18,4)", "sub_total": "DECIMAL(18,4)", "shipping_fee": "DECIMAL(18,4)",
                "total_amount": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)", "product_tax": "DECIMAL(18,4)",
                "shipping_fee_tax": "DECIMAL(18,4)", "retail_delivery_fee": "DECIMAL(18,4)"},
            "line_items": [{"id": "VARCHAR", "sku_id": "VARCHAR", "seller_sku": "VARCHAR",
                "original_price": "DECIMAL(18,4)", "seller_discount": "DECIMAL(18,4)", "display_status": "VARCHAR",
                "item_tax": [{"tax_amount": "DECIMAL(18,4)"}]}]
        }') as o
    from feed_record
),
priced as (
    select
        *, o.payment as p,
        list_sum(flatten(list_transform(o.line_items, lambda x: list_transform(x.item_tax, lambda t: t.tax_amount)))) as units_tax
    from sold
),
taxed as (
    select
        *,
        -- the tax of an order without shipping is that of its goods
        coalesce(p.product_tax, units_tax, case when p.tax = 0 or coalesce(p.shipping_fee, 0) = 0 then p.tax end) as goods_tax,
        coalesce(p.tax, p.product_tax + coalesce(p.shipping_fee_tax, 0), units_tax + coalesce(p.shipping_fee_tax, 0), 0) as tax,
        p.sub_total + coalesce(p.shipping_fee, 0) + coalesce(p.retail_delivery_fee, 0) as untaxed
    from priced
),
judged as (
    select
        *,
        p.currency <> 'USD' and tax <> 0 and p.total_amount is distinct from untaxed + tax as is_inside,
        -- what has no smaller unit is divided in whole ones
        case when p.currency in ('JPY', 'VND', 'IDR', 'KRW') then 1 else 100 end as parts
    from taxed
),
unit as (
    select
        *, item.original_price - item.seller_discount as price,
        cast(cast(item.original_price - item.seller_discount as decimal(30, 4)) * parts as hugeint) as weight
    from (select *, unnest(o.line_items) as item, unnest(range(1, len(o.line_items) + 1)) as place from judged)
),
weighed as (
    select
        *, sum(weight) over (partition by platform, shop_id, order_id) as whole,
        sum(weight) over (partition by platform, shop_id, order_id order by place) as upto,
        cast(cast(goods_tax as decimal(30, 4)) * parts as hugeint) as tax_parts
    from unit
),
shared as (
    select
        *,
        case
            when units_tax is not null then list_sum(list_transform(item.item_tax, lambda t: t.tax_amount))
            -- in whole cents, each the difference of two rounded sums: together they are the tax to the cent
            when whole > 0 then cast(
                cast(
                    (2 * tax_parts * upto + whole) // (2 * whole) - (2 * tax_parts * (upto - weight) + whole) // (2 * whole)
                    as decimal(18, 0)
                ) * case parts when 1 then 1.00 else 0.01 end as decimal(18, 4)
            )
        end as unit_tax
    from weighed
),
part as (
    select
        platform, shop_id, order_id, zone, o, item.id as line_id, coalesce(item.seller_sku, item.sku_id) as sku_id, 1 as qty,
        case
            when is_inside and goods_tax is null then null
            else price - case when is_inside then coalesce(unit_tax, 0) else 0 end
        end as paid_amount,
        unit_tax as tax_amount, o.status = 'CANCELLED' or coalesce(item.display_status = 'CANCELLED', false) as is_cancelled
    from shared
),
explained as (
    select platform, shop_id, order_id, sum(paid_amount) as paid_amount, sum(tax_amount) as tax_amount
    from part
    group by all
),
rest as (
    select
        j.*,
        case
            when is_inside and goods_tax is null then null
            else p.original_total_product_price - p.seller_discount - case when is_inside then goods_tax else 0 end
        end - coalesce(e.paid_amount, 0) as rest,
        goods_tax - coalesce(e.tax_amount, 0) as rest_tax
    from judged as j
    left join explained as e using (platform, shop_id, order_id)
),
line as (
    select * from part
    union all
    select
        platform, shop_id, order_id, zone, o, concat(order_id, '/rest') as line_id, null as sku_id, 0 as qty, rest as paid_amount,
        nullif(rest_tax, 0) as tax_amount, o.status = 'CANCELLED' as is_cancelled
    from rest
    where rest <> 0 or rest_tax <> 0
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, 'goods' as line_type, o.user_id as buyer_id, sku_id,
    cast(qty as bigint) as qty, cast(paid_amount as decimal(18, 4)) as paid_amount, cast(tax_amount as decimal(18, 4)) as tax_amount,
    o.payment.currency as currency, o.region_code as country, o.create_time as ordered_at,
    case when o.status <> 'UNPAID' then o.paid_time end as paid_at, o.cancel_time as cancelled_at,
    is_cancelled or o.is_sample_order or o.is_replacement_order as is_excluded,
    case
        when is_cancelled then 'cancelled'
        when o.is_sample_order then 'sample order'
        when o.is_replacement_order then 'replacement order'
    end as exclude_reason,
    o.status as status,
    case o.cancellation_initiator
        when 'BUYER' then 'buyer'
        when 'SELLER' then 'seller'
        when 'SYSTEM' then 'platform'
    end as cancelled_by
from line
