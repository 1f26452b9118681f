-- grain: one row per customer-service ticket that is not deleted  key: platform, shop_id, ticket_id  reads: feed_record
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.record_key as ticket_id, r.t.assignee_id as agent_id,
    r.t.group_id as queue_id, r.t.status as status, r.t.priority as priority, r.t.created_at as opened_at,
    r.t.metric_set.solved_at as resolved_at, r.t.metric_set.reply_time_in_minutes.calendar as first_reply_minutes,
    r.t.metric_set.reply_time_in_minutes.business as first_reply_business_minutes,
    r.t.metric_set.full_resolution_time_in_minutes.calendar as resolution_minutes, r.t.metric_set.reopens as reopens,
    r.t.metric_set.assignee_stations as assignee_stations, r.t.satisfaction as satisfaction
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "created_at": "TIMESTAMPTZ", "status": "VARCHAR", "priority": "VARCHAR", "group_id": "VARCHAR",
            "assignee_id": "VARCHAR", "satisfaction": "VARCHAR",
            "metric_set": {"solved_at": "TIMESTAMPTZ", "reopens": "BIGINT", "assignee_stations": "BIGINT",
                "reply_time_in_minutes": {"calendar": "BIGINT", "business": "BIGINT"},
                "full_resolution_time_in_minutes": {"calendar": "BIGINT"}}
        }') as t
    from feed_record
) as r
where r.t.status <> 'deleted'
