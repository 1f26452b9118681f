-- grain: one row per scope, role and day from which more than the whole is owned  key: scope_type, scope_id, role_id, day
-- reads: core_ownership
-- Looked at are days on which a share begins: on no other can the sum rise.
with edge as (
    select distinct scope_type, scope_id, role_id, valid_from as day
    from core_ownership
)
select e.scope_type, e.scope_id, e.role_id, e.day, sum(o.share) as share
from edge as e
inner join core_ownership as o
    on o.scope_type = e.scope_type and o.scope_id = e.scope_id and o.role_id = e.role_id
    and e.day between o.valid_from and coalesce(o.valid_to, date '9999-12-31')
group by e.scope_type, e.scope_id, e.role_id, e.day
having sum(o.share) > 1
