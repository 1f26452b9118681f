-- grain: one row per row of core_content  key: platform, shop_id, content_id  reads: core_order_line, core_refund
-- What is stated counts; else the refunds of the orders linked to it. Without a linked order they are unknown, unless it sold nothing.
update core_content as c
set refunded_base = coalesce(c.refund_amount_base, case when k.n_lines > 0 then k.refunded when c.gmv = 0 then 0 end)
from (
    select p.platform, p.shop_id, p.content_id, o.n_lines, case when coalesce(r.n_unknown, 0) = 0 then coalesce(r.refunded, 0) end as refunded
    from core_content as p
    left join (
        select shop_id, content_id, count(*) as n_lines from core_order_line where content_id is not null group by all
    ) as o on o.shop_id = p.shop_id and o.content_id = p.content_id
    left join (
        select
            shop_id, content_id, sum(amount_base) as refunded,
            count(*) filter (where amount_base is null and amount <> 0) as n_unknown
        from core_refund
        where content_id is not null and not coalesce(is_excluded, false)
        group by all
    ) as r on r.shop_id = p.shop_id and r.content_id = p.content_id
) as k
where k.platform = c.platform and k.shop_id = c.shop_id and k.content_id = c.content_id
    and c.refunded_base is distinct from coalesce(c.refund_amount_base, case when k.n_lines > 0 then k.refunded when c.gmv = 0 then 0 end)
