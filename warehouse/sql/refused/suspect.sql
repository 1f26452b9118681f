-- grain: one row per record of one stream, numbered  key: n  reads: a raw table, source_account
create or replace temp table suspect as
select
    row_number() over (order by r.shop_id, r.record_key) - 1 as n, a.platform, r.shop_id, a.stream, a.zone, r.record_key, r.record_day,
    r.payload, r.load_seq, r.version_at
from ${raw} as r
inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = r.shop_id
