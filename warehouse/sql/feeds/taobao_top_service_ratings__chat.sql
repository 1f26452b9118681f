-- grain: one row per rating of an agent  key: platform, shop_id, chat_id  reads: feed_record
-- TOP's scale runs the other way: 0 very satisfied to 4 very dissatisfied become 5 to 1. Of the chat nothing but its rating is known,
-- so that it is marked, and no buyer is named: no order is credited to it. The chat is dated by the invitation to rate it.
select
    r.platform, r.shop_id, r.record_key as source_row_id, r.zone, r.record_key as chat_id,
    regexp_replace(r.v.eval_sender, '^cntaobao', '') as agent_id, r.v.send_time as started_at,
    cast(5 - r.v.eval_code as decimal(18, 6)) as rating, true as rating_only
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{"eval_sender": "VARCHAR", "send_time": "TIMESTAMPTZ", "eval_code": "BIGINT"}') as v
    from feed_record
) as r
