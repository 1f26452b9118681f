-- grain: one row per person and day that has figures for others but none of its own  key: business_date, person_id, role_id
-- reads: core_person, kpi_actual_daily
-- A role none of whose holders has figures on a day has no definition in force then.
select d.business_date, p.person_id, p.role_id
from (select distinct business_date, role_id from kpi_actual_daily) as d
inner join core_person as p
    on p.role_id = d.role_id and d.business_date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
anti join kpi_actual_daily as k
    on k.business_date = d.business_date and k.person_id = p.person_id and k.role_id = p.role_id
