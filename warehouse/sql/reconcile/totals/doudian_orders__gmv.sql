-- grain: one row per shop with what 抖店 states for its paid orders  key: platform, shop_id  reads: raw_doudian_orders, source_account
-- parameters: start_on, end_on
-- The order's own head, in fen: what the buyer paid, postage included and the tax taken out, and the discounts that the platform
-- and 达人 bear. Its goods orders are not looked at.
select
    a.platform, r.shop_id,
    sum(cast((
        cast(r.payload ->> 'pay_amount' as decimal(18, 0)) + cast(r.payload ->> 'platform_cost_amount' as decimal(18, 0))
        - cast(r.payload ->> 'tax_amount' as decimal(18, 0))
    ) * 0.01 as decimal(18, 4))) as amount
from raw_doudian_orders as r
inner join source_account as a on a.connector = 'doudian' and a.stream = 'orders' and a.shop_id = r.shop_id
where r.payload ->> 'order_status' not in ('1', '103') and coalesce(r.payload ->> 'main_status', '') <> '103'
    and cast(timezone(a.zone, cast(r.payload ->> 'pay_time' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
