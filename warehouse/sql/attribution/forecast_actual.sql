-- grain: one row per forecast whose file does not state what was sold  key: that of core_forecast
-- reads: core_forecast, core_order_line
update core_forecast as f
set actual_qty = coalesce((
    select cast(sum(o.qty) as bigint)
    from core_order_line as o
    where o.shop_id = f.shop_id and o.sku_id = f.sku_id and o.business_date between f.from_on and f.to_on
        and not coalesce(o.is_excluded, false)
), 0)
where f.actual_qty is null and f.shop_id in (select distinct shop_id from core_order_line)
