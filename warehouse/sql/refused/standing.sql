-- grain: true for a record that its feed cannot read  reads: core_refused, a raw table (as r)
exists (
    select 1
    from core_refused as q
    where q.stem = ${stem} and q.table_name = ${table} and q.cause_code = 'W330' and q.until_seq is null
        and q.shop_id = r.shop_id and q.record_key = r.record_key and q.load_seq = r.load_seq
)
