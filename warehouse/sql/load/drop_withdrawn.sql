-- grain: rows that the windows of a span brought leave  key: shop_id, record_key  reads: withdrawn_loads.sql
-- parameters: connector, stream, shop, start, end
delete from ${table} as t
where t.shop_id = $$shop and t.load_seq in (
    ${loads}
)
