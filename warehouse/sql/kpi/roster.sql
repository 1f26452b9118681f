-- grain: one row per person and role held on any day of a span  key: person_id, role_id  reads: core_person
-- parameters: start_on, end_on
select distinct person_id, role_id
from core_person
where valid_from <= $end_on and coalesce(valid_to, date '9999-12-31') >= $start_on
order by person_id, role_id
