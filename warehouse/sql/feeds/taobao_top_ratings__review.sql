-- grain: one row per buyer's rating of an order line  key: platform, shop_id, review_id  reads: feed_record
-- TOP knows three grades: good stands for 5, neutral for 3, bad for 1, and only bad is negative. It tells no time of an answer.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.record_key as review_id, r.v.tid as order_id,
    cast(case r.v.result when 'good' then 5 when 'neutral' then 3 else 1 end as decimal(18, 6)) as rating,
    r.v.result = 'bad' as is_negative, r.v.created as created_at
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{"tid": "VARCHAR", "result": "VARCHAR", "created": "TIMESTAMPTZ"}') as v
    from feed_record
) as r
