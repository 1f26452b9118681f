-- grain: per livestream its own row and one per employee and part played  key: platform, shop_id, session_id, employee_id, role
-- reads: core_live_session, core_live_shift
-- A person's share is the time on air within the session / the session's length; where several play the same part at once so
-- that their times add up to more, / that sum. Shares are cut to 12 places; nothing is credited twice within a part.
with session as (
    select
        *, coalesce(date_diff('second', started_at, ended_at), cast(minutes * 60 as bigint)) as seconds
    from core_live_session
),
overlap as (
    select
        s.platform, s.shop_id, s.session_id, h.employee_id, h.role, s.seconds as session_seconds,
        sum(date_diff(
            'second', greatest(h.started_at, s.started_at),
            least(h.ended_at, s.started_at + to_seconds(coalesce(s.seconds, date_diff('second', s.started_at, h.ended_at))))
        )) as seconds,
        case when count(h.gmv_base) = count(*) then sum(h.gmv_base) end as own_gmv
    from session as s
    inner join core_live_shift as h on h.shop_id = s.shop_id and h.session_id = s.session_id
    where h.ended_at > s.started_at and (s.seconds is null or h.started_at < s.started_at + to_seconds(s.seconds))
    group by all
),
share as (
    select
        *,
        cast(
            cast(seconds as hugeint) * 1000000000000
            // greatest(session_seconds, sum(seconds) over (partition by platform, shop_id, session_id, role), 1)
            as decimal(13, 0)
        ) * cast('0.000000000001' as decimal(12, 12)) as live_share
    from overlap
    where seconds > 0
),
part as (
    select
        platform, shop_id, session_id, session_id as source_row_id, shop_id as owned_shop_id, room_id,
        cast(null as varchar) as employee_id, cast(null as varchar) as role, cast(1 as decimal(13, 12)) as live_share,
        cast(null as decimal(38, 12)) as own_gmv
    from session
    union all
    select
        platform, shop_id, session_id, concat_ws('|', session_id, employee_id, role), null, null, employee_id, role,
        cast(live_share as decimal(13, 12)), own_gmv
    from share
)
select
    p.platform, p.shop_id, p.source_row_id, p.session_id, p.owned_shop_id, p.room_id, p.employee_id, p.role, s.started_on,
    cast(p.live_share as decimal(38, 12)) as live_share,
    ${metrics},
    coalesce(p.own_gmv, cast(cast(s.gmv_base as decimal(22, 6)) * p.live_share as decimal(38, 12))) as gmv_base,
    cast(cast(s.refunded_base as decimal(22, 6)) * p.live_share as decimal(38, 12)) as refunded_base
from part as p
inner join session as s on s.platform = p.platform and s.shop_id = p.shop_id and s.session_id = p.session_id
order by s.started_on, p.shop_id, p.session_id, p.employee_id nulls first, p.role
