-- grain: one row per goods order (商品单) of a paid order, and one for what the order holds beside them (postage)
-- key: platform, shop_id, line_id  reads: feed_record
-- record: order_id
-- Fen become yuan. Credited to the shop is what the buyer paid plus the discounts that the platform and 达人 bear. Where the lines
-- hold the postage already (they add up to the order), it is taken out of them; either way all rows add up to the order.
-- The tax of cross-border orders (税费), which the buyer pays with the rest, is taken out and stands beside; 0 means that none is stated.
-- A presale of which only the deposit is paid (部分支付, 103) is not paid yet.
-- Samples, given or bought by 达人 (10, 12), and prizes (11) are no sale for a KPI. The room is joined by the id of its livestream.
with placed as (
    select
        platform, shop_id, record_key as order_id, zone,
        from_json_strict(payload, '{
            "order_status": "BIGINT", "main_status": "BIGINT", "create_time": "TIMESTAMPTZ", "pay_time": "TIMESTAMPTZ", "update_time": "TIMESTAMPTZ",
            "finish_time": "TIMESTAMPTZ", "pay_amount": "DECIMAL(18,0)", "platform_cost_amount": "DECIMAL(18,0)",
            "tax_amount": "DECIMAL(18,0)", "doudian_open_id": "VARCHAR",
            "lines": [{"order_id": "VARCHAR", "item_num": "BIGINT", "pay_amount": "DECIMAL(18,0)",
                "platform_cost_amount": "DECIMAL(18,0)", "post_amount": "DECIMAL(18,0)", "tax_amount": "DECIMAL(18,0)",
                "trade_type": "BIGINT",
                "code": "VARCHAR", "out_sku_id": "VARCHAR", "sku_id": "VARCHAR", "room_id_str": "VARCHAR",
                "author_id": "VARCHAR", "video_id": "VARCHAR"}]
        }') as o
    from feed_record
),
sold as (
    select
        *, list_sum(list_transform(o.lines, lambda x: x.pay_amount)) = o.pay_amount as is_postage_inside,
        list_max(list_transform(o.lines, lambda x: case when x.trade_type in (10, 11, 12) then x.trade_type end)) as odd_type
    from placed
    where o.pay_time is not null and o.order_status not in (1, 103) and coalesce(o.main_status, 0) <> 103
),
goods as (
    select
        *,
        item.pay_amount + item.platform_cost_amount - item.tax_amount
        - case when is_postage_inside then item.post_amount else 0 end as fen
    from (select *, unnest(o.lines) as item from sold)
),
line as (
    select
        platform, shop_id, order_id, zone, o, 'goods' as line_type, item.order_id as line_id,
        coalesce(nullif(trim(item.code), ''), nullif(trim(item.out_sku_id), ''), item.sku_id) as sku_id, item.item_num as qty, fen,
        item.tax_amount as tax_fen,
        item.room_id_str as live_session_id, item.video_id as content_id, item.author_id as influencer_id,
        item.trade_type as odd_type
    from goods
    union all
    select
        s.platform, s.shop_id, s.order_id, s.zone, s.o, 'shipping' as line_type, concat(s.order_id, '/post') as line_id,
        null as sku_id, 0 as qty, any_value(s.o.pay_amount + s.o.platform_cost_amount - s.o.tax_amount) - sum(g.fen) as fen,
        any_value(s.o.tax_amount) - sum(g.item.tax_amount) as tax_fen,
        min(g.item.room_id_str) as live_session_id, min(g.item.video_id) as content_id,
        min(g.item.author_id) as influencer_id, s.odd_type
    from sold as s
    inner join goods as g using (platform, shop_id, order_id)
    group by s.platform, s.shop_id, s.order_id, s.zone, s.o, s.odd_type
    having any_value(s.o.pay_amount + s.o.platform_cost_amount - s.o.tax_amount) <> sum(g.fen)
        or any_value(s.o.tax_amount) <> sum(g.item.tax_amount)
)
select
    platform, shop_id, line_id as source_row_id, zone, order_id, line_id, line_type, o.doudian_open_id as buyer_id, sku_id, qty,
    cast(cast(fen as decimal(18, 0)) * 0.01 as decimal(18, 4)) as paid_amount,
    cast(cast(nullif(tax_fen, 0) as decimal(18, 0)) * 0.01 as decimal(18, 4)) as tax_amount, 'CNY' as currency, o.create_time as ordered_at,
    o.pay_time as paid_at, case when o.order_status = 4 then coalesce(o.finish_time, o.update_time) end as cancelled_at,
    coalesce(odd_type in (10, 11, 12), false) as is_excluded,
    case odd_type when 10 then 'sample' when 11 then 'prize' when 12 then 'sample bought by 达人' end as exclude_reason,
    cast(o.order_status as varchar) as status,
    case when live_session_id is not null then 'live' when content_id is not null then 'content' end as channel,
    live_session_id, content_id, influencer_id
from line
