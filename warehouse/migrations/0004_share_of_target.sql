-- One meaning of attainment: 1 is reached and more is better, whatever the direction and the sign of the target. What month to
-- date called attainment and pace until now were plain quotients: they keep their values under their own names.
alter table kpi_actual_mtd add column share_of_target decimal(38, 10);
alter table kpi_actual_mtd add column share_of_target_to_date decimal(38, 10);
update kpi_actual_mtd
set share_of_target = attainment, share_of_target_to_date = pace, attainment = null, pace = null;
-- The direction stands in the definitions, not here: the next run computes every day again, as after a change of definitions.
update core_state set inputs = '' where name = 'actuals';
-- Scored periods keep what was handed out until they are scored again.
alter table kpi_actual_period add column share_of_target decimal(38, 10);
alter table scorecard_line add column share_of_target decimal(38, 10);
