-- grain: one row per shop with what TikTok states for the returns that were paid out  key: platform, shop_id
-- reads: raw_tiktok_shop_returns, source_account
-- parameters: start_on, end_on
-- The return's own head: the goods, and TikTok's subsidy that goes back with them, without the tax where the price holds it (as in the
-- feed). Its units are looked at only where it states no sum.
with paid as (
    select
        a.platform, r.shop_id,
        from_json(r.payload, '{
            "refund_amount": {"currency": "VARCHAR", "refund_subtotal": "DECIMAL(18,4)", "refund_shipping_fee": "DECIMAL(18,4)",
                "refund_tax": "DECIMAL(18,4)", "refund_total": "DECIMAL(18,4)"},
            "discount_amount": [{"product_platform_discount": "DECIMAL(18,4)"}],
            "return_line_items": [{"refund_amount": {"refund_subtotal": "DECIMAL(18,4)", "refund_tax": "DECIMAL(18,4)"}}]
        }') as o
    from raw_tiktok_shop_returns as r
    inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'returns' and a.shop_id = r.shop_id
    where r.payload ->> 'return_status' in ('RETURN_OR_REFUND_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_REFUND_SUCCESS')
        and cast(timezone(a.zone, cast(r.payload ->> 'update_time' as timestamptz)) as date) between $start_on and $end_on
),
taxed as (
    select
        *, o.refund_amount as head,
        coalesce(o.refund_amount.refund_tax, list_sum(list_transform(o.return_line_items, lambda x: x.refund_amount.refund_tax))) as tax
    from paid
)
select
    platform, shop_id,
    sum(
        coalesce(
            head.refund_subtotal,
            list_sum(list_transform(o.return_line_items, lambda x: x.refund_amount.refund_subtotal)), 0
        ) + coalesce(list_sum(list_transform(o.discount_amount, lambda x: x.product_platform_discount)), 0)
        - case
            when coalesce(head.currency, '') = 'USD' or coalesce(tax, 0) = 0
                or head.refund_total = head.refund_subtotal + coalesce(head.refund_shipping_fee, 0) + head.refund_tax then 0
            when coalesce(head.refund_shipping_fee, 0) = 0 then tax
        end
    ) as amount
from taxed
group by platform, shop_id
