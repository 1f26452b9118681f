-- grain: one row per sold order line of a period  key: platform, shop_id, item_id  reads: core_order_line
-- parameters: start_on, end_on
create or replace temp table reconciled_line as
select platform, line_id as item_id, business_date as day, is_excluded, paid_amount as amount, ${columns}
from core_order_line
where business_date between $$start_on and $$end_on
