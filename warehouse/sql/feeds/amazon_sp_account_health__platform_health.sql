-- grain: one row per metric and day  key: platform, shop_id, metric, measured_on  reads: feed_record
-- The order defect rate is Amazon's for orders that the seller ships and for those that Amazon ships: counts add up, and there is no
-- single value of Amazon's for both.
select
    platform, shop_id, record_key as source_row_id, zone, h.day as measured_on, h.metric as metric,
    date_diff('day', cast(left(h.parts[1].date_from, 10) as date), cast(left(h.parts[1].date_to, 10) as date)) + 1 as window_days,
    cast(list_sum(list_transform(h.parts, lambda p: p.numerator)) as decimal(18, 6)) as numerator,
    cast(list_sum(list_transform(h.parts, lambda p: p.denominator)) as decimal(18, 6)) as denominator,
    cast(case when len(h.parts) = 1 then h.parts[1].rate end as decimal(18, 6)) as value
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "day": "DATE", "metric": "VARCHAR",
            "parts": [{"date_from": "VARCHAR", "date_to": "VARCHAR", "numerator": "BIGINT", "denominator": "BIGINT",
                "rate": "DECIMAL(18,10)"}]
        }') as h
    from feed_record
) as h
