"""Livestreams, content, influencers, members and communities. Not here: what fills them (warehouse/sql/feeds)."""

from models.tables.columns import (
    COMMON,
    MONEY_BASE,
    SHARED,
    Column,
    Derivation,
    Table,
    base,
    count,
    currency,
    day,
    derive,
    flag,
    lost,
    moment,
    money,
    number,
    personal,
    text,
)


def _refunded(of: str) -> Column:
    column = base(
        "refunded_base",
        "归属退款(本位币)",
        f"Refunds as stated, or else of the orders linked to {of}, company currency; NULL = no order is linked",
        "refund_amount",
        sql_type=MONEY_BASE,
    )
    # not derived as other base money: refunds of linked orders take the place of what is not stated
    return derive(column, Derivation.MODEL, "refunded")


_COUNTS = (
    ("impressions", "曝光次数", "Times the room was shown", "times"),
    ("entries", "进入次数", "Entries into the room", "times"),
    ("viewers", "观看人数", "Viewers", "viewers"),
    ("returning_followers", "老粉观看人数", "Viewers who followed before", "viewers"),
    ("watch_seconds", "观看总秒数", "Seconds watched by all viewers", "seconds"),
    ("comments", "评论数", "Comments", "comments"),
    ("new_followers", "新增粉丝", "New followers", "followers"),
    ("fan_club_joins", "加入粉丝团", "Joins of the fan club", "joins"),
    ("product_impressions", "商品曝光", "Times products were shown", "times"),
    ("product_clicks", "商品点击", "Clicks on products", "times"),
    ("buyers", "成交人数", "Buyers", "buyers"),
    ("orders", "成交订单数", "Orders", "orders"),
    ("violations", "违规次数", "Violations the platform recorded", "cases"),
    ("scene_errors", "场控失误", "Wrong price, link or stock shown", "cases"),
    ("run_sheet_items", "流程项数", "Items of the run sheet", "items"),
    ("run_sheet_done", "完成流程项数", "Items of it that were carried out", "items"),
)
_MINUTES = (
    ("planned_minutes", "计划分钟", "Planned length", "minutes"),
    ("minutes", "直播分钟", "Minutes on air", "minutes"),
    ("effective_minutes", "有效分钟", "Minutes on air with at least one viewer and not idle", "minutes"),
)

LIVE_SESSION = Table(
    name="live_session",
    grain="one row per livestream; one that crosses midnight belongs to the day it started",
    key=("platform", "shop_id", "session_id"),
    dates=("started_on",),
    scopes={"shop": "shop_id", "room": "room_id"},
    columns=(
        *COMMON,
        text("session_id", "直播场次", "Livestream", required=True),
        text("room_id", "直播间", "Room or account it ran in"),
        *moment("started_at", "开播时间", "When it started", required=True),
        *moment("ended_at", "下播时间", "When it ended"),
        *(number(*c) for c in _MINUTES),
        *(count(*c) for c in _COUNTS),
        count("peak_online", "最高在线", "Most viewers at once", "viewers"),
        number("avg_online", "平均在线", "Average viewers at once", "viewers"),
        *currency("the amounts", "started_on"),
        *money("gmv", "成交金额", "Sales of the session"),
        *money(
            "refund_amount", "退款金额", "Refunds of the session's orders so far, as the platform states them"
        ),
        _refunded("the session"),
    ),
    zh="每场直播一行;跨零点的场次属于开播日",
)

LIVE_SHIFT = Table(
    name="live_shift",
    grain="one row per employee's span on air in a livestream",
    key=("platform", "shop_id", "shift_id"),
    dates=("started_on",),
    scopes={"shop": "shop_id", "person": "employee_id"},
    columns=(
        *COMMON,
        text("shift_id", "班次", "Shift", required=True),
        text("session_id", "直播场次", "Livestream it belongs to", required=True),
        text("employee_id", "员工", "Employee", required=True),
        text(
            "role",
            "班次岗位",
            "Part played",
            allowed=("anchor", "co_host", "controller", "ops"),
            required=True,
        ),
        *moment("started_at", "上播时间", "When the span began", required=True),
        *moment("ended_at", "下播时间", "When it ended", required=True),
        derive(
            number("minutes", "分钟", "Length of the span", "minutes"),
            Derivation.MINUTES,
            "started_at",
            "ended_at",
            given=True,
        ),
        *currency("gmv", "started_on"),
        *money("gmv", "成交金额", "Sales of the span, if the platform states them"),
    ),
    zh="每名员工在一场直播中的一段上播时间一行",
)


def _shared(column: tuple[str, str, str, str]) -> Column:
    name, zh, en, unit = column
    return number(name, zh, f"{en}; on a person's row times live_share", unit, sql_type=SHARED)


LIVE_SHARE = Table(
    name="live_share",
    grain="per livestream one row without employee, with room and shop, and one row per employee and part played, without them",
    # with the role: who hosts and steers the same session has a share of each part
    key=("platform", "shop_id", "session_id", "employee_id", "role"),
    dates=("started_on",),
    # not shop_id, which stands in every row as part of the key: a shop would own the session and its shares
    scopes={"shop": "owned_shop_id", "room": "room_id", "person": "employee_id"},
    columns=(
        *COMMON,
        text("session_id", "直播场次", "Livestream"),
        text(
            "owned_shop_id",
            "店铺归属",
            "Shop on the session's own row; NULL on a person's row, so that nothing is credited twice",
        ),
        text("room_id", "直播间", "Room on the session's own row; NULL on a person's row"),
        text("employee_id", "员工", "Employee; NULL on the session's own row"),
        text(
            "role", "班次岗位", "Part played: anchor, co_host, controller, ops; NULL on the session's own row"
        ),
        day("started_on", "开播日期", "Local day the session started"),
        number(
            "live_share",
            "分摊比例",
            "Share of the session by minutes on air; 1 on the session's own row",
            sql_type=SHARED,
        ),
        *(_shared(c) for c in _MINUTES),
        # without peak and average of the viewers, which a share of the time does not divide
        *(_shared(c) for c in _COUNTS),
        _shared(
            (
                "gmv_base",
                "成交金额(本位币)",
                "Sales, company currency (the shift's own, if stated)",
                "company currency",
            )
        ),
        _shared(
            (
                "refunded_base",
                "归属退款(本位币)",
                "Refunds of the session's orders, company currency",
                "company currency",
            )
        ),
    ),
    zh="每场直播一行(直播间、店铺),另按班次每名员工、每个班次岗位一行(按在播分钟分摊)",
    derived_from=("live_session", "live_shift"),
)

CONTENT = Table(
    name="content",
    grain="one row per published or planned piece of content, with its figures so far",
    key=("platform", "shop_id", "content_id"),
    dates=("published_on", "planned_on"),
    scopes={"shop": "shop_id", "person": "employee_id"},
    columns=(
        *COMMON,
        text("content_id", "内容", "Piece of content", required=True),
        text("employee_id", "作者", "Employee who made it"),
        text(
            "type",
            "类型",
            "Kind of content",
            allowed=("video", "article", "image", "live_clip", "other"),
            required=True,
        ),
        day("planned_on", "计划发布日期", "Day it was planned for"),
        *moment("published_at", "发布时间", "When it was published; NULL = not yet"),
        flag("passed_review", "一次过审", "It passed the review the first time; NULL = not reviewed"),
        count("views", "播放量", "Views so far", "times"),
        count("completes", "完播数", "Views to the end", "times"),
        count("likes", "点赞数", "Likes", "times"),
        count("comments", "评论数", "Comments", "times"),
        count("shares", "分享数", "Shares", "times"),
        count("saves", "收藏数", "Saves", "times"),
        count("new_followers", "新增粉丝", "Followers it won", "followers"),
        *currency("the amounts", "published_on"),
        *money("gmv", "引导成交额", "Sales the platform attributes to it"),
        *money("refund_amount", "退款金额", "Refunds of those sales so far, as the platform states them"),
        _refunded("the content"),
    ),
    zh="每条内容一行,含截至目前的数据",
    row_day=("published_on", "planned_on"),
)

INFLUENCER = Table(
    name="influencer",
    grain="one row per cooperation with an influencer",
    key=("platform", "shop_id", "cooperation_id"),
    dates=("sample_sent_on", "first_post_on", "contract_due", "fee_on"),
    scopes={"shop": "shop_id", "person": "bd_id"},
    columns=(
        *COMMON,
        text("cooperation_id", "合作编号", "Cooperation", required=True),
        text("influencer_id", "达人", "Influencer", required=True),
        text("bd_id", "商务", "Employee who signed the influencer"),
        *moment("sample_sent_at", "寄样时间", "When the sample was sent; NULL = none"),
        *moment("first_post_at", "首次发布时间", "When the influencer first posted; NULL = not yet"),
        day("contract_due", "合同到期日", "Day by which the influencer must deliver"),
        day("delivered_on", "履约日期", "Day the influencer delivered; NULL = not yet"),
        flag("delivered", "已履约", "The influencer delivered by contract_due"),
        lost(day("fee_on", "费用日期", "Day the fees belong to")),
        *currency("the amounts", "fee_on"),
        *money("commission", "佣金", "Commission paid"),
        *money("fixed_fee", "坑位费", "Fixed fee paid"),
    ),
    zh="每次达人合作一行",
    row_day=("sample_sent_on", "first_post_on", "contract_due", "fee_on"),
)

MEMBER = Table(
    name="member",
    grain="one row per member",
    key=("platform", "shop_id", "member_id"),
    dates=("joined_on", "last_active_on", "left_on"),
    scopes={"shop": "shop_id", "person": "owner_id"},
    columns=(
        *COMMON,
        # a member is a buyer, somebody outside: the id is kept as a hash only
        personal("member_id", "会员", "Member", required=True),
        text("community_id", "社群", "Community"),
        text("owner_id", "负责人", "Employee who looks after the member"),
        *moment("joined_at", "加入时间", "When the member joined", required=True),
        *moment("last_active_at", "最近活跃时间", "When last active"),
        day("left_on", "退出日期", "Day the member left; NULL = still a member"),
    ),
    zh="每个会员一行",
)

COMMUNITY = Table(
    name="community",
    grain="one row per community and day of a snapshot",
    key=("platform", "shop_id", "community_id", "snapshot_on"),
    dates=("snapshot_on",),
    scopes={"shop": "shop_id", "person": "owner_id"},
    columns=(
        *COMMON,
        text("community_id", "社群", "Community", required=True),
        text("owner_id", "负责人", "Employee who runs it"),
        day("snapshot_on", "日期", "Day of the snapshot, at its end", required=True),
        count("members", "成员数", "Members", "members", required=True),
        count("active_members", "活跃成员数", "Members active in the 30 days before", "members"),
        count("joined", "当日新增", "Members who joined that day", "members"),
        count("departed", "当日退出", "Members who left that day", "members"),
    ),
    zh="每个社群每天快照一行",
)

TABLES = (LIVE_SESSION, LIVE_SHIFT, LIVE_SHARE, CONTENT, INFLUENCER, MEMBER, COMMUNITY)
