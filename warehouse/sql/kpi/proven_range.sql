-- grain: one row per stream that was ever loaded: the unbroken range that ends at its newest proven instant
-- key: connector, stream, shop_id  reads: load_window
-- A hole may hide records of every day before it (they show only under their newest modification time).
with proven as (
    select
        connector, stream, shop_id, window_from, window_to,
        max(window_to) over (
            partition by connector, stream, shop_id order by window_from, window_to
            rows between unbounded preceding and 1 preceding
        ) as reached
    from load_window
    where status = 'proven'
)
select
    connector, stream, shop_id,
    max(window_from) filter (where reached is null or window_from > reached) as covered_from,
    max(window_to) as covered_to
from proven
group by connector, stream, shop_id
