-- grain: one row per shop with what TikTok states for the returns that were paid out  key: platform, shop_id
-- reads: raw_tiktok_shop_returns, source_account
-- parameters: start_on, end_on
-- The return's own head: the goods, and TikTok's subsidy that goes back with them. Its units are looked at only where it states no sum.
with paid as (
    select
        a.platform, r.shop_id,
        from_json(r.payload, '{
            "refund_amount": {"refund_subtotal": "DECIMAL(18,4)"},
            "discount_amount": [{"product_platform_discount": "DECIMAL(18,4)"}],
            "return_line_items": [{"refund_amount": {"refund_subtotal": "DECIMAL(18,4)"}}]
        }') as o
    from raw_tiktok_shop_returns as r
    inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'returns' and a.shop_id = r.shop_id
    where r.payload ->> 'return_status' in ('RETURN_OR_REFUND_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_REFUND_SUCCESS')
        and cast(timezone(a.zone, cast(r.payload ->> 'update_time' as timestamptz)) as date) between $start_on and $end_on
)
select
    platform, shop_id,
    sum(
        coalesce(
            o.refund_amount.refund_subtotal,
            list_sum(list_transform(o.return_line_items, lambda x: x.refund_amount.refund_subtotal)), 0
        ) + coalesce(list_sum(list_transform(o.discount_amount, lambda x: x.product_platform_discount)), 0)
    ) as amount
from paid
group by platform, shop_id
