-- grain: one row per touched buyer whose first business date moved  key: platform, buyer_id
-- reads: core_order_line, line_touched
-- First day over all shops of a platform, excluded orders aside.
update core_order_line as l
set buyer_first_on = f.first_on
from (
    select o.platform, o.buyer_id, min(o.business_date) filter (where not coalesce(o.is_excluded, false)) as first_on
    from core_order_line as o
    semi join line_touched as b on b.platform = o.platform and b.buyer_id = o.buyer_id
    group by o.platform, o.buyer_id
) as f
where l.platform = f.platform and l.buyer_id = f.buyer_id and l.buyer_first_on is distinct from f.first_on
