-- grain: one row per day of the whole shop, one per day and product  key: platform, shop_id, traffic_on, sku_id, source
-- reads: feed_record
-- A product is a SKU or an ASIN, as the account asks for it. Sessions of products do not add up to those of the shop.
select
    platform, shop_id, record_key as source_row_id, zone, t.date as traffic_on, t.product as sku_id, 'all' as source,
    t.sessions as sessions, t.page_views as pageviews, t.units_ordered as units,
    cast(t.buy_box_percentage * 0.01 as decimal(18, 6)) as buy_box_pct, t.ordered_product_sales as paid_amount,
    t.currency as currency
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "date": "DATE", "product": "VARCHAR", "sessions": "BIGINT", "page_views": "BIGINT", "units_ordered": "BIGINT",
            "buy_box_percentage": "DECIMAL(9,4)", "ordered_product_sales": "DECIMAL(18,4)", "currency": "VARCHAR"
        }') as t
    from feed_record
) as t
