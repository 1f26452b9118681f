-- grain: one row per campaign and day  key: platform, shop_id, campaign_id, ad_on  reads: feed_record
-- Conversions may be fractions and other things than orders: no ad_orders, no attribution_window.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.a.date as ad_on, r.a.campaign_id as campaign_id,
    r.a.channel as ad_type, r.a.currency as currency, r.a.cost as spend, r.a.impressions as impressions,
    r.a.clicks as clicks, r.a.conversions_value as ad_sales
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "date": "DATE", "campaign_id": "VARCHAR", "channel": "VARCHAR", "currency": "VARCHAR", "impressions": "BIGINT",
            "clicks": "BIGINT", "cost": "DECIMAL(18,4)", "conversions_value": "DECIMAL(18,4)"
        }') as a
    from feed_record
) as r
