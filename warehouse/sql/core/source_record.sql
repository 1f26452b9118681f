-- grain: one row per stream, shop, day of creation and landing file  key: all but records
-- reads: a raw table, load_window
insert into source_record
select $$connector, $$stream, r.shop_id, r.record_day, w.landing_file, count(*)
from ${table} as r
inner join load_window as w on w.load_seq = r.load_seq
group by all
