"""Rows of the report on the account's health, and the flat payload that the warehouse reads (shape: README.md).

Only the fields declared here are ever written to disk. Not here: which figures make a metric (health.py).
"""

from connectors.amazon_sp.rows import Day
from connectors.kit.contract.fields import CamelRow, Money
from connectors.kit.contract.strict_json import Json


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
