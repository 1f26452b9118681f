-- grain: one row per ownership row and the days on which its person held the role  key: none
-- reads: core_ownership, core_person
-- A share counts only while the person holds that role; otherwise the row is unowned for the role.
create or replace temp table kpi_owner as
select
    o.scope_type, o.scope_id, o.role_id, o.person_id, o.share,
    greatest(o.valid_from, p.valid_from) as valid_from,
    least(coalesce(o.valid_to, date '9999-12-31'), coalesce(p.valid_to, date '9999-12-31')) as valid_to
from core_ownership as o
inner join core_person as p on p.person_id = o.person_id and p.role_id = o.role_id
where greatest(o.valid_from, p.valid_from)
    <= least(coalesce(o.valid_to, date '9999-12-31'), coalesce(p.valid_to, date '9999-12-31'))
