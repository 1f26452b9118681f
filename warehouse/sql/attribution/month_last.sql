-- grain: one row per metric of a shop and day  key: platform, shop_id, metric, measured_on  reads: core_platform_health
-- Platforms state rolling figures: of a month only the newest counts.
update core_platform_health as h
set is_month_last = h.measured_on = n.newest_on
from (
    select platform, shop_id, metric, date_trunc('month', measured_on) as month, max(measured_on) as newest_on
    from core_platform_health
    group by all
) as n
where n.platform = h.platform and n.shop_id = h.shop_id and n.metric = h.metric
    and n.month = date_trunc('month', h.measured_on)
    and h.is_month_last is distinct from (h.measured_on = n.newest_on)
