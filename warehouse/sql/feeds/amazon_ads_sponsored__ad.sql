-- grain: one row per Sponsored Products, Brands or Display campaign and day  key: platform, shop_id, campaign_id, ad_on
-- reads: feed_record
-- streams: amazon_ads_sponsored_products, amazon_ads_sponsored_brands, amazon_ads_sponsored_display
-- The kind of campaign is the name of its stream.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.a.date as ad_on, r.a.campaign_id as campaign_id,
    r.stream as ad_type, r.a.currency as currency, r.a.cost as spend, r.a.impressions as impressions,
    r.a.clicks as clicks, r.a.orders as ad_orders, r.a.sales as ad_sales, r.a.new_buyer_orders as new_buyer_orders,
    r.a.attribution_days as attribution_window
from (
    select
        platform, shop_id, stream, record_key, zone,
        from_json_strict(payload, '{
            "date": "DATE", "campaign_id": "VARCHAR", "currency": "VARCHAR", "impressions": "BIGINT", "clicks": "BIGINT",
            "cost": "DECIMAL(18,4)", "orders": "BIGINT", "sales": "DECIMAL(18,4)", "new_buyer_orders": "BIGINT",
            "attribution_days": "BIGINT"
        }') as a
    from feed_record
) as r
