-- grain: rows of changed orders leave before their new ones enter  key: platform, shop_id, order_id  reads: shopify_order
delete from ${table} as t
using shopify_order as s
where t.platform = s.platform and t.shop_id = s.shop_id and t.order_id = s.order_id
