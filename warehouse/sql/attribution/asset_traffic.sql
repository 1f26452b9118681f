-- grain: one row per SKU row of traffic and kind of asset  key: platform, shop_id, traffic_on, sku_id, source, asset_type
-- reads: core_traffic, core_task
-- Credited is the assignee of the newest such task of the SKU delivered on or before the day.
select
    t.platform, t.shop_id, concat_ws('|', t.source_row_id, k.type) as source_row_id, t.traffic_on, t.sku_id, t.sku_group,
    t.brand, t.source, k.type as asset_type, k.assignee_id as owner_id, t.impressions, t.clicks, t.visitors, t.buyers
from core_traffic as t
inner join core_task as k
    on k.shop_id = t.shop_id and k.sku_id = t.sku_id and k.type in ('main_image', 'page')
    and k.delivered_on <= t.traffic_on
qualify row_number() over (
    partition by t.platform, t.shop_id, t.source_row_id, k.type order by k.delivered_at desc, k.task_id desc
) = 1
order by t.traffic_on, t.shop_id, t.sku_id, t.source, k.type
