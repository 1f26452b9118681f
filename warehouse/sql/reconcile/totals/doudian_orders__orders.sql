-- grain: one row per shop with the number of paid orders  key: platform, shop_id  reads: raw_doudian_orders, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, count(*) as amount
from raw_doudian_orders as r
inner join source_account as a on a.connector = 'doudian' and a.stream = 'orders' and a.shop_id = r.shop_id
where r.payload ->> 'order_status' not in ('1', '103') and coalesce(r.payload ->> 'main_status', '') <> '103'
    and cast(timezone(a.zone, cast(r.payload ->> 'pay_time' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
