-- grain: one row per record that a feed reads  key: platform, shop_id, record_key  reads: a raw table, source_account
create or replace temp view feed_record as
select a.platform, r.shop_id, a.stream, a.zone, r.record_key, r.record_day, r.payload
from ${raw} as r
inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = r.shop_id
where not ${is_unread}
${which}
