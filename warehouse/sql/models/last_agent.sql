-- grain: one row per order line whose buyer chatted before paying  key: platform, shop_id, line_id
-- reads: order_buyer, core_chat  parameters: agent_window_days
-- The line belongs to the last agent who chatted with the buyer before payment, the chat being at most agent_window_days
-- local days old; where the order states its agent, to the last chat of that one.
update core_order_line as l
set chat_id = k.chat_id, cs_agent_id = coalesce(l.cs_agent_id, k.agent_id)
from (
    select o.platform, o.shop_id, o.line_id, c.chat_id, c.agent_id
    from order_buyer as o
    inner join core_chat as c
        on c.shop_id = o.shop_id and c.buyer_id = o.buyer_key and c.started_at <= o.paid_at
        and o.business_date <= c.started_on + cast($agent_window_days as integer)
        and c.agent_id = coalesce(o.cs_agent_id, c.agent_id)
    where c.replied is distinct from false
    qualify row_number() over (
        partition by o.platform, o.shop_id, o.line_id order by c.started_at desc, c.chat_id desc
    ) = 1
) as k
where k.platform = l.platform and k.shop_id = l.shop_id and k.line_id = l.line_id
