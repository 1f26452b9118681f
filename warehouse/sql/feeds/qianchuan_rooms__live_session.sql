-- grain: one row per livestream  key: platform, shop_id, session_id  reads: feed_record
-- The room is the 抖音号 it ran in. 千川 counts entries (人次), not viewers. Refunds are stated later than the day can be read, so that
-- they are left to the orders. Times are the account's own clock.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.o.room_id as session_id, r.o.aweme_id as room_id,
    timezone(r.zone, r.o.start_time) as started_at, timezone(r.zone, r.o.end_time) as ended_at,
    cast(date_diff('second', r.o.start_time, r.o.end_time) / 60 as decimal(18, 6)) as minutes,
    r.o.total_live_watch_cnt as entries, r.o.total_live_comment_cnt as comments, r.o.total_live_follow_cnt as new_followers,
    r.o.total_live_fans_club_join_cnt as fan_club_joins, r.o.live_click_product_count_alias as product_clicks,
    r.o.live_pay_order_count_alias as orders, 'CNY' as currency, r.o.live_pay_order_gmv_alias as gmv
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "room_id": "VARCHAR", "aweme_id": "VARCHAR", "start_time": "TIMESTAMP", "end_time": "TIMESTAMP",
            "total_live_watch_cnt": "BIGINT", "total_live_comment_cnt": "BIGINT", "total_live_follow_cnt": "BIGINT",
            "total_live_fans_club_join_cnt": "BIGINT", "live_click_product_count_alias": "BIGINT",
            "live_pay_order_count_alias": "BIGINT", "live_pay_order_gmv_alias": "DECIMAL(18,4)"
        }') as o
    from feed_record
) as r
