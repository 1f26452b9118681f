-- grain: one row per goods order of an after-sales request, and one for what the request holds beside them
-- key: platform, shop_id, refund_line_id  reads: feed_record
-- record: refund_id
-- Fen become yuan. Money went back where the refund is paid out (3) or collected from the shop afterwards (5): what the buyer got,
-- postage included, and what platform and 达人 took back of the discounts they bore, so that a full refund leaves nothing of the order;
-- the tax that goes back with it (售后退税费) is taken out and stands beside, as in the order.
-- 抖店 names no moment of the payment in its list: the last change of the request stands for it.
with request as (
    select
        platform, shop_id, record_key as refund_id, zone,
        from_json_strict(payload, '{
            "aftersale_type": "BIGINT", "aftersale_status": "BIGINT", "refund_status": "BIGINT", "refund_amount": "DECIMAL(18,0)",
            "platform_discount_return_amount": "DECIMAL(18,0)", "kol_discount_return_amount": "DECIMAL(18,0)",
            "apply_time": "TIMESTAMPTZ", "update_time": "TIMESTAMPTZ", "arbitrate_status": "BIGINT", "arbitrate_blame": "BIGINT",
            "shop_order_id": "VARCHAR", "reason_text": "VARCHAR",
            "lines": [{"sku_order_id": "VARCHAR", "aftersale_pay_amount": "DECIMAL(18,0)", "aftersale_item_num": "BIGINT",
                "aftersale_tax_amount": "DECIMAL(18,0)"}]
        }') as r
    from feed_record
),
asked as (
    select
        *, r.refund_status in (3, 5) as is_paid, len(r.lines) = 1 as is_single,
        r.refund_amount + r.platform_discount_return_amount + r.kol_discount_return_amount - tax as total
    from (
        select *, coalesce(list_sum(list_transform(r.lines, lambda x: x.aftersale_tax_amount)), 0) as tax
        from request
    )
),
part as (
    select
        platform, shop_id, refund_id, zone, r, is_paid, concat(refund_id, '/', item.sku_order_id) as refund_line_id,
        item.sku_order_id as line_id, case when is_paid and r.aftersale_type = 0 then item.aftersale_item_num else 0 end as qty,
        case when not is_paid then 0 when is_single then total else item.aftersale_pay_amount end as fen,
        case when is_paid then item.aftersale_tax_amount end as tax_fen
    from (select *, unnest(r.lines) as item from asked)
    union all
    select
        platform, shop_id, refund_id, zone, r, is_paid, concat(refund_id, '/rest') as refund_line_id, null as line_id, 0 as qty,
        case when is_paid then total - coalesce(list_sum(list_transform(r.lines, lambda x: x.aftersale_pay_amount)), 0) else 0 end
            as fen,
        null as tax_fen
    from asked
    where not is_single
)
select
    platform, shop_id, refund_line_id as source_row_id, zone, refund_id, refund_line_id, r.shop_order_id as order_id, line_id,
    qty, cast(cast(fen as decimal(18, 0)) * 0.01 as decimal(18, 4)) as amount,
    cast(cast(nullif(tax_fen, 0) as decimal(18, 0)) * 0.01 as decimal(18, 4)) as tax_amount, 'CNY' as currency, r.reason_text as reason,
    case when is_paid then r.update_time end as refunded_at,
    case when r.aftersale_type = 0 then 'return' when r.aftersale_type in (1, 2, 6) then 'refund_only'
        when r.aftersale_type = 3 then 'exchange' end as type,
    case r.arbitrate_blame when 1 then 'seller' when 2 then 'buyer' when 4 then 'platform' end as responsibility,
    r.apply_time as requested_at, r.aftersale_status = 28 as withdrawn, coalesce(r.arbitrate_status <> 0, false) as platform_intervened
from part
where not (line_id is null and fen = 0 and len(r.lines) > 0)
