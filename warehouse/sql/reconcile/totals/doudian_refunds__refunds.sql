-- grain: one row per shop with what 抖店 states for the requests that were paid out  key: platform, shop_id
-- reads: raw_doudian_refunds, source_account
-- parameters: start_on, end_on
-- The request's own head, in fen: what the buyer got and the discounts that platform and 达人 took back. Its goods orders are
-- looked at for their tax alone, which the head does not state.
select
    a.platform, r.shop_id,
    sum(cast((
        cast(r.payload ->> 'refund_amount' as decimal(18, 0))
        + cast(r.payload ->> 'platform_discount_return_amount' as decimal(18, 0))
        + cast(r.payload ->> 'kol_discount_return_amount' as decimal(18, 0))
        - coalesce(
            list_sum(cast(json_extract_string(r.payload, '$.lines[*].aftersale_tax_amount') as decimal(18, 0)[])), 0
        )
    ) * 0.01 as decimal(18, 4))) as amount
from raw_doudian_refunds as r
inner join source_account as a on a.connector = 'doudian' and a.stream = 'refunds' and a.shop_id = r.shop_id
where r.payload ->> 'refund_status' in ('3', '5')
    and cast(timezone(a.zone, cast(r.payload ->> 'update_time' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
