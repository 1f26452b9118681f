-- grain: one row per fact, scope, person, role and range of days held  key: none  reads: none (filled by hold.sql)
create or replace temp table kpi_held (
    fact varchar, scope_type varchar, scope_id varchar, role_id varchar, person_id varchar, share decimal(7, 6),
    valid_from date, valid_to date
)
