-- grain: one row per shop with the number of tickets opened in a period, deleted ones aside  key: platform, shop_id
-- parameters: start_on, end_on, role (the one that must own every row)
-- The platform's figure comes from the raw payload alone; credited, unowned and excluded from canonical rows x ownership.
with stated as (
    select a.platform, r.shop_id, count(*) as amount
    from raw_zendesk_tickets as r
    inner join source_account as a on a.connector = 'zendesk' and a.stream = 'tickets' and a.shop_id = r.shop_id
    where r.payload ->> 'status' <> 'deleted'
        and cast(timezone(a.zone, cast(r.payload ->> 'created_at' as timestamptz)) as date) between $start_on and $end_on
    group by a.platform, r.shop_id
),
entry as (
    select platform, shop_id, queue_id, agent_id, opened_on as day, false as is_excluded, count(*) as amount
    from core_ticket
    where opened_on between $start_on and $end_on
    group by platform, shop_id, queue_id, agent_id, opened_on
),
shared as (
    select
        e.platform, e.shop_id, e.is_excluded, e.amount,
        coalesce((
            select sum(o.share)
            from kpi_owner as o
            where o.role_id = $role and e.day between o.valid_from and o.valid_to
                and ((o.scope_type = 'shop' and o.scope_id = e.shop_id) or (o.scope_type = 'queue' and o.scope_id = e.queue_id)
                    or (o.scope_type = 'agent' and o.scope_id = e.agent_id))
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
