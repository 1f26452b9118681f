-- grain: one row per order and buyer of a line that leaves  key: none  reads: core_order_line, changed_record
insert into line_touched
select l.platform, l.shop_id, l.order_id, l.buyer_id
from core_order_line as l
semi join changed_record as c on c.platform = l.platform and c.shop_id = l.shop_id and c.record_key = l.${record}
