-- grain: one row per unit or line that came back to Amazon's warehouse  key: platform, shop_id, refund_line_id  reads: feed_record
-- record: source_row_id
-- Goods and reason only: the money goes back in another transaction on another day and stands in the feed of finances, so that the
-- amount here is 0. The day is the day of arrival. Reasons are Amazon's own codes; one that is not listed is `other`.
select
    platform, shop_id, record_key as source_row_id, zone, record_key as refund_id, record_key as refund_line_id,
    r.order_id as order_id, r.sku as sku_id, r.quantity as qty, cast(0 as decimal(18, 4)) as amount, r.currency as currency,
    r.reason as reason, r.return_date as refunded_at, 'return' as type,
    case
        when r.reason in ('DEFECTIVE', 'QUALITY_UNACCEPTABLE', 'NOT_AS_DESCRIBED') then 'quality'
        when r.reason in ('SWITCHEROO') then 'wrong_item'
        when r.reason in ('MISSING_PARTS') then 'missing_item'
        when r.reason in ('DAMAGED_BY_CARRIER', 'DAMAGED_BY_FC') then 'damaged'
        when r.reason in ('MISSED_ESTIMATED_DELIVERY', 'NEVER_ARRIVED') then 'late'
        when r.reason in (
            'UNWANTED_ITEM', 'ORDERED_WRONG_ITEM', 'FOUND_BETTER_PRICE', 'NO_REASON_GIVEN', 'APPAREL_TOO_SMALL',
            'APPAREL_TOO_LARGE', 'APPAREL_STYLE'
        ) then 'not_wanted'
        else 'other'
    end as reason_kind
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "return_date": "TIMESTAMPTZ", "order_id": "VARCHAR", "sku": "VARCHAR", "quantity": "BIGINT", "reason": "VARCHAR",
            "currency": "VARCHAR"
        }') as r
    from feed_record
) as r
