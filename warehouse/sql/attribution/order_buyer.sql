-- grain: one row per order line of a known buyer  key: platform, shop_id, line_id
-- reads: core_order_line, core_chat, file_account, stating_shop
-- Files keep buyers as hashes; a platform's own id is hashed the same way, so that the two can meet. Agents: as stated.
create or replace temp table order_buyer as
select
    o.platform, o.shop_id, o.line_id, o.paid_at, o.business_date, case when t.shop_id is not null then o.cs_agent_id end as cs_agent_id,
    case when f.shop_id is null then left(sha256(concat('meritline:', o.buyer_id)), 24) else o.buyer_id end as buyer_key
from core_order_line as o
left join stating_shop as t on t.platform = o.platform and t.shop_id = o.shop_id
left join file_account as f on f.table_name = 'order_line' and f.platform = o.platform and f.shop_id = o.shop_id
where o.buyer_id is not null and o.paid_at is not null and not coalesce(o.is_excluded, false)
    and o.shop_id in (select distinct shop_id from core_chat)
