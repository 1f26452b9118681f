-- grain: one row per figure on which the engines disagree, and per KPI that only one computes
-- key: table_name, label, kpi_id, person_id, role_id  reads: engine_finding
select table_name, label, kpi_id, person_id, role_id, cause_code, cause from engine_finding
