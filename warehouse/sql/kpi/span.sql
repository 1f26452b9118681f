-- grain: one row per asked span and range of days that some measure looks at  key: label, range_id
-- reads: none (filled by run.py)
-- start_on, end_on: what period_start and period_end mean; from_on, to_on: the days whose rows count.
create or replace temp table kpi_span (
    label varchar, range_id varchar, start_on date, end_on date, from_on date, to_on date
)
