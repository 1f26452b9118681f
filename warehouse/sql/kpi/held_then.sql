-- grain: one row per span and earlier range, fact, scope, person, role and range of days of that earlier range
-- key: none  reads: none (filled by hold_then.sql)
create or replace temp table kpi_held_then (
    label varchar, range_id varchar, fact varchar, scope_type varchar, scope_id varchar, role_id varchar, person_id varchar,
    share decimal(7, 6), valid_from date, valid_to date
)
