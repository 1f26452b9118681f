-- grain: one row, the first new key that stands on another day too  reads: staged_action, the raw table
-- parameters: shop, first and last day, is_day
-- In a day stream a key that holds its own day stands on no other: only keys without it are looked for in the whole history.
select min(t.record_key)
from ${table} as t
semi join (
    select record_key
    from staged_action
    where action = 'new' and not (
        $$is_day and (
            contains(record_key, strftime(record_day, '%Y-%m-%d')) or contains(record_key, strftime(record_day, '%Y%m%d'))
        )
    )
) as a on a.record_key = t.record_key
where t.shop_id = $$shop and t.record_day not between $$first and $$last
