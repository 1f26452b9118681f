-- grain: one row per refund request; TOP makes one per order line  key: platform, shop_id, refund_line_id  reads: feed_record
-- Money went back only where the status is SUCCESS: until then, and after CLOSED, the amount is 0. TOP does not say when it went
-- back; a successful refund is not touched any more, so that its last modification is that moment.
-- qty is 0 unless TOP tells the number and goods come back: else nobody knows that they did.
select
    platform, shop_id, record_key as source_row_id, zone, record_key as refund_id, record_key as refund_line_id, r.tid as order_id,
    r.oid as line_id,
    case when r.status = 'SUCCESS' and coalesce(r.dispute_type = 'REFUND_AND_RETURN', r.has_good_return, false)
        then coalesce(r.num, 0) else 0 end as qty,
    case when r.status = 'SUCCESS' then r.refund_fee else 0 end as amount, 'CNY' as currency, r.reason as reason,
    case when r.status = 'SUCCESS' then r.modified end as refunded_at,
    case
        when r.dispute_type = 'REFUND_AND_RETURN' then 'return'
        when r.dispute_type = 'REFUND' then 'refund_only'
        when r.dispute_type in ('TMALL_EXCHANGE', 'TAOBAO_EXCHANGE') then 'exchange'
        when r.dispute_type is null and r.has_good_return then 'return'
        when r.dispute_type is null and not r.has_good_return then 'refund_only'
    end as type,
    r.created as requested_at, r.status = 'CLOSED' as withdrawn
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "tid": "VARCHAR", "oid": "VARCHAR", "status": "VARCHAR", "created": "TIMESTAMPTZ", "modified": "TIMESTAMPTZ",
            "refund_fee": "DECIMAL(18,4)", "reason": "VARCHAR", "has_good_return": "BOOLEAN", "dispute_type": "VARCHAR",
            "num": "BIGINT"
        }') as r
    from feed_record
) as r
