-- grain: one row per canonical key that occurs more than once  key: table_name, id  reads: core tables
select 'core_order_line' as table_name, concat_ws('/', platform, shop_id, line_id) as id, count(*) as n
from core_order_line group by platform, shop_id, line_id having count(*) > 1
union all
select 'core_refund', concat_ws('/', platform, shop_id, refund_line_id), count(*)
from core_refund group by platform, shop_id, refund_line_id having count(*) > 1
union all
select 'core_ticket', concat_ws('/', platform, shop_id, ticket_id), count(*)
from core_ticket group by platform, shop_id, ticket_id having count(*) > 1
