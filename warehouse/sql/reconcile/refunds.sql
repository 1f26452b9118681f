-- grain: one row per refunded line of a period  key: platform, shop_id, item_id  reads: core_refund
-- parameters: start_on, end_on
create or replace temp table reconciled_line as
select platform, refund_line_id as item_id, business_date as day, is_excluded, amount, ${columns}
from core_refund
where business_date between $$start_on and $$end_on
