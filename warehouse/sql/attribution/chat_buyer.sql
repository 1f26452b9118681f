-- grain: one row per chat of a known buyer  key: platform, shop_id, chat_id  reads: core_chat, file_account
create or replace temp table chat_buyer as
select
    c.platform, c.shop_id, c.chat_id, c.agent_id, c.started_at, c.started_on, c.replied,
    case when f.shop_id is null then left(sha256(concat('meritline:', c.buyer_id)), 24) else c.buyer_id end as buyer_key
from core_chat as c
left join file_account as f on f.table_name = 'chat' and f.platform = c.platform and f.shop_id = c.shop_id
where c.buyer_id is not null
