-- grain: one row per shop with what TikTok states for its paid orders  key: platform, shop_id
-- reads: raw_tiktok_shop_orders, source_account
-- parameters: start_on, end_on
-- The order's own payment: the price of its products less the shop's discount, without the tax where the price holds it (as in the feed).
-- Its units are looked at only for a tax that the payment does not state.
with stated as (
    select
        a.platform, r.shop_id,
        from_json(r.payload, '{
            "payment": {"currency": "VARCHAR", "original_total_product_price": "DECIMAL(18,4)", "seller_discount": "DECIMAL(18,4)",
                "sub_total": "DECIMAL(18,4)", "shipping_fee": "DECIMAL(18,4)", "total_amount": "DECIMAL(18,4)",
                "tax": "DECIMAL(18,4)", "product_tax": "DECIMAL(18,4)", "shipping_fee_tax": "DECIMAL(18,4)",
                "retail_delivery_fee": "DECIMAL(18,4)"},
            "line_items": [{"item_tax": [{"tax_amount": "DECIMAL(18,4)"}]}]
        }') as o
    from raw_tiktok_shop_orders as r
    inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'orders' and a.shop_id = r.shop_id
    where r.payload ->> 'status' <> 'UNPAID'
        and cast(timezone(a.zone, cast(r.payload ->> 'paid_time' as timestamptz)) as date) between $start_on and $end_on
),
priced as (
    select
        *, o.payment as p,
        list_sum(flatten(list_transform(o.line_items, lambda x: list_transform(x.item_tax, lambda t: t.tax_amount)))) as units_tax
    from stated
),
taxed as (
    select
        *,
        coalesce(p.product_tax, units_tax, case when p.tax = 0 or coalesce(p.shipping_fee, 0) = 0 then p.tax end) as goods_tax,
        coalesce(p.tax, p.product_tax + coalesce(p.shipping_fee_tax, 0), units_tax + coalesce(p.shipping_fee_tax, 0), 0) as tax,
        p.sub_total + coalesce(p.shipping_fee, 0) + coalesce(p.retail_delivery_fee, 0) as untaxed
    from priced
)
select
    platform, shop_id,
    sum(
        p.original_total_product_price - p.seller_discount
        - case when p.currency <> 'USD' and tax <> 0 and p.total_amount is distinct from untaxed + tax then goods_tax else 0 end
    ) as amount
from taxed
group by platform, shop_id
