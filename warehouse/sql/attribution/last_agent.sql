-- grain: one row per order line whose credited chat moved  key: platform, shop_id, line_id
-- reads: core_order_line, order_buyer, chat_buyer, stating_shop  parameters: agent_window_days
-- The line belongs to the last agent who chatted with the buyer before payment, the chat being at most agent_window_days
-- local days old; where the order states its agent, to the last chat of that one.
create or replace temp table line_link as
with credited as (
    select o.platform, o.shop_id, o.line_id, c.chat_id, c.agent_id
    from order_buyer as o
    inner join chat_buyer as c
        on c.shop_id = o.shop_id and c.buyer_key = o.buyer_key and c.started_at <= o.paid_at
        and o.business_date <= c.started_on + cast($agent_window_days as integer)
        and c.agent_id = coalesce(o.cs_agent_id, c.agent_id)
    -- an agent who never answered sold nothing; a chat that does not say so counts
    where c.replied is distinct from false
    qualify row_number() over (
        partition by o.platform, o.shop_id, o.line_id order by c.started_at desc, c.chat_id desc
    ) = 1
),
found as (
    select
        l.platform, l.shop_id, l.line_id, l.order_id, l.chat_id as chat_before, l.cs_agent_id as agent_before, k.chat_id,
        coalesce(case when t.shop_id is not null then l.cs_agent_id end, k.agent_id) as cs_agent_id
    from core_order_line as l
    left join credited as k on k.platform = l.platform and k.shop_id = l.shop_id and k.line_id = l.line_id
    left join stating_shop as t on t.platform = l.platform and t.shop_id = l.shop_id
    where k.line_id is not null or l.chat_id is not null
)
select platform, shop_id, line_id, order_id, chat_id, cs_agent_id
from found
where chat_id is distinct from chat_before or cs_agent_id is distinct from agent_before
