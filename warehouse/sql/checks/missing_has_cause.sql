-- grain: one row per stored figure that is neither a value nor a cause  key: table_name, label, person_id, role_id, kpi_id
-- reads: kpi_actual_daily, kpi_actual_mtd, kpi_actual_period
select 'kpi_actual_daily' as table_name, cast(business_date as varchar) as label, person_id, role_id, kpi_id
from kpi_actual_daily where (value is null) <> (cause_code is not null)
union all
select 'kpi_actual_mtd', cast(business_date as varchar), person_id, role_id, kpi_id
from kpi_actual_mtd where (value is null) <> (cause_code is not null)
union all
select 'kpi_actual_period', period, person_id, role_id, kpi_id
from kpi_actual_period where value is null and cause_code is null and score is null
