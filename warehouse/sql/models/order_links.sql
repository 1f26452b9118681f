-- grain: one row per order line that names what brought it  key: platform, shop_id, line_id
-- reads: core_live_session, core_inquiry, core_content, core_influencer
-- Credited is who is stated, or else the owner of the inquiry, the author of the content, or who signed the influencer last.
update core_order_line as l
set room_id = k.room_id, owner_id = coalesce(l.owner_id, k.owner_id)
from (
    select o.platform, o.shop_id, o.line_id, s.room_id, coalesce(q.owner_id, c.employee_id, f.bd_id) as owner_id
    from core_order_line as o
    left join core_live_session as s on s.shop_id = o.shop_id and s.session_id = o.live_session_id
    left join core_inquiry as q on q.shop_id = o.shop_id and q.inquiry_id = o.inquiry_id
    left join core_content as c on c.shop_id = o.shop_id and c.content_id = o.content_id
    left join (
        select shop_id, influencer_id, arg_max(bd_id, coalesce(first_post_on, sample_sent_on, fee_on)) as bd_id
        from core_influencer
        where bd_id is not null
        group by all
    ) as f on f.shop_id = o.shop_id and f.influencer_id = o.influencer_id
    where o.live_session_id is not null or o.inquiry_id is not null or o.content_id is not null
        or o.influencer_id is not null
) as k
where k.platform = l.platform and k.shop_id = l.shop_id and k.line_id = l.line_id
