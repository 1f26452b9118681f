"""Traffic, advertising, listings, search ranks and the platform's own scores. Not here: what fills them (warehouse/sql/feeds)."""

from models.tables.columns import (
    COMMON,
    SKU,
    Derivation,
    Table,
    count,
    currency,
    day,
    derive,
    flag,
    moment,
    money,
    number,
    text,
    untold,
)

_SKU_SCOPES = {"shop": "shop_id", "sku_group": "sku_group", "brand": "brand"}

TRAFFIC = Table(
    name="traffic",
    grain="one row per day, source and either the whole shop or one SKU",
    # sku_id is NULL in the rows of the whole shop, which is how the two levels differ
    key=("platform", "shop_id", "traffic_on", "sku_id", "source"),
    dates=("traffic_on",),
    scopes=_SKU_SCOPES,
    columns=(
        *COMMON,
        day("traffic_on", "日期", "Local day of the shop", required=True),
        *SKU,
        derive(
            text(
                "level",
                "层级",
                "shop for rows of the whole shop, sku for rows of one SKU; never add the two up",
            ),
            Derivation.MODEL,
            "level",
        ),
        untold(
            text(
                "source",
                "流量来源",
                "Source of the visit; all = not told apart",
                allowed=("paid", "organic", "content", "live", "all"),
            ),
            "all",
        ),
        count("impressions", "曝光量", "Times shown", "times"),
        count("clicks", "点击量", "Clicks", "times"),
        # adding up days or SKUs would count a visitor several times; the platform keeps who it was
        count("visitors", "访客数", "Visitors, deduplicated by the platform within the day", "visitors"),
        count("sessions", "会话数", "Sessions", "sessions"),
        count("pageviews", "浏览量", "Page views", "times"),
        count("bounces", "跳失数", "Sessions that ended on their first page", "sessions"),
        count("add_to_cart", "加购数", "Adds to cart", "times"),
        count("new_followers", "新增粉丝", "Net new followers of the shop", "followers"),
        count("buyers", "支付买家数", "Buyers who paid", "buyers"),
        count("units", "支付件数", "Units ordered", "pieces"),
        number("buy_box_pct", "购物车占有率", "Share of page views with the Buy Box, 0 to 1", "ratio"),
        *currency("paid_amount", "traffic_on"),
        *money(
            "paid_amount",
            "支付金额",
            "Sales as the platform's traffic report states them; sales KPIs count orders",
        ),
    ),
    zh="每天每个来源一行,全店或单个SKU",
)

ASSET_TRAFFIC = Table(
    name="asset_traffic",
    grain="one row per SKU row of traffic and kind of asset, credited to the designer of the newest delivered asset",
    key=("platform", "shop_id", "traffic_on", "sku_id", "source", "asset_type"),
    dates=("traffic_on",),
    scopes={"shop": "shop_id", "sku_group": "sku_group", "brand": "brand", "person": "owner_id"},
    columns=(
        *COMMON,
        day("traffic_on", "日期", "Local day of the shop"),
        *SKU,
        untold(text("source", "流量来源", "Source of the visit; all = not told apart"), "all"),
        text("asset_type", "素材类型", "main_image or page"),
        text(
            "owner_id", "设计人", "Assignee of the newest such task of the SKU delivered on or before the day"
        ),
        count("impressions", "曝光量", "Times shown", "times"),
        count("clicks", "点击量", "Clicks", "times"),
        count("visitors", "访客数", "Visitors", "visitors"),
        count("buyers", "支付买家数", "Buyers who paid", "buyers"),
    ),
    zh="每条SKU流量、每种素材一行,归属最近交付该素材的设计人",
    # both have to be proven: without the tasks nobody is known to whom the traffic could be credited
    derived_from=("traffic", "task"),
)

AD = Table(
    name="ad",
    grain="one row per campaign and day",
    key=("platform", "shop_id", "campaign_id", "ad_on", "sku_id"),
    dates=("ad_on",),
    scopes={**_SKU_SCOPES, "campaign": "campaign_id", "person": "owner_id"},
    columns=(
        *COMMON,
        day("ad_on", "日期", "Local day of the shop", required=True),
        text("campaign_id", "推广计划", "Campaign", required=True),
        text("owner_id", "负责人", "Employee who runs the campaign"),
        text("ad_type", "推广类型", "Kind of campaign in the platform's words"),
        *SKU,
        *currency("the amounts", "ad_on"),
        *money("spend", "花费", "What the campaign cost that day", required=True),
        *money("budget", "预算", "What it was allowed to cost that day"),
        count("impressions", "展现量", "Times shown", "times"),
        count("clicks", "点击量", "Clicks", "times"),
        count("ad_orders", "成交订单数", "Orders the platform attributes to it", "orders"),
        *money("ad_sales", "成交金额", "Sales the platform attributes to it"),
        *money(
            "overall_sales",
            "全域成交金额",
            "Sales of the whole account it works for, paid traffic or not (千川 全域推广); they overlap with ad_sales:"
            " never add the two up",
        ),
        count("overall_orders", "全域成交订单数", "Orders of the whole account among them", "orders"),
        *money("refund_amount", "退款金额", "Refunds the platform attributes to it"),
        count("new_buyer_orders", "新客订单数", "Orders of new buyers among them", "orders"),
        count("attribution_window", "归因窗口", "Days within which the platform attributes", "days"),
    ),
    zh="每个推广计划每天一行",
)

LISTING = Table(
    name="listing",
    grain="one row per planned or live listing",
    key=("platform", "shop_id", "listing_id"),
    dates=("planned_on", "live_on", "delisted_on"),
    scopes={**_SKU_SCOPES, "person": "owner_id"},
    columns=(
        *COMMON,
        text("listing_id", "商品链接", "Listing", required=True),
        *SKU,
        text("owner_id", "负责人", "Employee who launches it"),
        day("planned_on", "计划上架日期", "Day it was planned to be live"),
        *moment("live_at", "上架时间", "When it went live; NULL = not yet"),
        day("delisted_on", "下架日期", "Day it was taken down; NULL = still up"),
        count("errors", "差错数", "Errors found in it (title, price, stock, picture)", "errors"),
        flag("is_new", "新品", "Launch of a new product"),
    ),
    zh="每个计划或已上架的商品链接一行",
    # the plan first: a listing that is not live yet is filed by the day it was planned for
    row_day=("planned_on", "live_on", "delisted_on"),
)

KEYWORD_RANK = Table(
    name="keyword_rank",
    grain="one row per day, SKU and keyword, or best-seller rank of the SKU",
    # keyword is NULL in the row with the best-seller rank: one SKU and day has one such row
    key=("platform", "shop_id", "ranked_on", "sku_id", "keyword"),
    dates=("ranked_on",),
    scopes={**_SKU_SCOPES, "person": "owner_id"},
    columns=(
        *COMMON,
        day("ranked_on", "日期", "Day it was looked up", required=True),
        *SKU,
        text("keyword", "关键词", "Search word; NULL in rows that carry the best-seller rank"),
        text("owner_id", "负责人", "Employee answerable for the SKU's ranks"),
        flag("is_core", "核心词", "One of the SKU's core keywords"),
        count("rank", "自然排名", "Place among the search results; NULL = not found"),
        count("page_size", "每页个数", "Results per page at the time; rank <= page_size is page one"),
        count("bsr", "BSR排名", "Best-seller rank of the SKU"),
    ),
    zh="每天每个SKU每个关键词(或BSR)一行",
)

PLATFORM_HEALTH = Table(
    name="platform_health",
    grain="one row per metric of a shop and day on which the platform stated it",
    key=("platform", "shop_id", "metric", "measured_on"),
    dates=("measured_on",),
    scopes={"shop": "shop_id"},
    columns=(
        *COMMON,
        day("measured_on", "日期", "Day the platform stated it", required=True),
        text(
            "metric",
            "指标",
            "Metric of the platform",
            required=True,
            # Amazon's order defect, late shipment and valid tracking rate, inventory performance index, account health rating;
            # shop_score is the experience score (DSR, 体验分), shop_star the star level (店铺星级)
            allowed=("shop_score", "odr", "lsr", "vtr", "cancel_rate", "ipi", "ahr", "shop_star", "other"),
        ),
        count("window_days", "统计天数", "Days the platform's figure covers", "days"),
        number("numerator", "分子", "The platform's own numerator; NULL when it states only the value"),
        number("denominator", "分母", "The platform's own denominator"),
        # NULL where only counts are known: Amazon states its defect rate for two ways of fulfilment apart, and no single one
        number("value", "数值", "The platform's own value; rates as fractions"),
        derive(
            # platforms state rolling figures: the sum of a month's rows would count the same orders many times
            flag("is_month_last", "当月最新", "The newest row of the metric in its calendar month"),
            Derivation.MODEL,
            "month_last",
        ),
    ),
    zh="店铺每个平台指标每次公布一行",
)

SETTLEMENT = Table(
    name="settlement",
    grain="one row per settlement statement of a platform",
    key=("platform", "shop_id", "settlement_id"),
    dates=("settled_on",),
    scopes={"shop": "shop_id", "person": "owner_id"},
    columns=(
        *COMMON,
        text("settlement_id", "结算单号", "Settlement statement", required=True),
        day("settled_on", "结算日期", "Day of the statement", required=True),
        text("owner_id", "对账人", "Employee who reconciles it"),
        *currency("the amounts", "settled_on"),
        *money("amount", "结算金额", "What was settled", required=True),
        *money("unexplained", "未解释差异", "What the books cannot explain, with its sign", required=True),
    ),
    zh="每张平台结算单一行",
)

TABLES = (TRAFFIC, ASSET_TRAFFIC, AD, LISTING, KEYWORD_RANK, PLATFORM_HEALTH, SETTLEMENT)
