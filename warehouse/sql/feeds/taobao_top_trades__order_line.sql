-- grain: one row per sold line of a paid trade, and one for its postage  key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
-- A trade that is not paid whole (unpaid, closed before payment, a deposit without the rest) is no sale yet; nor is a line of a paid trade
-- that was itself never paid or closed before payment.
-- Paid for a line: TOP's share after all discounts; once the line is refunded TOP may lower it, so that its parts are taken instead
-- [metadata of taobao.trades.sold.increment.get, orders.payment]. A single line's own `payment` would hold the postage too.
with trade as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "status": "VARCHAR", "post_fee": "DECIMAL(18,4)", "created": "TIMESTAMPTZ", "pay_time": "TIMESTAMPTZ",
            "end_time": "TIMESTAMPTZ", "step_trade_status": "VARCHAR", "buyer_open_uid": "VARCHAR",
            "lines": [{"oid": "VARCHAR", "num": "BIGINT", "num_iid": "VARCHAR", "sku_id": "VARCHAR", "outer_iid": "VARCHAR",
                "outer_sku_id": "VARCHAR", "total_fee": "DECIMAL(18,4)", "part_mjz_discount": "DECIMAL(18,4)",
                "divide_order_fee": "DECIMAL(18,4)", "refund_status": "VARCHAR", "status": "VARCHAR"}]
        }') as t
    from feed_record
),
sold as (
    select *
    from trade
    where t.pay_time is not null
        and t.status not in (
            'TRADE_NO_CREATE_PAY', 'WAIT_BUYER_PAY', 'PAY_PENDING', 'WAIT_PRE_AUTH_CONFIRM', 'TRADE_CLOSED_BY_TAOBAO'
        )
        and coalesce(t.step_trade_status, '') not in ('FRONT_NOPAID_FINAL_NOPAID', 'FRONT_PAID_FINAL_NOPAID')
),
line as (
    select
        platform, shop_id, order_id, zone, t, 'goods' as line_type, item.oid as line_id,
        coalesce(nullif(trim(item.outer_sku_id), ''), nullif(trim(item.outer_iid), ''), item.sku_id, item.num_iid) as sku_id,
        item.num as qty,
        case
            when item.divide_order_fee is null or item.refund_status = 'SUCCESS'
                then cast(item.total_fee - coalesce(item.part_mjz_discount, 0) as decimal(18, 4))
            else item.divide_order_fee
        end as paid_amount
    from (select *, unnest(t.lines) as item from sold)
    where item.status not in (
        'TRADE_NO_CREATE_PAY', 'WAIT_BUYER_PAY', 'PAY_PENDING', 'WAIT_PRE_AUTH_CONFIRM', 'TRADE_CLOSED_BY_TAOBAO'
    )
    union all
    select
        platform, shop_id, order_id, zone, t, 'shipping' as line_type, concat(order_id, '/post') as line_id, null as sku_id,
        0 as qty, t.post_fee as paid_amount
    from sold
    where t.post_fee <> 0
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, line_type, t.buyer_open_uid as buyer_id, sku_id, qty,
    paid_amount, 'CNY' as currency, t.created as ordered_at, t.pay_time as paid_at,
    case when t.status = 'TRADE_CLOSED' then t.end_time end as cancelled_at, t.status as status
from line
