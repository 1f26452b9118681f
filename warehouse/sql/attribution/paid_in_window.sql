-- grain: one row per chat of a known buyer in a shop whose orders are read  key: platform, shop_id, chat_id
-- reads: core_chat, order_buyer, chat_buyer, core_order_line  parameters: paid_window_days
update core_chat as c
set buyer_paid_within_window = exists (
    select 1
    from order_buyer as o
    where o.shop_id = k.shop_id and o.buyer_key = k.buyer_key and o.paid_at >= k.started_at
        and o.business_date <= k.started_on + cast($paid_window_days as integer)
)
from chat_buyer as k
where k.platform = c.platform and k.shop_id = c.shop_id and k.chat_id = c.chat_id and c.buyer_paid_within_window is null
    and c.shop_id in (select distinct shop_id from core_order_line)
