-- grain: one row per record with a value that its column does not take  key: platform, shop_id, record_key  reads: a canonical table
create or replace temp table law_broken as
select
    platform, shop_id, ${record} as record_key,
    case ${columns} end as column_name,
    -- shown to people: short, and nothing that steers a terminal
    left(regexp_replace(coalesce(case ${values} end, ''), '[^[:print:]]', '?', 'g'), 40) as value,
    case ${laws} end as law
from ${core}
where ${is_broken}
qualify row_number() over (partition by platform, shop_id, ${record} order by ${key}) = 1
