-- grain: one row per person and role that owns rows of a table by their shop and by their department  key: all
-- reads: core_ownership, a canonical table with both (each in turn)
-- A role may own shops for sales and departments for costs, as long as no row is credited twice.
select distinct '${table}' as table_name, s.role_id, s.person_id, f.shop_id, f.dept
from (select distinct shop_id, dept from ${table} where dept is not null) as f
inner join core_ownership as s on s.scope_type = 'shop' and s.scope_id = f.shop_id
inner join core_ownership as d
    on d.scope_type = 'dept' and d.scope_id = f.dept and d.role_id = s.role_id and d.person_id = s.person_id
    and d.valid_from <= coalesce(s.valid_to, date '9999-12-31') and s.valid_from <= coalesce(d.valid_to, date '9999-12-31')
