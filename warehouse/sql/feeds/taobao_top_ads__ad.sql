-- grain: one row per 万相台 campaign and day  key: platform, shop_id, campaign_id, ad_on  reads: feed_record
-- The attribution (last click or multi-touch, days) is part of the record's key; accounts that change it keep days apart by it.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.v.thedate as ad_on, r.v.campaign_id as campaign_id,
    coalesce(r.v.scene1_name, r.v.biz_code) as ad_type, 'CNY' as currency, r.v.charge as spend, r.v.ad_pv as impressions,
    r.v.click as clicks, r.v.alipay_inshop_num as ad_orders, r.v.alipay_inshop_amt as ad_sales,
    r.v.effect_equal as attribution_window
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "thedate": "DATE", "campaign_id": "VARCHAR", "biz_code": "VARCHAR", "scene1_name": "VARCHAR", "charge": "DECIMAL(18,4)",
            "ad_pv": "BIGINT", "click": "BIGINT", "alipay_inshop_num": "BIGINT", "alipay_inshop_amt": "DECIMAL(18,4)",
            "effect_equal": "BIGINT"
        }') as v
    from feed_record
) as r
