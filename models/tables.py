"""The canonical tables: every column a KPI formula may name, with type, unit and meaning.

This registry is the single place that knows columns. The formula checker, the KPI compiler, the published schema and the Dagster
column schema are derived from it. SQL that fills the tables lives in `warehouse/sql/core/`.
"""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """Types of canonical columns and of formula expressions."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True)
class Column:
    """One canonical column."""

    name: str
    type: ColumnType
    sql_type: str
    description: str
    unit: str = ""
    needs_history: bool = False  # right only when the shop's whole past was read


@dataclass(frozen=True)
class Table:
    """One canonical table.

    `dates` are the columns a KPI may be dated by; `scopes` maps an ownership scope type to the column that carries its id.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    dates: tuple[str, ...]
    scopes: dict[str, str]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column called `name`, or None."""
        return next((c for c in self.columns if c.name == name), None)


_T, _N, _B, _D, _I = (
    ColumnType.TEXT,
    ColumnType.NUMBER,
    ColumnType.BOOLEAN,
    ColumnType.DATE,
    ColumnType.INSTANT,
)
MONEY = "DECIMAL(18,4)"  # own currency, as the platform states it
MONEY_BASE = (
    "DECIMAL(26,12)"  # company currency = own money x DECIMAL(12,8) rate, exact, never rounded per row
)

_COMMON = (
    Column("platform", _T, "VARCHAR", "Platform the row came from"),
    Column("shop_id", _T, "VARCHAR", "Shop or account on that platform"),
    Column("source_row_id", _T, "VARCHAR", "Id of the row on the platform, unique per platform and shop"),
)

ORDER_LINE = Table(
    name="order_line",
    grain="one row per sold order line (goods, shipping or other charge)",
    key=("platform", "shop_id", "line_id"),
    dates=("business_date",),
    scopes={"shop": "shop_id", "sku_group": "sku_group"},
    columns=(
        *_COMMON,
        Column("order_id", _T, "VARCHAR", "Order"),
        Column("line_id", _T, "VARCHAR", "Line of the order"),
        Column("line_type", _T, "VARCHAR", "goods or shipping"),
        Column("buyer_id", _T, "VARCHAR", "Buyer; NULL when the platform knows none"),
        Column(
            "buyer_first_on",
            _D,
            "DATE",
            "Business date of the buyer's first order on the platform",
            needs_history=True,
        ),
        Column("sku_id", _T, "VARCHAR", "Stock keeping unit"),
        Column("sku_group", _T, "VARCHAR", "Group of the SKU from skus.csv; NULL when unlisted"),
        Column("qty", _N, "BIGINT", "Units sold", "pieces"),
        Column(
            "paid_amount", _N, MONEY, "Amount credited to the shop, after seller discount", "own currency"
        ),
        Column("currency", _T, "VARCHAR", "ISO 4217 currency of paid_amount"),
        Column(
            "fx_rate",
            _N,
            "DECIMAL(12,8)",
            "Company currency per unit of currency on business_date; NULL = no rate",
        ),
        Column(
            "paid_amount_base",
            _N,
            MONEY_BASE,
            "paid_amount in the company's currency; NULL = no rate",
            "company currency",
        ),
        Column(
            "cogs_base",
            _N,
            MONEY_BASE,
            "Cost of goods of the line, company currency; NULL = no cost or no rate",
            "company currency",
        ),
        Column("country", _T, "VARCHAR", "Shipping country, ISO 3166 alpha-2 or the platform's own word"),
        Column("ordered_at", _I, "TIMESTAMPTZ", "When the order was placed"),
        Column("paid_at", _I, "TIMESTAMPTZ", "When it was paid"),
        Column("business_date", _D, "DATE", "Local day of paid_at in the shop's zone"),
        Column("cancelled_at", _I, "TIMESTAMPTZ", "When the whole order was cancelled; NULL if it was not"),
        Column("is_excluded", _B, "BOOLEAN", "Test order: never counts for a KPI"),
        Column("exclude_reason", _T, "VARCHAR", "Why it is excluded"),
    ),
)

REFUND = Table(
    name="refund",
    grain="one row per refunded order line, or per refund where the platform names no line",
    key=("platform", "shop_id", "refund_line_id"),
    dates=("business_date", "order_business_date"),
    scopes={"shop": "shop_id", "sku_group": "sku_group"},
    columns=(
        *_COMMON,
        Column("refund_id", _T, "VARCHAR", "Refund"),
        Column("refund_line_id", _T, "VARCHAR", "Line of the refund"),
        Column("order_id", _T, "VARCHAR", "Order the refund belongs to"),
        Column("line_id", _T, "VARCHAR", "Order line; NULL when the platform names none"),
        Column("sku_id", _T, "VARCHAR", "Stock keeping unit; NULL when unknown"),
        Column("sku_group", _T, "VARCHAR", "Group of the SKU from skus.csv"),
        Column("qty", _N, "BIGINT", "Units given back", "pieces"),
        Column("amount", _N, MONEY, "Money given back", "own currency"),
        Column("currency", _T, "VARCHAR", "ISO 4217 currency of amount"),
        Column(
            "fx_rate",
            _N,
            "DECIMAL(12,8)",
            "Company currency per unit of currency on business_date; NULL = no rate",
        ),
        Column(
            "amount_base",
            _N,
            MONEY_BASE,
            "amount in the company's currency; NULL = no rate",
            "company currency",
        ),
        Column(
            "cogs_base",
            _N,
            MONEY_BASE,
            "Cost of the goods that came back; NULL = no cost or no rate",
            "company currency",
        ),
        Column("reason", _T, "VARCHAR", "Reason as the platform states it"),
        Column("refunded_at", _I, "TIMESTAMPTZ", "When the money was given back"),
        Column("business_date", _D, "DATE", "Local day of refunded_at in the shop's zone"),
        Column("order_business_date", _D, "DATE", "Business date of the order (order cohort)"),
        Column("is_excluded", _B, "BOOLEAN", "Refund of an excluded order"),
    ),
)

TICKET = Table(
    name="ticket",
    grain="one row per customer-service ticket",
    key=("platform", "shop_id", "ticket_id"),
    dates=("opened_on", "resolved_on", "due_on"),
    scopes={"shop": "shop_id", "queue": "queue_id", "agent": "agent_id"},
    columns=(
        *_COMMON,
        Column("ticket_id", _T, "VARCHAR", "Ticket"),
        Column("agent_id", _T, "VARCHAR", "Last assignee"),
        Column("queue_id", _T, "VARCHAR", "Group that holds the ticket"),
        Column("status", _T, "VARCHAR", "new, open, pending, hold, solved, closed"),
        Column("priority", _T, "VARCHAR", "urgent, high, normal, low"),
        Column("opened_at", _I, "TIMESTAMPTZ", "When it was opened"),
        Column("opened_on", _D, "DATE", "Local day of opened_at"),
        Column("resolved_at", _I, "TIMESTAMPTZ", "When it was last resolved; NULL if open"),
        Column("resolved_on", _D, "DATE", "Local day of resolved_at"),
        Column(
            "sla_hours",
            _N,
            "BIGINT",
            "Agreed hours to resolution for the priority; NULL = none agreed",
            "hours",
        ),
        Column("due_on", _D, "DATE", "Local day of opened_at + sla_hours"),
        Column(
            "first_reply_minutes", _N, "BIGINT", "First reply, calendar minutes; NULL = none yet", "minutes"
        ),
        Column(
            "resolution_minutes",
            _N,
            "BIGINT",
            "Full resolution, calendar minutes; NULL = not resolved",
            "minutes",
        ),
        Column("reopens", _N, "BIGINT", "Times reopened"),
        Column("assignee_stations", _N, "BIGINT", "Agents the ticket went through"),
        Column(
            "satisfaction",
            _T,
            "VARCHAR",
            "good, bad, offered, unoffered; NULL when the account collects none",
        ),
    ),
)

FACTS: dict[str, Table] = {t.name: t for t in (ORDER_LINE, REFUND, TICKET)}
