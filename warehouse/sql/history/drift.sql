-- grain: one row per field that no model names  key: field  reads: load_drift, load_window
-- parameters: connector, stream, shop, since
select d.field, sum(d.n) as n
from load_drift as d
inner join load_window as w on w.load_id = d.load_id
where w.connector = $connector and w.stream = $stream and w.shop_id = $shop and w.load_seq > $since
group by d.field
order by d.field
