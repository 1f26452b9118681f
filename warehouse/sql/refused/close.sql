-- grain: lines of one feed whose record was read anew or is gone  key: none  reads: core_refused, a raw table  parameters: seq
update core_refused as q
set until_seq = $$seq
where q.stem = ${stem} and q.table_name = ${table} and q.until_seq is null and not exists (
    select 1
    from ${raw} as r
    where r.shop_id = q.shop_id and r.record_key = q.record_key and r.load_seq = q.load_seq
)
