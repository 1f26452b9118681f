-- grain: one row per key of a file or of the days it replaces, with what is to be done  key: record_key
-- reads: staged, the raw table  parameters: shop, first and last day
create or replace temp table staged_action as
select
    coalesce(s.record_key, t.record_key) as record_key, s.record_day, s.version_at, s.row_hash,
    case
        when t.record_key is null then 'new'
        when s.record_key is null then 'gone'
        when t.record_day not between $$first and $$last then 'elsewhere'
        when s.row_hash <> t.row_hash then 'changed'
        else 'unchanged'
    end as action
from staged as s
full join (select record_key, record_day, row_hash from ${table} where shop_id = $$shop) as t
    on t.record_key = s.record_key
where s.record_key is not null or t.record_day between $$first and $$last
