-- grain: one row per shop with the total of a period against its lines, own currency  key: platform, shop_id
-- reads: reconciled_total, reconciled_line, kpi_owner  parameters: role (the one that must own every row)
-- The total comes from raw payloads alone where a statement in totals/ tells how, else from the lines themselves (own.sql); credited,
-- unowned and excluded from canonical rows x ownership. A line owned by more than the whole is not unowned by less than nothing: it is
-- credited more than once, and the difference shows it.
with stated as (
    select platform, shop_id, sum(amount) as amount
    from reconciled_total
    group by platform, shop_id
),
entry as (
    select platform, day, is_excluded, ${scopes}, sum(amount) as amount
    from reconciled_line
    group by platform, day, is_excluded, ${scopes}
),
shared as (
    select
        e.platform, e.shop_id, e.is_excluded, e.amount,
        coalesce((
            select sum(o.share)
            from kpi_owner as o
            where o.role_id = $$role and e.day between o.valid_from and o.valid_to and (${is_owner})
        ), 0) as share
    from entry as e
),
booked as (
    select
        platform, shop_id,
        coalesce(sum(amount * share) filter (where not is_excluded), 0) as credited,
        coalesce(sum(amount * greatest(1 - share, 0)) filter (where not is_excluded), 0) as unowned,
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
