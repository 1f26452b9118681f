-- grain: one row per chat with messages  key: platform, shop_id, chat_id  reads: core_chat_message, core_chat
-- parameters: reply_minutes
-- A round opens with the buyer's first unanswered message; later ones before an answer stay in it. Bots answer nothing.
update core_chat as c
set rounds = coalesce(c.rounds, m.rounds), rounds_replied_3min = coalesce(c.rounds_replied_3min, m.in_time),
    reply_count = coalesce(c.reply_count, m.answered), reply_seconds_total = coalesce(c.reply_seconds_total, m.waited),
    first_reply_seconds = coalesce(c.first_reply_seconds, m.first_waited),
    replied = coalesce(c.replied, case when m.rounds > 0 then m.answered > 0 end)
from (
    with spoken as (
        select
            platform, shop_id, chat_id, sender, sent_at,
            lag(sender) over in_chat as before,
            min(sent_at) filter (where sender = 'agent') over (
                in_chat rows between 1 following and unbounded following
            ) as answered_at
        from core_chat_message
        where sender in ('buyer', 'agent')
        -- the id decides between messages of one moment, so that every run finds the same rounds
        window in_chat as (partition by platform, shop_id, chat_id order by sent_at, message_id)
    ),
    round as (
        select
            platform, shop_id, chat_id, sent_at, date_diff('second', sent_at, answered_at) as seconds,
            answered_at <= sent_at + to_minutes($reply_minutes) as is_in_time
        from spoken
        where sender = 'buyer' and before is distinct from 'buyer'
    )
    select
        platform, shop_id, chat_id, count(*) as rounds, count(seconds) as answered,
        count(*) filter (where is_in_time) as in_time, cast(coalesce(sum(seconds), 0) as bigint) as waited,
        arg_min(seconds, sent_at) as first_waited
    from round
    group by all
) as m
where m.platform = c.platform and m.shop_id = c.shop_id and m.chat_id = c.chat_id
