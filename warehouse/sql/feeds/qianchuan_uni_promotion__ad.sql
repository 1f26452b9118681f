-- grain: one row per 抖音号 under 全域推广 and day  key: platform, shop_id, campaign_id, ad_on  reads: feed_record
-- Its sales are those of the whole account, paid traffic or not, and overlap with the standard ads' sales: they stand in overall_sales
-- and never in ad_sales. The spend is its own and adds up.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.o.stat_datetime as ad_on,
    concat('uni_promotion/', r.o.aweme_id) as campaign_id, 'uni_promotion' as ad_type, 'CNY' as currency,
    r.o.stat_cost as spend, r.o.total_pay_order_gmv_for_roi2 as overall_sales,
    r.o.total_pay_order_count_for_roi2 as overall_orders
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "stat_datetime": "DATE", "aweme_id": "VARCHAR", "stat_cost": "DECIMAL(18,4)",
            "total_pay_order_gmv_for_roi2": "DECIMAL(18,4)", "total_pay_order_count_for_roi2": "BIGINT"
        }') as o
    from feed_record
) as r
