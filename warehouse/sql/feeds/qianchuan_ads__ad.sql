-- grain: one row per 计划 (standard promotion) and day  key: platform, shop_id, campaign_id, ad_on  reads: feed_record
-- 千川 states yuan. The sales are those 千川 attributes directly (pay_order_*); its refunds cover other orders too, so that they are
-- no refund_amount of these sales.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.o.stat_datetime as ad_on, r.o.ad_id as campaign_id,
    'standard' as ad_type, 'CNY' as currency, r.o.stat_cost as spend, r.o.show_cnt as impressions, r.o.click_cnt as clicks,
    r.o.pay_order_count as ad_orders, r.o.pay_order_amount as ad_sales
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "stat_datetime": "DATE", "ad_id": "VARCHAR", "stat_cost": "DECIMAL(18,4)", "show_cnt": "BIGINT",
            "click_cnt": "BIGINT", "pay_order_count": "BIGINT", "pay_order_amount": "DECIMAL(18,4)"
        }') as o
    from feed_record
) as r
