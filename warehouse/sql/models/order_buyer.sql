-- grain: one row per order line of a known buyer  key: platform, shop_id, line_id  reads: core_order_line, file_shop
-- Files keep buyers as hashes; a platform's own id is hashed the same way here, so that the two can meet.
create or replace temp table order_buyer as
select
    platform, shop_id, line_id, paid_at, business_date, cs_agent_id,
    case
        when shop_id in (select shop_id from file_shop where table_name = 'order_line') then buyer_id
        else left(sha256(concat('meritline:', buyer_id)), 24)
    end as buyer_key
from core_order_line
where buyer_id is not null and paid_at is not null and not coalesce(is_excluded, false)
    and shop_id in (select distinct shop_id from core_chat)
