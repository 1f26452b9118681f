-- grain: one row per span and day of an earlier range that some measure compares it with  key: label, range_id, then_on
-- reads: none (filled by run.py)
-- now_on: the day of the span that stands beside it (models/definitions/ranges.py).
create or replace temp table kpi_counterpart (label varchar, range_id varchar, then_on date, now_on date)
