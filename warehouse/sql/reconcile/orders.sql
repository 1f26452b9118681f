-- grain: one row per sold order line of a period, the first of an order counting 1, others 0  key: none (item_id is the order)
-- reads: core_order_line
-- parameters: start_on, end_on
-- An order is excluded only when all of its lines are: one of TikTok's may lose a single unit.
create or replace temp table reconciled_line as
select
    platform, order_id as item_id, business_date as day, is_excluded,
    cast(row_number() over (
        partition by platform, shop_id, order_id
        order by is_excluded, business_date, line_id
    ) = 1 as bigint) as amount,
    ${columns}
from core_order_line
where business_date between $$start_on and $$end_on
