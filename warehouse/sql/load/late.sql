-- grain: one row, the number of rows that move on days which were final before  reads: staged_action, load_window,
-- source_account  parameters: connector, stream, shop, seq
-- Final: windows that speak for whole days were read once the day had settled; others began before the day and reached beyond that
-- instant (an old record that comes with a first pull moves nothing that was ever told).
with account as (
    select zone, coalesce(finality_days, 0) as finality_days
    from source_account
    where connector = $connector and stream = $stream and shop_id = $shop
),
said as (
    select first_day, last_day, as_of, window_from, window_to
    from load_window
    where connector = $connector and stream = $stream and shop_id = $shop and status = 'proven' and load_seq < $seq
),
reached as (
    select min(window_from) as began, max(window_to) as instant from said where first_day is null
),
moved as (
    select
        m.record_day, timezone(a.zone, cast(m.record_day as timestamp)) as starts_at,
        -- 1: counted from the end of the day, on the clock of the shop: a day may have 23 or 25 hours
        timezone(a.zone, cast(m.record_day as timestamp) + to_days(1 + a.finality_days)) as settled_at
    from staged_action as m
    cross join account as a
    where m.action in ('new', 'changed', 'gone')
)
select count(*)
from moved as m
cross join reached as r
where (r.began <= m.starts_at and r.instant >= m.settled_at)
    or exists (
        select 1 from said as s where m.record_day between s.first_day and s.last_day and s.as_of >= m.settled_at
    )
