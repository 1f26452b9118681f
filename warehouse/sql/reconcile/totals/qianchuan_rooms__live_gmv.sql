-- grain: one row per account with the sales that 千川 states for its livestreams  key: platform, shop_id
-- reads: raw_qianchuan_rooms, source_account
-- parameters: start_on, end_on
-- Times are the account's own clock.
select a.platform, r.shop_id, sum(cast(r.payload ->> 'live_pay_order_gmv_alias' as decimal(18, 4))) as amount
from raw_qianchuan_rooms as r
inner join source_account as a on a.connector = 'qianchuan' and a.stream = 'rooms' and a.shop_id = r.shop_id
where cast(cast(r.payload ->> 'start_time' as timestamp) as date) between $start_on and $end_on
group by a.platform, r.shop_id
