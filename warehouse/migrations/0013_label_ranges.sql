-- The days a KPI looks at beside its period, such as last_year: their landing files belong to its story. The next run fills it.
alter table kpi_label add column ranges varchar;
