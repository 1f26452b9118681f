-- grain: one row per day of which a later pull was loaded before this one  key: day  reads: load_window
-- parameters: connector, stream, shop, first and last day, as_of
create or replace temp table newer_day as
select distinct cast(unnest(generate_series(greatest(first_day, $first), least(last_day, $last), interval 1 day)) as date) as day
from load_window
where connector = $connector and stream = $stream and shop_id = $shop and kind = 'day' and status = 'proven' and as_of > $as_of
    and first_day <= $last and last_day >= $first
