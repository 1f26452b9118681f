-- grain: order lines credited to a chat at an earlier build  key: platform, shop_id, line_id  reads: core_order_line
-- Only a platform's own lines are left from then, and those never state an agent.
update core_order_line
set chat_id = null, cs_agent_id = null
where chat_id is not null
