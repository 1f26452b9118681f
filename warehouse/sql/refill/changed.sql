-- grain: one row per record that was loaded, changed or left  key: platform, shop_id, record_key
-- reads: a raw table, record_history, source_account  parameters: loaded, gone (sequence numbers)
create or replace temp table changed_record as
select a.platform, r.shop_id, r.record_key, bool_or(r.is_loaded) as is_loaded
from (
    select shop_id, record_key, true as is_loaded from ${raw} where load_seq > $$loaded
    union all
    select shop_id, record_key, false as is_loaded
    from record_history
    where concat(connector, '_', stream) = ${stem} and replaced_by_load_seq > $$gone
    ${of_orders}
) as r
inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = r.shop_id
group by all
