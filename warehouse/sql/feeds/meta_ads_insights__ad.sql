-- grain: one row per campaign and day, its ads added up  key: platform, shop_id, campaign_id, ad_on  reads: feed_record
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.a.date as ad_on, r.a.campaign_id as campaign_id,
    r.a.currency as currency, r.a.spend as spend, r.a.impressions as impressions, r.a.clicks as clicks,
    r.a.purchases as ad_orders, r.a.purchase_value as ad_sales, r.a.attribution_days as attribution_window
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "date": "DATE", "campaign_id": "VARCHAR", "currency": "VARCHAR", "impressions": "BIGINT", "clicks": "BIGINT",
            "spend": "DECIMAL(18,4)", "purchases": "BIGINT", "purchase_value": "DECIMAL(18,4)", "attribution_days": "BIGINT"
        }') as a
    from feed_record
) as r
