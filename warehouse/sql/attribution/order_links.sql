-- grain: one row per order line whose room or owner moved  key: platform, shop_id, line_id
-- reads: core_order_line, core_live_session, core_inquiry, core_content, core_influencer, stating_shop
-- Credited is who is stated, or else the owner of the inquiry, the author of the content, or who signed the influencer last.
create or replace temp table line_link as
with brought as (
    select platform, shop_id, line_id, order_id, live_session_id, inquiry_id, content_id, influencer_id, room_id, owner_id
    from core_order_line
    where live_session_id is not null or inquiry_id is not null or content_id is not null or influencer_id is not null
),
found as (
    select
        o.platform, o.shop_id, o.line_id, o.order_id, o.room_id as room_before, o.owner_id as owner_before, s.room_id,
        coalesce(
            case when t.shop_id is not null then o.owner_id end, q.owner_id, c.employee_id, f.bd_id
        ) as owner_id
    from brought as o
    left join stating_shop as t on t.platform = o.platform and t.shop_id = o.shop_id
    left join core_live_session as s on s.shop_id = o.shop_id and s.session_id = o.live_session_id
    left join core_inquiry as q on q.shop_id = o.shop_id and q.inquiry_id = o.inquiry_id
    left join core_content as c on c.shop_id = o.shop_id and c.content_id = o.content_id
    left join (
        select shop_id, influencer_id, arg_max(bd_id, coalesce(first_post_on, sample_sent_on, fee_on)) as bd_id
        from core_influencer
        where bd_id is not null
        group by all
    ) as f on f.shop_id = o.shop_id and f.influencer_id = o.influencer_id
)
select platform, shop_id, line_id, order_id, room_id, owner_id
from found
where room_id is distinct from room_before or owner_id is distinct from owner_before
