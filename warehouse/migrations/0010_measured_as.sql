-- A flag that every row of a stream carries: a figure that leaves such rows out has no source in it. The next run fills it.
alter table source_account add column only_flag varchar;
-- Which KPI measured a figure, where an alternative of its `or_else` stands in its place; NULL = the KPI itself.
alter table kpi_actual_daily add column measured_as varchar;
alter table kpi_actual_mtd add column measured_as varchar;
alter table kpi_actual_period add column measured_as varchar;
alter table scorecard_line add column measured_as varchar;
