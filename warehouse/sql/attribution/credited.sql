-- grain: one row per chat  key: platform, shop_id, chat_id  reads: core_chat, core_order_line, core_refund
-- Sales: what the service desk states, or else the order lines whose last agent's chat it is; none is 0 only where the buyer is
-- known and the shop's orders are read. Refunds likewise.
update core_chat as c
set credited_base = coalesce(c.paid_amount_base, case when c.paid_amount is null then k.sales end),
    refunded_base = coalesce(
        c.refund_amount_base,
        case when c.paid_amount is null or k.n_lines > 0 then k.refunded when c.paid_amount = 0 then 0 end
    )
from (
    with line as (
        select
            shop_id, chat_id, count(*) as n_lines, sum(paid_amount_base) as sales,
            count(*) filter (where paid_amount_base is null) as n_unknown
        from core_order_line
        where chat_id is not null and not coalesce(is_excluded, false)
        group by all
    ),
    back as (
        select
            shop_id, chat_id, sum(amount_base) as refunded,
            count(*) filter (where amount_base is null and amount <> 0) as n_unknown
        from core_refund
        where chat_id is not null and not coalesce(is_excluded, false)
        group by all
    )
    select
        h.platform, h.shop_id, h.chat_id, l.n_lines,
        case when coalesce(l.n_unknown, 0) = 0 then coalesce(l.sales, 0) end as sales,
        case when coalesce(b.n_unknown, 0) = 0 then coalesce(b.refunded, 0) end as refunded
    from core_chat as h
    left join line as l on l.shop_id = h.shop_id and l.chat_id = h.chat_id
    left join back as b on b.shop_id = h.shop_id and b.chat_id = h.chat_id
    where h.buyer_id is not null and h.shop_id in (select distinct shop_id from core_order_line)
) as k
where k.platform = c.platform and k.shop_id = c.shop_id and k.chat_id = c.chat_id
