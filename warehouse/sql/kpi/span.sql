-- grain: one row per asked span  key: label  reads: none (filled by figures.py)
create or replace temp table kpi_span (label varchar, start_on date, end_on date)
