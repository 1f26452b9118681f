-- grain: rows of changed records leave before their new ones enter  key: platform, shop_id, record  reads: changed_record
delete from ${core} as t
using changed_record as c
where t.platform = c.platform and t.shop_id = c.shop_id and t.${record} = c.record_key
