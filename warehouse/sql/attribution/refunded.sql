-- grain: one row per row of a fact that orders are linked to (content, livestreams)  key: platform, shop_id, the fact's own key
-- reads: the fact, core_order_line, core_refund
-- What is stated counts; else the refunds of the orders linked to it. Without a linked order they are unknown, unless it sold nothing.
update ${table} as c
set refunded_base = coalesce(c.refund_amount_base, case when k.n_lines > 0 then k.refunded when c.gmv = 0 then 0 end)
from (
    select p.platform, p.shop_id, p.${key}, o.n_lines, case when coalesce(r.n_unknown, 0) = 0 then coalesce(r.refunded, 0) end as refunded
    from ${table} as p
    left join (
        select shop_id, ${link}, count(*) as n_lines from core_order_line where ${link} is not null group by all
    ) as o on o.shop_id = p.shop_id and o.${link} = p.${key}
    left join (
        select
            shop_id, ${link}, sum(amount_base) as refunded,
            -- nothing given back is nothing in every currency, also without a rate
            count(*) filter (where amount_base is null and amount <> 0) as n_unknown
        from core_refund
        where ${link} is not null and not coalesce(is_excluded, false)
        group by all
    ) as r on r.shop_id = p.shop_id and r.${link} = p.${key}
) as k
where k.platform = c.platform and k.shop_id = c.shop_id and k.${key} = c.${key}
    and c.refunded_base is distinct from coalesce(c.refund_amount_base, case when k.n_lines > 0 then k.refunded when c.gmv = 0 then 0 end)
