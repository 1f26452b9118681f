-- grain: one row per row of a withdrawn file, as it stood  key: connector, stream, shop_id, record_key, load_seq
-- reads: the raw table, withdrawn_loads.sql  parameters: connector, stream, shop, start, end, seq
insert into record_history
select
    $$connector, $$stream, t.shop_id, t.record_key, t.record_day, t.version_at, t.row_hash, t.payload, t.load_seq, $$seq
from ${table} as t
where t.shop_id = $$shop and t.load_seq in (
    ${loads}
)
