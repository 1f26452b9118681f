-- grain: one row per standing line of core_refused and day  key: connector, stream, shop_id, table_name, business_date, record_key
-- reads: core_refused, source_account
insert into refused_record
select
    a.connector, a.stream, q.shop_id, q.table_name, unnest(q.days), q.record_key, q.column_name, q.value, q.cause_code, q.cause
from core_refused as q
inner join (select distinct connector, stream, shop_id from source_account) as a
    on concat(a.connector, '_', a.stream) = q.stem and a.shop_id = q.shop_id
where q.until_seq is null
