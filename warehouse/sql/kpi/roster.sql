-- grain: one row per span, and person and role held on any day of it  key: place, person_id, role_id  reads: core_person
-- parameters: starts, ends (the first and last days of the spans); place: that of a span in them, from 0
with span as (
    select unnest(range(len($starts))) as place, unnest($starts) as start_on, unnest($ends) as end_on
)
select distinct s.place, p.person_id, p.role_id
from span as s
inner join core_person as p
    on p.valid_from <= s.end_on and coalesce(p.valid_to, date '9999-12-31') >= s.start_on
order by s.place, p.person_id, p.role_id
