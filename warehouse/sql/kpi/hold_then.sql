-- grain: as kpi_held_then  key: none  reads: kpi_held, kpi_counterpart  parameters: fact
-- A day of an earlier period counts for whoever held the scope then and holds it on the corresponding day of the span, with the
-- share of that later day: so equal sales are no growth and no loss, however ownership changed meanwhile.
insert into kpi_held_then by name
select
    c.label, c.range_id, n.fact, n.scope_type, n.scope_id, n.role_id, n.person_id, n.share,
    -- both holdings and the counterparts run on day by day: what they have in common is one range
    min(c.then_on) as valid_from, max(c.then_on) as valid_to
from kpi_held as n
inner join kpi_held as t
    on t.fact = n.fact and t.scope_type = n.scope_type and t.scope_id = n.scope_id and t.role_id = n.role_id
    and t.person_id = n.person_id
inner join kpi_counterpart as c
    on c.now_on between n.valid_from and n.valid_to and c.then_on between t.valid_from and t.valid_to
where n.fact = $fact
group by
    c.label, c.range_id, n.fact, n.scope_type, n.scope_id, n.role_id, n.person_id, n.share, n.valid_from, t.valid_from
