-- grain: one row per customer-service ticket that is not deleted  key: platform, shop_id, ticket_id
-- reads: raw_zendesk_tickets, source_account, ticket_sla  parameters: seq (rows loaded after it)
with changed as (
    select
        a.platform, r.shop_id, r.record_key as ticket_id, a.zone,
        from_json_strict(r.payload, '{
            "created_at": "TIMESTAMPTZ", "status": "VARCHAR", "priority": "VARCHAR", "group_id": "VARCHAR",
            "assignee_id": "VARCHAR", "satisfaction": "VARCHAR",
            "metric_set": {"solved_at": "TIMESTAMPTZ", "reopens": "BIGINT", "assignee_stations": "BIGINT",
                "reply_time_in_minutes": {"calendar": "BIGINT"}, "full_resolution_time_in_minutes": {"calendar": "BIGINT"}}
        }') as t
    from raw_zendesk_tickets as r
    inner join source_account as a on a.connector = 'zendesk' and a.stream = 'tickets' and a.shop_id = r.shop_id
    where r.load_seq > $seq
)
select
    c.platform, c.shop_id, c.ticket_id as source_row_id, c.ticket_id, c.t.assignee_id as agent_id,
    c.t.group_id as queue_id, c.t.status as status, c.t.priority as priority, c.t.created_at as opened_at,
    cast(timezone(c.zone, c.t.created_at) as date) as opened_on, c.t.metric_set.solved_at as resolved_at,
    cast(timezone(c.zone, c.t.metric_set.solved_at) as date) as resolved_on, s.sla_hours,
    cast(timezone(c.zone, c.t.created_at + to_hours(s.sla_hours)) as date) as due_on,
    c.t.metric_set.reply_time_in_minutes.calendar as first_reply_minutes,
    c.t.metric_set.full_resolution_time_in_minutes.calendar as resolution_minutes,
    c.t.metric_set.reopens as reopens, c.t.metric_set.assignee_stations as assignee_stations,
    c.t.satisfaction as satisfaction
from changed as c
left join ticket_sla as s on s.priority = c.t.priority
where c.t.status <> 'deleted'
order by opened_on, c.shop_id, c.ticket_id
