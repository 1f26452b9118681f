-- grain: one row per stream, account and field that no model names, in the newest pull  key: connector, stream, shop_id, field
-- reads: load_drift, load_window
with newest as (
    select connector, stream, shop_id, max(as_of) as as_of
    from load_window
    where status = 'proven'
    group by all
)
select w.connector, w.stream, w.shop_id, d.field, cast(sum(d.n) as bigint) as n
from load_drift as d
inner join load_window as w on w.load_id = d.load_id
inner join newest as n
    on n.connector = w.connector and n.stream = w.stream and n.shop_id = w.shop_id and n.as_of = w.as_of
group by all
order by all
