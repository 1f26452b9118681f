-- grain: one row per ticket without a due day  key: platform, shop_id, ticket_id
-- reads: core_ticket, ticket_sla, source_account
-- The agreed hours are those stated, or else those of the company for the priority.
update core_ticket as t
set sla_hours = k.sla_hours, due_on = cast(timezone(k.zone, t.opened_at + to_hours(k.sla_hours)) as date)
from (
    select i.platform, i.shop_id, i.ticket_id, a.zone, coalesce(i.sla_hours, s.sla_hours) as sla_hours
    from core_ticket as i
    inner join (
        select platform, shop_id, any_value(zone) as zone
        from source_account
        where list_contains(feeds, 'ticket')
        group by all
    ) as a on a.platform = i.platform and a.shop_id = i.shop_id
    left join ticket_sla as s on s.priority = i.priority
    where i.due_on is null
) as k
where k.platform = t.platform and k.shop_id = t.shop_id and k.ticket_id = t.ticket_id and k.sla_hours is not null
