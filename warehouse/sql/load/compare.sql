-- grain: one row per key of a window or of the days it replaces, with what is to be done  key: record_key
-- reads: staged, the raw table, newer_day  parameters: shop, first and last day, is_day
create or replace temp table staged_action as
select
    coalesce(s.record_key, t.record_key) as record_key, coalesce(s.record_day, t.record_day) as record_day, s.version_at, s.row_hash,
    case
        -- first: what a later pull has said of a day stands, whatever this window holds
        when coalesce(s.record_day, t.record_day) in (select day from newer_day) then 'unchanged'
        when t.record_key is null then 'new'
        when s.record_key is null then 'gone'
        when s.record_day <> t.record_day and $$is_day then 'elsewhere'
        when s.row_hash <> t.row_hash or s.record_day <> t.record_day then 'changed'
        else 'unchanged'
    end as action
from staged as s
full join (
    select record_key, record_day, row_hash
    from ${table}
    where shop_id = $$shop and record_day between $$first and $$last
) as t on t.record_key = s.record_key
