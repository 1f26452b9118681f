-- grain: one row per order line of a distributor  key: platform, shop_id, line_id  reads: core_order_line
update core_order_line as l
set distributor_first_on = f.first_on
from (
    select platform, shop_id, distributor_id, min(business_date) filter (where not coalesce(is_excluded, false)) as first_on
    from core_order_line
    where distributor_id is not null
    group by all
) as f
where f.platform = l.platform and f.shop_id = l.shop_id and f.distributor_id = l.distributor_id
    and l.distributor_first_on is distinct from f.first_on
