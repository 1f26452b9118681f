-- grain: one row per livestream of the shop's own accounts  key: platform, shop_id, session_id  reads: feed_record
-- The room is the account it ran in. Not taken over: SKU orders (they are no orders) and the average view (it is no total).
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.record_key as session_id, r.o.username as room_id,
    r.o.start_time as started_at, r.o.end_time as ended_at,
    cast(date_diff('second', r.o.start_time, r.o.end_time) / 60 as decimal(18, 6)) as minutes, r.o.views as entries,
    r.o.viewers as viewers, r.o.comments as comments, r.o.new_followers as new_followers,
    r.o.product_impressions as product_impressions, r.o.product_clicks as product_clicks, r.o.customers as buyers,
    r.o.pcu as peak_online, cast(r.o.acu as decimal(18, 6)) as avg_online, r.o.currency as currency, r.o.gmv as gmv
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "username": "VARCHAR", "start_time": "TIMESTAMPTZ", "end_time": "TIMESTAMPTZ", "views": "BIGINT",
            "viewers": "BIGINT", "comments": "BIGINT", "new_followers": "BIGINT", "product_impressions": "BIGINT",
            "product_clicks": "BIGINT", "customers": "BIGINT", "pcu": "BIGINT", "acu": "BIGINT", "currency": "VARCHAR",
            "gmv": "DECIMAL(18,4)"
        }') as o
    from feed_record
) as r
