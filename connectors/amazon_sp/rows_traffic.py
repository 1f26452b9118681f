"""Rows of the report on sales and traffic, and the flat payload that the warehouse reads (shape: README.md).

Only the fields declared here are ever written to disk. Not here: the join of the report's two lists (traffic.py).
"""

from connectors.amazon_sp.rows import Day
from connectors.kit.contract.fields import CamelRow, Money
from connectors.kit.contract.strict_json import Json


class ReportedAmount(CamelRow):
    """Money of the sales and traffic report."""

    amount: Money
    currency_code: str


class SalesPart(CamelRow):
    """Sales of a day or of one product on it."""

    units_ordered: int
    ordered_product_sales: ReportedAmount
    total_order_items: int
    units_refunded: int | None = None


class TrafficPart(CamelRow):
    """Visits of a day or of one product on it."""

    sessions: int
    page_views: int
    buy_box_percentage: Money  # no money: the type is an exact decimal with Amazon's own digits


class TrafficEntry(CamelRow):
    """An entry of either list of the sales and traffic report."""

    date: Day | None = None
    parent_asin: str | None = None
    child_asin: str | None = None
    sku: str | None = None
    sales_by_date: SalesPart | None = None
    traffic_by_date: TrafficPart | None = None
    sales_by_asin: SalesPart | None = None
    traffic_by_asin: TrafficPart | None = None


class DayTraffic(CamelRow):
    """The whole shop (level shop) or one product (level sku) on one day (traffic.py joins both lists into one)."""

    date: Day
    level: str
    product: str | None
    parent_asin: str | None = None
    child_asin: str | None = None
    sku: str | None = None
    sales: SalesPart
    traffic: TrafficPart


def flat_day_traffic(row: DayTraffic) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_sales_traffic`."""
    return {
        "date": row.date.isoformat(),
        "level": row.level,
        "product": row.product,
        "parent_asin": row.parent_asin,
        "child_asin": row.child_asin,
        "sku": row.sku,
        "units_ordered": row.sales.units_ordered,
        "order_items": row.sales.total_order_items,
        "ordered_product_sales": row.sales.ordered_product_sales.amount,
        "currency": row.sales.ordered_product_sales.currency_code,
        "units_refunded": row.sales.units_refunded,
        "sessions": row.traffic.sessions,
        "page_views": row.traffic.page_views,
        "buy_box_percentage": row.traffic.buy_box_percentage,
    }
