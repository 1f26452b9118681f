-- grain: one row per record of law_broken  key: stem, table_name, shop_id, record_key
-- reads: law_broken, a canonical table, a raw table, source_account
-- All rows of the record leave, so that all of their days miss one. Where none is known, every day from the record's own to that of
-- its version may be meant.
insert into core_refused
select
    ${stem}, ${table}, b.shop_id, b.record_key, r.load_seq,
    coalesce(
        (
            select list(distinct d.day order by d.day)
            from (
                select unnest([${dates}]) as day
                from ${core} as c
                where c.platform = b.platform and c.shop_id = b.shop_id and c.${record} = b.record_key
            ) as d
            where d.day is not null
        ),
        cast(generate_series(
            r.record_day, greatest(r.record_day, cast(timezone(a.zone, r.version_at) as date)), interval 1 day
        ) as date[])
    ),
    b.column_name, b.value, 'W331',
    concat(
        ${table}, ' ', b.record_key, ' of ', b.shop_id, ' is kept out: ', b.column_name,
        case when b.value = '' then '' else concat(' = ', b.value) end, ', ', b.law
    ),
    null
from law_broken as b
inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = b.shop_id
inner join ${raw} as r on r.shop_id = b.shop_id and r.record_key = b.record_key
