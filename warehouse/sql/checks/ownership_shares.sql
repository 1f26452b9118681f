-- grain: one row per scope, role and day from which more than the whole is owned  key: scope_type, scope_id, role_id, day
-- reads: core_ownership, core_person
-- Looked at are days on which a share begins: on no other can the sum rise. Who is not in the role any more owns nothing, as
-- nothing is credited to him (kpi/owner.sql).
with
here as (
    select person_id, role_id, max(coalesce(valid_to, date '9999-12-31')) as last_on
    from core_person
    group by all
),
held as (
    select
        o.scope_type, o.scope_id, o.role_id, o.share, o.valid_from,
        least(coalesce(o.valid_to, date '9999-12-31'), coalesce(h.last_on, date '9999-12-31')) as valid_to
    from core_ownership as o
    left join here as h using (person_id, role_id)
),
edge as (
    select distinct scope_type, scope_id, role_id, valid_from as day
    from held
)
select e.scope_type, e.scope_id, e.role_id, e.day, sum(o.share) as share
from edge as e
inner join held as o
    on o.scope_type = e.scope_type and o.scope_id = e.scope_id and o.role_id = e.role_id
    and e.day between o.valid_from and o.valid_to
group by e.scope_type, e.scope_id, e.role_id, e.day
having sum(o.share) > 1
