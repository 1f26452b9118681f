-- grain: one row per stock row that does not say whether its SKU is listed  key: that of core_inventory
-- reads: core_inventory, core_sku
update core_inventory as i
set is_listed = i.snapshot_on >= s.listed_on and i.snapshot_on <= coalesce(s.delisted_on, date '9999-12-31')
from core_sku as s
where s.sku_id = i.sku_id and i.is_listed is null and s.listed_on is not null
