-- grain: one row per new key of a file that stands in another file of the shop too  key: record_key
-- reads: staged_action, the raw table, record_file.sql  parameters: shop, first and last day, file
-- settled: when the row came to count, e.g. when it was paid. A file that states it knows more than one that does not; where both
-- do, they must agree on it and on the amount, and the file of the later days was downloaded later: its row stands.
create or replace temp table shared_row as
with pair as (
    select
        a.record_key, t.record_day as other_day,
        json_extract_string(any_value(f.payload), $$settled) as settled, json_extract_string(t.payload, $$settled) as other_settled,
        try_cast(json_extract_string(any_value(f.payload), $$amount) as decimal(38, 12)) as amount,
        try_cast(json_extract_string(t.payload, $$amount) as decimal(38, 12)) as other_amount
    from staged_action as a
    inner join ${table} as t on t.record_key = a.record_key
    inner join ${record_file} as f on f.record_key = a.record_key and f.row_hash = a.row_hash
    where a.action = 'new' and t.shop_id = $$shop and t.record_day not between $$first and $$last
    group by all
)
select
    record_key, other_day,
    settled is null or other_settled is null or (settled = other_settled and amount is not distinct from other_amount) as agrees,
    case
        when (settled is null) <> (other_settled is null) then settled is null
        else other_day > $$last
    end as yields
from pair
