"""Sales: order lines, refunds, inquiries, receipts, forecasts, the market. Not here: what fills them (warehouse/sql/feeds)."""

from models.tables.columns import (
    COMMON,
    MONEY_BASE,
    SKU,
    Column,
    ColumnType,
    Derivation,
    Table,
    amount,
    base,
    count,
    currency,
    day,
    derive,
    flag,
    instant,
    lost,
    lost_moment,
    moment,
    money,
    personal,
    text,
)

# One list for all platforms, so that one formula serves every shop; what fits no word is other.
CHANNELS = ("search", "recommend", "live", "content", "private", "distribution", "influencer", "ad", "other")


def _cost(name: str, zh: str, en: str) -> Column:
    return derive(
        Column(
            name=name,
            type=ColumnType.NUMBER,
            sql_type=MONEY_BASE,
            description=en,
            unit="company currency",
            zh=zh,
        ),
        Derivation.COST,
        name,
    )


def _links(rule: Derivation | None) -> tuple[Column, ...]:
    """Who and what brought the order; a refund takes them over from its order."""
    columns = (
        text("channel", "渠道", "Channel the order came through", allowed=CHANNELS),
        text("live_session_id", "直播场次", "Live session that sold it"),
        text("content_id", "内容", "Piece of content that sold it"),
        text("influencer_id", "达人", "Influencer who sold it"),
        text("campaign_id", "推广计划", "Campaign the platform attributes it to"),
        text("distributor_id", "分销商", "Distributor who bought or sold it"),
        text("inquiry_id", "询盘", "Inquiry it grew out of"),
    )
    # given on a refund too: a platform may state it there; the order fills what is not stated
    return columns if rule is None else tuple(derive(c, rule, c.name, given=True) for c in columns)


_SCOPES = {
    "shop": "shop_id",
    "sku_group": "sku_group",
    "brand": "brand",
    "agent": "cs_agent_id",
    "person": "owner_id",
    "campaign": "campaign_id",
    "room": "room_id",
}

ORDER_LINE = Table(
    name="order_line",
    grain="one row per sold order line (goods, shipping or other charge)",
    key=("platform", "shop_id", "line_id"),
    # the day of payment alone: what was ordered and never paid is no sale
    dates=("business_date",),
    scopes=_SCOPES,
    columns=(
        *COMMON,
        text("order_id", "订单号", "Order", required=True),
        text("line_id", "订单行号", "Line of the order", required=True),
        text("line_type", "行类型", "goods or shipping", allowed=("goods", "shipping"), default="goods"),
        personal("buyer_id", "买家", "Buyer; NULL when the platform knows none"),
        derive(
            day(
                "buyer_first_on",
                "买家首单日期",
                "Business date of the buyer's first order on the platform",
                needs_history=True,
            ),
            Derivation.MODEL,
            "buyer_first",
        ),
        # without brand, which stands last: a column that is added later is put at the end by `alter table`
        *SKU[:2],
        # 0 for shipping: its line is money without a piece
        count("qty", "件数", "Units sold", "pieces", required=True),
        amount(
            "paid_amount",
            "实付金额",
            "Credited to the shop, after seller discount, without tax where the platform states the tax",
            required=True,
        ),
        *currency("paid_amount", "business_date"),
        base(
            "paid_amount_base",
            "实付金额(本位币)",
            "paid_amount in the company's currency; NULL = no rate",
            "paid_amount",
        ),
        _cost(
            "cogs_base",
            "商品成本(本位币)",
            "Cost of goods of the line, company currency; NULL = no cost or no rate",
        ),
        text("country", "国家", "Shipping country, ISO 3166 alpha-2 or the platform's own word"),
        # no local day of its own, as no KPI may be dated by it
        instant("ordered_at", "下单时间", "When the order was placed"),
        instant("paid_at", "付款时间", "When it was paid"),
        derive(
            day("business_date", "业务日期", "Local day of paid_at in the shop's zone"),
            Derivation.LOCAL_DAY,
            "paid_at",
        ),
        instant("cancelled_at", "取消时间", "When the whole order was cancelled; NULL if it was not"),
        flag("is_excluded", "不计入", "Test order: never counts for a KPI", default="false"),
        text("exclude_reason", "不计入原因", "Why it is excluded"),
        text("status", "订单状态", "State of the order in the platform's words; NULL when not stated"),
        text("cancelled_by", "取消方", "Who cancelled", allowed=("buyer", "seller", "platform")),
        *_links(None),
        derive(
            text("chat_id", "客服会话", "Chat the order is credited to (last agent before payment)"),
            Derivation.MODEL,
            "last_agent",
        ),
        derive(
            # stated before found: a shop that names its agents knows better than the order of chats
            text("cs_agent_id", "客服", "Agent: as stated, or else the last one who chatted before payment"),
            Derivation.MODEL,
            "last_agent",
            given=True,
        ),
        derive(
            text(
                "owner_id",
                "业绩归属人",
                "Employee credited: as stated, or else owner of the inquiry, author of the content, or who signed the influencer",
            ),
            Derivation.MODEL,
            "order_owner",
            given=True,
        ),
        derive(text("room_id", "直播间", "Room of the live session"), Derivation.SESSION, "room_id"),
        derive(
            day(
                "distributor_first_on",
                "分销商首单日期",
                "Business date of the distributor's first order in the shop",
                needs_history=True,
            ),
            Derivation.MODEL,
            "distributor_first",
        ),
        flag("is_new_buyer", "新客", "First order of the buyer as the platform states it; NULL = not stated"),
        derive(
            flag(
                "is_new_sku",
                "新品",
                "Paid within new_sku_days of the SKU's listing; NULL = day of listing unknown",
            ),
            Derivation.MODEL,
            "new_sku_flag",
        ),
        _cost("platform_fee_base", "平台扣点(本位币)", "Platform fee of the line; NULL = not in costs.csv"),
        _cost("payment_fee_base", "支付手续费(本位币)", "Payment fee of the line; NULL = not in costs.csv"),
        _cost("fulfil_fee_base", "履约费(本位币)", "Fulfilment fee of the line; NULL = not in costs.csv"),
        _cost("freight_base", "运费成本(本位币)", "Freight of the line; NULL = not in costs.csv"),
        _cost("tariff_base", "关税(本位币)", "Tariff of the line; NULL = not in costs.csv"),
        SKU[2],
        # beside paid_amount, never in it: sales are comparable between shops whose prices hold the tax and those that add it
        *money("tax_amount", "税额", "Tax stated for the line, on top of paid_amount; NULL = none is stated"),
    ),
    zh="每个成交订单行一行(商品、运费或其他费用)",
)

REFUND = Table(
    name="refund",
    grain="one row per refunded order line, or per refund where the platform names no line",
    # not line_id: one line may be refunded twice, and some platforms name none
    key=("platform", "shop_id", "refund_line_id"),
    # when money went back, when it had been earned, when it was asked for: three questions, three columns
    dates=("business_date", "order_business_date", "requested_on"),
    scopes=_SCOPES,
    columns=(
        *COMMON,
        text("refund_id", "退款单号", "Refund", required=True),
        text("refund_line_id", "退款行号", "Line of the refund", required=True),
        text("order_id", "订单号", "Order the refund belongs to", required=True),
        text("line_id", "订单行号", "Order line; NULL when the platform names none"),
        derive(
            text("sku_id", "SKU编码", "Stock keeping unit; NULL when unknown"),
            Derivation.ORDER,
            "sku_id",
            given=True,
        ),
        derive(text("sku_group", "商品组", "Group of the SKU from skus.csv"), Derivation.SKU, "sku_group"),
        count("qty", "件数", "Units given back", "pieces", required=True),
        amount(
            "amount",
            "退款金额",
            "Money given back, without tax where the platform states the tax",
            required=True,
        ),
        *currency("amount", "business_date"),
        base("amount_base", "退款金额(本位币)", "amount in the company's currency; NULL = no rate", "amount"),
        _cost("cogs_base", "退回成本(本位币)", "Cost of the goods that came back; NULL = no cost or no rate"),
        text("reason", "退款原因", "Reason as the platform states it"),
        instant("refunded_at", "退款时间", "When the money was given back"),
        derive(
            day("business_date", "业务日期", "Local day of refunded_at in the shop's zone"),
            Derivation.LOCAL_DAY,
            "refunded_at",
        ),
        lost(
            derive(
                day(
                    "order_business_date",
                    "订单业务日期",
                    "Business date of the order (order cohort); NULL = the order is not known",
                ),
                Derivation.ORDER,
                "business_date",
            ),
            # nothing is given back before it was sold
            not_after=("business_date", "requested_on"),
        ),
        derive(flag("is_excluded", "不计入", "Refund of an excluded order"), Derivation.ORDER, "is_excluded"),
        text("type", "退款类型", "Kind of refund", allowed=("refund_only", "return", "exchange")),
        text(
            "reason_kind",
            "原因类别",
            "Reason, sorted",
            allowed=("quality", "wrong_item", "missing_item", "damaged", "late", "not_wanted", "other"),
        ),
        text(
            "responsibility",
            "责任方",
            "Who is responsible",
            allowed=("seller", "buyer", "carrier", "platform"),
        ),
        *lost_moment(
            "requested_at",
            "申请时间",
            "When the buyer asked for it; NULL when the platform does not say",
            not_before=("order_business_date",),
            not_after=("business_date",),
        ),
        flag("withdrawn", "已撤销", "The buyer withdrew the request; amount is 0 then"),
        flag("platform_intervened", "平台介入", "The platform stepped in"),
        *_links(Derivation.ORDER),
        derive(text("chat_id", "客服会话", "Chat the order is credited to"), Derivation.ORDER, "chat_id"),
        derive(
            text("cs_agent_id", "客服", "Agent the order is credited to"),
            Derivation.ORDER,
            "cs_agent_id",
            given=True,
        ),
        derive(
            text("owner_id", "业绩归属人", "Employee the order is credited to"),
            Derivation.ORDER,
            "owner_id",
            given=True,
        ),
        derive(text("room_id", "直播间", "Room of the live session"), Derivation.ORDER, "room_id"),
        SKU[2],
        *money("tax_amount", "退税额", "Tax given back with it, on top of amount; NULL = none is stated"),
    ),
    zh="每个退款订单行一行;平台不给出行时每笔退款一行",
    # a request that is withdrawn or still open has no day on which money went back
    row_day=("business_date", "requested_on"),
)

INQUIRY = Table(
    name="inquiry",
    grain="one row per inquiry of a buyer",
    key=("platform", "shop_id", "inquiry_id"),
    dates=("received_on", "first_reply_on"),
    scopes={"shop": "shop_id", "person": "owner_id"},
    columns=(
        *COMMON,
        text("inquiry_id", "询盘号", "Inquiry", required=True),
        text("owner_id", "负责人", "Employee who answers it"),
        personal("buyer_id", "买家", "Buyer; NULL when unknown"),
        text("source", "来源", "Where it came from, in the platform's words"),
        *moment("received_at", "收到时间", "When it came in", required=True),
        *moment("first_reply_at", "首次回复时间", "When it was first answered; NULL = not yet"),
        flag("is_valid", "有效", "A real inquiry, not advertising or spam", required=True),
        text("order_id", "订单号", "Order that came of it; NULL = none yet"),
    ),
    zh="每个买家询盘一行",
)

RECEIPT = Table(
    name="receipt",
    grain="one row per amount that a customer owes or paid",
    key=("platform", "shop_id", "receipt_id"),
    dates=("received_on", "due_on", "invoiced_on"),
    scopes={"shop": "shop_id", "person": "owner_id"},
    columns=(
        *COMMON,
        text("receipt_id", "收款编号", "Receivable or receipt", required=True),
        text("order_id", "订单号", "Order it belongs to"),
        text("owner_id", "负责人", "Employee answerable for collecting it"),
        lost(day("invoiced_on", "开票日期", "Day the receivable came into being"), not_after=("due_on",)),
        lost(day("due_on", "应收日期", "Day it is due"), not_before=("invoiced_on",)),
        day("received_on", "到账日期", "Day it arrived; NULL = not yet"),
        # a receipt may state the rate at which it was exchanged, which goes before the quoted one
        *currency("the amounts", "received_on", "due_on", stated=True),
        *money("due_amount", "应收金额", "What is owed"),
        *money("amount", "到账金额", "What arrived; NULL or 0 = nothing yet"),
        *money("purchase_cost", "采购成本", "Purchase cost of the goods this receipt pays"),
        *money("freight", "运费", "Freight of the goods this receipt pays"),
        *money("bank_fee", "银行费用", "Bank fee of the receipt"),
        *money("rebate", "返利调整", "Rebate granted; lowers the profit"),
        *money("tax_refund", "出口退税", "Export tax refund; raises the profit"),
    ),
    zh="每笔应收或到账款一行",
    # the invoice first: a receivable must not change its file when it is paid
    row_day=("invoiced_on", "due_on", "received_on"),
)
FORECAST = Table(
    name="forecast",
    grain="one row per forecast of a SKU over a span of days",
    key=("platform", "shop_id", "sku_id", "from_on", "to_on"),
    dates=("to_on", "from_on"),
    scopes={"shop": "shop_id", "sku_group": "sku_group", "brand": "brand", "person": "owner_id"},
    columns=(
        *COMMON,
        *SKU,
        text("owner_id", "预测人", "Employee who made the forecast"),
        day("from_on", "起始日期", "First day it covers", required=True),
        day("to_on", "截止日期", "Last day it covers", required=True),
        count("forecast_qty", "预测件数", "Units expected to be sold", "pieces", required=True),
        derive(
            count(
                "actual_qty",
                "实际件数",
                "Units sold: as stated, or else from the order lines of those days",
                "pieces",
            ),
            Derivation.MODEL,
            "forecast_actual",
            given=True,
        ),
    ),
    zh="每个SKU每段预测期一行",
    row_day=("from_on",),
)

MARKET = Table(
    name="market",
    grain="one row per category and day or month of the whole market",
    key=("platform", "shop_id", "category", "market_on"),
    dates=("market_on",),
    scopes={"shop": "shop_id", "brand": "brand"},
    columns=(
        *COMMON,
        text("category", "类目", "Category", required=True),
        text("brand", "品牌", "Brand it is compared with; NULL = all of the shop"),
        day("market_on", "日期", "The day; the last day of the month for monthly figures", required=True),
        *currency("category_sales", "market_on"),
        *money("category_sales", "类目销售额", "Sales of the whole category", required=True),
        text("source", "数据来源", "Data vendor or platform tool"),
    ),
    zh="每个类目每天(或每月)的大盘一行",
)

TABLES = (ORDER_LINE, REFUND, INQUIRY, RECEIPT, FORECAST, MARKET)
