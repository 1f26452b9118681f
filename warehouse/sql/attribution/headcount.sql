-- grain: one row per person and side of a change  key: source_row_id  reads: core_person
-- Who moves leaves one place and enters another on the first day there; who leaves the company counts out on the last day, which
-- `valid_to` is.
with row as (
    select
        person_id, role_id, dept, manager_id, is_key, leave_type, valid_from,
        valid_to as ends_on,
        lead(valid_from) over (partition by person_id order by valid_from) as next_from
    from core_person
),
side as (
    select *, valid_from as changed_on, 1 as change, false as is_leaving
    from row
    union all
    select
        *, case when next_from = ends_on + 1 then next_from else ends_on end, -1, next_from is distinct from ends_on + 1
    from row
    where ends_on is not null
)
select
    'company' as platform, '' as shop_id,
    concat_ws('|', person_id, valid_from, case when change = 1 then 'in' else 'out' end) as source_row_id,
    person_id as employee_id, role_id, dept, manager_id, changed_on, cast(change as bigint) as change,
    cast(case when is_leaving then 1 else 0 end as bigint) as leavers,
    cast(case when is_leaving and leave_type = 'voluntary' then 1 else 0 end as bigint) as voluntary_leavers,
    is_key, case when is_leaving then leave_type end as leave_type
from side
order by changed_on, employee_id, change
