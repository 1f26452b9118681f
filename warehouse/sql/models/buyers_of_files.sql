-- grain: one row per buyer in a file of order lines  key: platform, buyer_id  reads: core_order_line, file_shop
create or replace temp table buyer_touched as
select distinct platform, buyer_id
from core_order_line
where buyer_id is not null and shop_id in (select shop_id from file_shop where table_name = 'order_line')
