-- grain: one row per order and buyer of a line that left, entered or is credited otherwise  key: none (rows repeat)
create or replace temp table line_touched (platform varchar, shop_id varchar, order_id varchar, buyer_id varchar)
