-- What figures were computed from, so that `kpi verify` can tell a changed input from a wrong figure; scope: a period, or `days`.
create table figure_input (scope varchar, input varchar, digest varchar);
-- A role's plan, so that the board has its columns in the plan's order before anybody was scored.
-- is_at_end: no source counts it day by day; it is known once people have rated or the reports are scored.
create table role_line (role_id varchar, kpi_id varchar, position integer, is_at_end boolean);
