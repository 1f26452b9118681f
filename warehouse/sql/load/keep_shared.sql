-- grain: one row per row of another file that a newer one replaces, as it stood  key: connector, stream, shop_id, record_key, load_seq
-- reads: the raw table, shared_row  parameters: connector, stream, shop, seq
insert into record_history
select
    $$connector, $$stream, t.shop_id, t.record_key, t.record_day, t.version_at, t.row_hash, t.payload, t.load_seq, $$seq
from ${table} as t
semi join (select record_key, other_day from shared_row where not yields) as s
    on s.record_key = t.record_key and s.other_day = t.record_day
where t.shop_id = $$shop
