-- grain: rows that the windows of a span brought leave  key: shop_id, record_key  reads: load_window
-- parameters: connector, stream, shop, start, end
delete from ${table} as t
where t.shop_id = $$shop and t.load_seq in (
    select load_seq
    from load_window
    where connector = $$connector and stream = $$stream and shop_id = $$shop and window_from = $$start and window_to = $$end
)
