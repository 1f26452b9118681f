-- grain: one row per refund of a platform whose order is, or was, credited to a chat  key: platform, shop_id, refund_line_id
-- reads: core_order_line, order_first, file_shop
-- Refunds of files take all this over when they are built.
update core_refund as r
set chat_id = k.chat_id, cs_agent_id = k.cs_agent_id
from (
    select
        f.platform, f.shop_id, f.refund_line_id, coalesce(l.chat_id, o.chat_id) as chat_id,
        coalesce(l.cs_agent_id, o.cs_agent_id) as cs_agent_id
    from core_refund as f
    left join core_order_line as l on l.shop_id = f.shop_id and l.line_id = f.line_id
    left join order_first as o on o.shop_id = f.shop_id and o.order_id = f.order_id and f.line_id is null
    where f.shop_id not in (select shop_id from file_shop where table_name = 'refund')
) as k
where k.platform = r.platform and k.shop_id = r.shop_id and k.refund_line_id = r.refund_line_id
    and (k.chat_id is distinct from r.chat_id or k.cs_agent_id is distinct from r.cs_agent_id)
