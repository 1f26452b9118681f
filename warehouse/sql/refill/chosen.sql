    and r.load_seq > ${loaded}
union all
select a.platform, r.shop_id, a.stream, a.zone, r.record_key, r.record_day, r.payload
from ${raw} as r
inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = r.shop_id
semi join changed_record as c on c.platform = a.platform and c.shop_id = r.shop_id and c.record_key = r.record_key and not c.is_loaded
where r.load_seq <= ${loaded} and not ${is_unread}
