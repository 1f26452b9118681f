-- grain: one row per version of a record, oldest first  key: load_seq  reads: the raw table, record_history
-- parameters: connector, stream, shop, key
select load_seq, replaced_by_load_seq as replaced_by, record_day as day, payload
from record_history
where connector = $$connector and stream = $$stream and shop_id = $$shop and record_key = $$key
union all
select load_seq, null, record_day, payload
from ${table}
where shop_id = $$shop and record_key = $$key
order by load_seq
