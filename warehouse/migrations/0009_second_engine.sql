-- Figures on which the two engines disagree, and KPIs that only one of them computes (person_id and role_id are empty then).
create table engine_finding (
    table_name varchar, label varchar, kpi_id varchar, person_id varchar, role_id varchar, cause_code varchar, cause varchar
);
