-- grain: one row per shop with the order totals that Shopify states, paid orders only, without what is no sale
-- key: platform, shop_id  reads: raw_shopify_orders, source_account
-- parameters: start_on, end_on
-- From the head of the order: its total less its tax, its tips, duties and fees. Gift cards have no total of their own there.
with headed as (
    select
        a.platform, r.shop_id,
        from_json_strict(r.payload, '{
            "taxes_included": "BOOLEAN", "total": "DECIMAL(18,4)", "total_tax": "DECIMAL(18,4)", "total_tip": "DECIMAL(18,4)",
            "total_duties": "DECIMAL(18,4)", "total_fees": "DECIMAL(18,4)",
            "line_items": [{"kind": "VARCHAR", "total": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}]
        }') as o
    from raw_shopify_orders as r
    inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
    where cast(timezone(a.zone, cast(r.payload ->> 'paid_at' as timestamptz)) as date) between $start_on and $end_on
),
counted as (
    select
        *,
        coalesce(list_sum(list_transform(
            list_filter(o.line_items, lambda x: x.kind = 'gift_card'),
            lambda x: x.total - case when o.taxes_included then coalesce(x.tax, 0) else 0 end
        )), 0) as cards,
        coalesce(list_sum(list_transform(
            list_filter(o.line_items, lambda x: x.kind = 'tip'), lambda x: x.total
        )), 0) as tips
    from headed
)
select
    platform, shop_id,
    sum(o.total - coalesce(o.total_tax, 0) - o.total_duties - o.total_fees - cards - greatest(o.total_tip, tips)) as amount
from counted
group by platform, shop_id
