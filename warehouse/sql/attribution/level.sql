-- grain: one row per traffic row  key: that of core_traffic  reads: core_traffic
-- Platforms deduplicate visitors of the shop across its SKUs: the two levels must never be added up.
update core_traffic
set level = case when sku_id is null then 'shop' else 'sku' end
where level is null
