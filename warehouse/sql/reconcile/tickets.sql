-- grain: one row per ticket opened in a period  key: platform, shop_id, item_id  reads: core_ticket
-- parameters: start_on, end_on
create or replace temp table reconciled_line as
select platform, ticket_id as item_id, opened_on as day, false as is_excluded, 1 as amount, ${columns}
from core_ticket
where opened_on between $$start_on and $$end_on
