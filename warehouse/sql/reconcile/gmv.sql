-- grain: one row per shop with the order totals of a period against its lines, own currency  key: platform, shop_id
-- parameters: start_on, end_on, role (the one that must own every row)
-- The platform's figure comes from the raw payload alone; credited, unowned and excluded from canonical rows x ownership.
with stated as (
    select a.platform, r.shop_id, sum(cast(r.payload ->> 'total' as decimal(18, 4))) as amount
    from raw_shopify_orders as r
    inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
    where cast(timezone(a.zone, cast(r.payload ->> 'processed_at' as timestamptz)) as date) between $start_on and $end_on
    group by a.platform, r.shop_id
),
entry as (
    select platform, shop_id, sku_group, business_date as day, is_excluded, sum(paid_amount) as amount
    from core_order_line
    where business_date between $start_on and $end_on
    group by platform, shop_id, sku_group, business_date, is_excluded
),
shared as (
    select
        e.platform, e.shop_id, e.is_excluded, e.amount,
        coalesce((
            select sum(o.share)
            from kpi_owner as o
            where o.role_id = $role and e.day between o.valid_from and o.valid_to
                and ((o.scope_type = 'shop' and o.scope_id = e.shop_id) or (o.scope_type = 'sku_group' and o.scope_id = e.sku_group))
        ), 0) as share
    from entry as e
),
booked as (
    select
        platform, shop_id,
        coalesce(sum(amount * share) filter (where not is_excluded), 0) as credited,
        coalesce(sum(amount * (1 - share)) filter (where not is_excluded), 0) as unowned,
        coalesce(sum(amount) filter (where is_excluded), 0) as excluded
    from shared
    group by platform, shop_id
)
select
    platform, shop_id, coalesce(s.amount, 0) as platform_total, coalesce(b.credited, 0) as credited,
    coalesce(b.unowned, 0) as unowned, coalesce(b.excluded, 0) as excluded
from stated as s
full join booked as b using (platform, shop_id)
order by platform, shop_id
