"""Customer service: tickets, chats, messages, reviews. Not here: what fills them (warehouse/sql/feeds)."""

from models.tables.bounds import ANY, PERCENT_SCORE, SHARE, STARS
from models.tables.columns import (
    COMMON,
    SKU,
    Derivation,
    Table,
    base,
    count,
    currency,
    day,
    derive,
    flag,
    moment,
    money,
    number,
    personal,
    text,
)

TICKET = Table(
    name="ticket",
    grain="one row per customer-service ticket",
    key=("platform", "shop_id", "ticket_id"),
    dates=("opened_on", "resolved_on", "due_on"),
    scopes={"shop": "shop_id", "queue": "queue_id", "agent": "agent_id", "person": "agent_id"},
    columns=(
        *COMMON,
        text("ticket_id", "工单号", "Ticket", required=True),
        text("agent_id", "客服", "Last assignee"),
        text("queue_id", "队列", "Group that holds the ticket"),
        # Zendesk's words, and no `allowed`: other service desks have states of their own
        text("status", "状态", "new, open, pending, hold, solved, closed"),
        text("priority", "优先级", "urgent, high, normal, low", allowed=("urgent", "high", "normal", "low")),
        *moment("opened_at", "创建时间", "When it was opened", required=True),
        *moment("resolved_at", "解决时间", "When it was last resolved; NULL if open"),
        derive(
            count(
                "sla_hours",
                "约定时限",
                "Agreed hours to resolution for the priority; NULL = none agreed",
                "hours",
            ),
            Derivation.MODEL,
            "sla",
            given=True,
        ),
        derive(day("due_on", "到期日期", "Local day of opened_at + sla_hours"), Derivation.MODEL, "sla"),
        # a help desk's own clocks may disagree: formulas leave negative times out, one of them is no reason to lose the ticket
        count(
            "first_reply_minutes",
            "首次回复分钟",
            "First reply, calendar minutes; NULL = none yet",
            "minutes",
            bounds=ANY,
        ),
        derive(
            count(
                "resolution_minutes",
                "解决分钟",
                "Full resolution, calendar minutes; NULL = not resolved",
                "minutes",
                bounds=ANY,
            ),
            Derivation.MINUTES,
            "opened_at",
            "resolved_at",
            given=True,
        ),
        count("reopens", "重开次数", "Times reopened"),
        count("assignee_stations", "经手人数", "Agents the ticket went through"),
        text(
            "satisfaction",
            "满意度",
            "good, bad, offered, unoffered; NULL when the account collects none",
            # the scores of Zendesk's satisfaction_rating; offered means asked and not answered
            allowed=("good", "bad", "offered", "unoffered"),
        ),
        text("type", "类型", "Kind of ticket in the platform's words"),
        count(
            "contacts", "沟通次数", "Times the buyer had to write until it was resolved; NULL = not stated"
        ),
        flag("platform_intervened", "平台介入", "The platform stepped in"),
        text("order_id", "订单号", "Order it is about"),
        *currency("compensation", "opened_on"),
        *money("compensation", "赔付金额", "What the buyer was paid on top of a refund"),
        count(
            "first_reply_business_minutes",
            "首次回复工作分钟",
            "First reply, minutes within the desk's business hours: nights and days off do not count;"
            " NULL = none yet, or the desk states no business hours",
            "minutes",
            bounds=ANY,
        ),
    ),
    zh="每张客服工单一行",
)

CHAT = Table(
    name="chat",
    grain="one row per conversation of a buyer with an agent",
    key=("platform", "shop_id", "chat_id"),
    dates=("started_on",),
    scopes={"shop": "shop_id", "queue": "queue_id", "agent": "agent_id", "person": "agent_id"},
    columns=(
        *COMMON,
        text("chat_id", "会话", "Conversation", required=True),
        text("agent_id", "客服", "Agent who answered, or should have"),
        text("queue_id", "客服组", "Group of the agent"),
        personal("buyer_id", "买家", "Buyer; NULL when unknown"),
        *moment("started_at", "开始时间", "When the buyer first wrote", required=True),
        flag("is_inquiry", "询单", "The buyer asked before buying"),
        *(
            # counted from the messages only where the platform states no such figure of its own
            derive(column, Derivation.MODEL, "rounds", given=True)
            for column in (
                flag("replied", "已回复", "The buyer got an answer from an agent"),
                count(
                    "first_reply_seconds",
                    "首次响应秒数",
                    "From the buyer's first message to the first answer; NULL = no answer",
                    "seconds",
                ),
                count(
                    "reply_seconds_total",
                    "响应总秒数",
                    "Seconds the buyer waited in all answered rounds",
                    "seconds",
                ),
                count("reply_count", "回复轮数", "Rounds that were answered", "rounds"),
                count(
                    "rounds",
                    "对话轮数",
                    "Rounds: one opens with the buyer's first unanswered message",
                    "rounds",
                ),
                count(
                    "rounds_replied_3min",
                    "3分钟内回复轮数",
                    "Rounds answered within reply_minutes (3)",
                    "rounds",
                ),
            )
        ),
        number(
            "rating",
            "评价分",
            "Rating by the buyer, 1 to 5; NULL = none",
            "points",
            bounds=STARS,
            meant="empty = not rated; bring another scale to 1 to 5",
        ),
        flag(
            # Taobao's service ratings come without their chats, of which neither rounds nor answers are known
            "rating_only",
            "仅评价",
            "Only the rating is known of the chat: no KPI counts it as a chat",
            default="false",
        ),
        number(
            "quality_score",
            "质检分",
            "Score of the chat's quality check, 0 to 100; NULL = not checked",
            "points",
            bounds=PERCENT_SCORE,
            meant="empty = not checked; bring another scale to 0 to 100",
        ),
        derive(
            flag("buyer_paid_within_window", "窗口内付款", "The buyer paid within the window after the chat"),
            Derivation.MODEL,
            "last_agent",
            given=True,
        ),
        *currency("the amounts", "started_on"),
        *money("paid_amount", "客服成交额", "Sales credited to the chat, if the service desk states them"),
        *money("refund_amount", "退款金额", "Refunds of those sales so far, if the service desk states them"),
        derive(
            base(
                "credited_base",
                "归属成交额(本位币)",
                "Sales credited to the chat: as stated, or else the orders whose last agent it is, company currency",
                "paid_amount",
            ),
            Derivation.MODEL,
            "credited",
        ),
        derive(
            base(
                "refunded_base",
                "归属退款(本位币)",
                "Refunds of the credited sales: as stated, or else of those orders; NULL = unknown",
                "refund_amount",
            ),
            Derivation.MODEL,
            "credited",
        ),
    ),
    zh="每个买家与客服的会话一行",
)

CHAT_MESSAGE = Table(
    name="chat_message",
    # no text: what people wrote is nobody's figure, and times and senders are enough for every count
    grain="one row per message of a conversation, without its text",
    key=("platform", "shop_id", "message_id"),
    dates=("sent_on",),
    scopes={"shop": "shop_id", "agent": "agent_id", "person": "agent_id"},
    columns=(
        *COMMON,
        text("message_id", "消息", "Message", required=True),
        text("chat_id", "会话", "Conversation", required=True),
        text("sender", "发送方", "Who wrote", allowed=("buyer", "agent", "bot", "system"), required=True),
        text("agent_id", "客服", "Agent; NULL unless an agent wrote"),
        *moment("sent_at", "发送时间", "When it was sent", required=True),
    ),
    zh="每条会话消息一行(不含正文)",
)

REVIEW = Table(
    name="review",
    grain="one row per review of a buyer",
    key=("platform", "shop_id", "review_id"),
    dates=("created_on", "responded_on"),
    scopes={"shop": "shop_id", "sku_group": "sku_group", "brand": "brand", "person": "agent_id"},
    columns=(
        *COMMON,
        text("review_id", "评价", "Review", required=True),
        text("order_id", "订单号", "Order it is about"),
        *SKU,
        text("agent_id", "跟进人", "Employee who answers it"),
        number(
            "rating",
            "评分",
            "Rating, 1 to 5",
            "points",
            required=True,
            bounds=STARS,
            meant="leave out a review without a rating; bring another scale to 1 to 5",
        ),
        derive(
            # platforms draw the line differently: what one states goes before the company's own limit
            flag("is_negative", "差评", "Negative: as stated, or else rating at most negative_rating (2)"),
            Derivation.MODEL,
            "negative",
            given=True,
        ),
        *moment("created_at", "评价时间", "When it was written", required=True),
        *moment("responded_at", "回复时间", "When it was answered; NULL = not yet"),
    ),
    zh="每条买家评价一行",
)

AGENT_DAY = Table(
    name="agent_day",
    grain="one row per agent and day, as the platform's own service report states it",
    key=("platform", "shop_id", "agent_id", "served_on"),
    dates=("served_on",),
    scopes={"shop": "shop_id", "agent": "agent_id", "person": "agent_id"},
    columns=(
        *COMMON,
        text("agent_id", "客服", "Agent as the report names it (account or nickname)", required=True),
        day("served_on", "日期", "Local day of the shop", required=True),
        count("buyers_asked", "咨询人数", "Buyers who wrote", "buyers"),
        count("buyers_served", "接待人数", "Buyers the agent answered", "buyers"),
        count("buyers_unanswered", "未回复人数", "Buyers nobody answered", "buyers"),
        count("sessions_served", "接待会话量", "Conversations the agent answered", "sessions"),
        count("inquirers", "询单人数", "Buyers who asked before buying", "buyers"),
        count("orderers", "询单下单人数", "Of them, buyers who ordered", "buyers"),
        count("payers", "询单付款人数", "Of them, buyers who paid", "buyers"),
        number("first_reply_seconds", "平均首次响应秒数", "The report's average, never added up", "seconds"),
        number("reply_seconds", "平均响应秒数", "The report's average, never added up", "seconds"),
        number(
            "reply_rate", "回复率", "The report's share of buyers answered, 0 to 1", "ratio", bounds=SHARE
        ),
        number(
            "reply_3min_rate",
            "3分钟回复率",
            "The report's share answered within 3 minutes, 0 to 1",
            "ratio",
            bounds=SHARE,
        ),
        number(
            "satisfaction_rate",
            "满意率",
            "The report's share of satisfied buyers, 0 to 1",
            "ratio",
            bounds=SHARE,
        ),
        *currency("the amounts", "served_on"),
        *money("sales_amount", "客服销售额", "Sales the report credits to the agent"),
        *money("refund_amount", "退款金额", "Refunds of those sales, as the report states them"),
    ),
    zh="平台客服报表每个客服每天一行",
)

TABLES = (TICKET, CHAT, CHAT_MESSAGE, AGENT_DAY, REVIEW)
