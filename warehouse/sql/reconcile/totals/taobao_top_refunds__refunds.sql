-- grain: one row per shop with what TOP states for the requests that succeeded  key: platform, shop_id
-- reads: raw_taobao_top_refunds, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, sum(cast(r.payload ->> 'refund_fee' as decimal(18, 4))) as amount
from raw_taobao_top_refunds as r
inner join source_account as a on a.connector = 'taobao_top' and a.stream = 'refunds' and a.shop_id = r.shop_id
where r.payload ->> 'status' = 'SUCCESS'
    and cast(timezone(a.zone, cast(r.payload ->> 'modified' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
