-- grain: one row per person, role and KPI whose month to date is a thousand times its target or a thousandth of it
-- key: business_date, person_id, role_id, kpi_id  reads: kpi_actual_mtd
-- 125.9 meant as 万元 against 1,259,000 of sales: no team misses or beats its plan like that. In the first days of a month a small
-- figure proves nothing.
select business_date, person_id, role_id, kpi_id, value, target_to_date
from kpi_actual_mtd
where business_date = (select max(business_date) from kpi_actual_mtd)
    and (share_of_target_to_date >= 1000
        or (share_of_target_to_date > 0 and share_of_target_to_date <= 0.001 and day(business_date) >= 10))
