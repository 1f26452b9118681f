-- grain: one row per period, shop and measure that does not add up  key: period, platform, shop_id, measure  reads: reconciliation
select period, platform, shop_id, measure, difference
from reconciliation
where difference <> 0
