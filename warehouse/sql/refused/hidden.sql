-- grain: one row per record that is not refused  key: shop_id, record_key  reads: a raw table, core_refused
create or replace temp table ${raw} as
select r.*
from ${database}.main.${raw} as r
where not exists (
    select 1
    from core_refused as q
    where q.stem = ${stem} and q.table_name = ${table} and q.until_seq is null and q.shop_id = r.shop_id and q.record_key = r.record_key
)
