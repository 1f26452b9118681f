-- grain: one row per order and buyer of a line that enters  key: none  reads: given_row
insert into line_touched
select distinct platform, shop_id, order_id, buyer_id
from given_row
