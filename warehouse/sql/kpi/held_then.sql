-- grain: one row per span and earlier range, fact and holding of the span, with the days of the earlier range it is compared with
-- key: none  reads: none (filled by hold_then.sql)
-- absent_on: of own rows and an agent's, the first of these days on which nobody was at work to make them; else empty.
create or replace temp table kpi_held_then (
    label varchar, range_id varchar, fact varchar, scope_type varchar, scope_id varchar, role_id varchar, person_id varchar,
    share decimal(7, 6), valid_from date, valid_to date, absent_on date
)
