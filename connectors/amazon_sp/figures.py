"""Rows of the two reports in which Amazon states figures of its own: sales and traffic, account health (shapes: README.md).

Only the fields declared here are ever written to disk. Not here: orders, returns, stock, money (rows.py), the joins (traffic.py,
health.py).
"""

from connectors.amazon_sp.rows import Day
from connectors.kit.contract.fields import CamelRow, Money
from connectors.kit.contract.strict_json import Json


class Amount(CamelRow):
    """Money of the sales and traffic report."""

    amount: Money
    currency_code: str


class SalesPart(CamelRow):
    """Sales of a day or of one product on it."""

    units_ordered: int
    ordered_product_sales: Amount
    total_order_items: int
    units_refunded: int | None = None


class TrafficPart(CamelRow):
    """Visits of a day or of one product on it."""

    sessions: int
    page_views: int
    buy_box_percentage: Money


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


class ReportingRange(CamelRow):
    """From when to when a figure counts."""

    reporting_date_from: str
    reporting_date_to: str


class Defects(CamelRow):
    """Orders with defects."""

    count: int


class HealthRate(CamelRow):
    """A rate of the account health report; each metric has its own two counts."""

    reporting_date_range: ReportingRange
    rate: Money
    status: str
    order_count: int | None = None
    order_with_defects: Defects | None = None
    late_shipment_count: int | None = None
    cancellation_count: int | None = None
    shipment_count: int | None = None
    valid_tracking_count: int | None = None


class DefectRates(CamelRow):
    """The order defect rate of both ways of fulfilment."""

    mfn: HealthRate
    afn: HealthRate


class HealthEntry(CamelRow):
    """The metrics of one marketplace; Amazon's schema and its own example name the rate of cancellations differently."""

    marketplace_id: str
    account_status: str | None = None
    order_defect_rate: DefectRates
    late_shipment_rate: HealthRate
    valid_tracking_rate: HealthRate
    pre_fulfillment_cancellation_rate: HealthRate | None = None
    prefulfillment_cancel_rate: HealthRate | None = None


class HealthPart(CamelRow):
    """One of Amazon's figures: mfn and afn for the order defect rate, else a single one."""

    fulfilment: str
    date_from: str
    date_to: str
    numerator: int
    denominator: int
    rate: Money
    status: str


class HealthMetric(CamelRow):
    """One metric of the account on `day`, which the question states (health.py)."""

    day: Day
    metric: str
    account_status: str
    parts: list[HealthPart]


def flat_health(found: HealthMetric) -> dict[str, Json]:
    """The payload of `raw_amazon_sp_account_health`: Amazon's own counts, so that a rate is divided once, by us."""
    return {
        "day": found.day.isoformat(),
        "metric": found.metric,
        "account_status": found.account_status,
        "parts": [{name: getattr(part, name) for name in HealthPart.model_fields} for part in found.parts],
    }
