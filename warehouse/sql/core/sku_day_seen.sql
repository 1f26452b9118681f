-- grain: one row per SKU and order day among changed orders, refunded SKUs included  key: sku_id, day  reads: shopify_order
create or replace temp table sku_day_seen as
with dated as (
    select business_date as day, line_items as lines, refunds
    from shopify_order
)
select sku_id, day
from (select day, unnest(list_transform(lines, lambda x: x.sku)) as sku_id from dated)
where sku_id is not null
union
select sku_id, day
from (select day, unnest(flatten(list_transform(refunds, lambda r: list_transform(r.lines, lambda x: x.sku)))) as sku_id from dated)
where sku_id is not null
