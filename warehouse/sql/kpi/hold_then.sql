-- grain: as kpi_held_then  key: none  reads: kpi_held, kpi_counterpart, kpi_owner, core_person  parameters: fact
-- A day of an earlier period counts for whoever holds the scope on the corresponding day of the span, with the share of that later
-- day, whoever held it then: so both sides of a growth are the same shops on the same days of the calendar, and equal sales are
-- no growth and no loss, however ownership changed.
-- A shop sells whoever holds it; own rows exist only of days on which their person worked, and an agent's account only works while
-- somebody holds it. Of a part of them nothing may be compared with the whole: judge.py finds no figure where absent_on is set.
insert into kpi_held_then by name
with
personal as (
    select distinct scope_type, scope_id from kpi_held where fact = $fact and scope_type in ('person', 'agent')
),
at_work as (
    select c.label, c.range_id, c.then_on, h.scope_type, h.scope_id
    from personal as h
    -- both days in one role: of another one the person's rows say nothing
    inner join core_person as n on h.scope_type = 'person' and n.person_id = h.scope_id
    inner join core_person as t on t.person_id = n.person_id and t.role_id = n.role_id
    inner join kpi_counterpart as c
        on c.now_on between n.valid_from and coalesce(n.valid_to, date '9999-12-31')
        and c.then_on between t.valid_from and coalesce(t.valid_to, date '9999-12-31')
    union  -- without doubles: each is joined once below
    select c.label, c.range_id, c.then_on, h.scope_type, h.scope_id
    from personal as h
    inner join kpi_owner as o on h.scope_type = 'agent' and o.scope_type = 'agent' and o.scope_id = h.scope_id
    inner join kpi_counterpart as c on c.then_on between o.valid_from and o.valid_to
)
select
    c.label, c.range_id, n.fact, n.scope_type, n.scope_id, n.role_id, n.person_id, n.share,
    -- a holding and the counterparts run on day by day: what they have in common is one range
    min(c.then_on) as valid_from, max(c.then_on) as valid_to,
    min(c.then_on) filter (where h.scope_id is not null and w.scope_id is null) as absent_on
from kpi_held as n
inner join kpi_counterpart as c on c.now_on between n.valid_from and n.valid_to
left join personal as h on h.scope_type = n.scope_type and h.scope_id = n.scope_id
left join at_work as w
    on w.scope_type = n.scope_type and w.scope_id = n.scope_id and w.label = c.label and w.range_id = c.range_id
    and w.then_on = c.then_on
where n.fact = $fact
group by
    c.label, c.range_id, n.fact, n.scope_type, n.scope_id, n.role_id, n.person_id, n.share, n.valid_from
