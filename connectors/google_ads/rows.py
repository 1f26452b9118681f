"""What Google Ads says of a campaign on a day, and the flat record the warehouse reads (shape: README.md).

Cost comes in micros, exact; conversion values are binary fractions of Google's and are rounded once, here. Not here: requests.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from connectors.kit.contract.fields import CamelRow, Count, Day, Id
from connectors.kit.contract.strict_json import Json

MICROS = Decimal(1_000_000)
STORED = Decimal("0.0001")  # DECIMAL(18,4) of the warehouse
_MOST = Decimal(10) ** 14


def _micros(value: object) -> Decimal:
    text = str(value)
    is_whole = (
        isinstance(value, str | int) and not isinstance(value, bool) and text.isascii() and text.isdigit()
    )
    if not is_whole or len(text) > 20:
        raise ValueError("not micros")
    amount = Decimal(text) / MICROS
    if amount != amount.quantize(STORED) or amount >= _MOST:
        raise ValueError("more digits than the warehouse holds")
    return amount.quantize(Decimal("0.01")) if amount == amount.quantize(Decimal("0.01")) else amount


def _double(value: object) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("not a number")
    number = Decimal(value)
    if abs(number) >= _MOST:
        raise ValueError("more digits than the warehouse holds")
    return number


Micros = Annotated[Decimal, BeforeValidator(_micros)]
Double = Annotated[Decimal, BeforeValidator(_double)]


class GoogleCustomer(CamelRow):
    """The account."""

    currency_code: str = Field(pattern=r"^[A-Z]{3}$")


class GoogleCampaign(CamelRow):
    """The campaign."""

    id: Id
    advertising_channel_type: str


class GoogleSegments(CamelRow):
    """The day."""

    date: Day


class GoogleMetrics(CamelRow):
    """The figures; conversions by the day of the click, and by their own day."""

    impressions: Count
    clicks: Count
    cost_micros: Micros
    conversions: Double
    conversions_value: Double
    conversions_by_conversion_date: Double
    conversions_value_by_conversion_date: Double


class GoogleCampaignDay(CamelRow):
    """One campaign on one day."""

    customer: GoogleCustomer
    campaign: GoogleCampaign
    segments: GoogleSegments
    metrics: GoogleMetrics


def day_key(row: GoogleCampaignDay) -> str:
    """Campaign and day."""
    return f"{row.campaign.id}/{row.segments.date}"


def day_record(row: GoogleCampaignDay) -> dict[str, Json]:
    """The payload of `raw_google_ads_campaigns`."""
    metrics = row.metrics
    return {
        "date": row.segments.date.isoformat(),
        "campaign_id": row.campaign.id,
        "channel": row.campaign.advertising_channel_type,
        "currency": row.customer.currency_code,
        "impressions": metrics.impressions,
        "clicks": metrics.clicks,
        "cost": metrics.cost_micros,
        "conversions": _digits(metrics.conversions),
        "conversions_value": rounded(metrics.conversions_value),
        "conversions_by_conversion_date": _digits(metrics.conversions_by_conversion_date),
        "conversions_value_by_conversion_date": rounded(metrics.conversions_value_by_conversion_date),
    }


def rounded(value: Decimal) -> Decimal:
    """To the four places that the warehouse holds, half up.

    >>> rounded(Decimal("1234.5600000000001"))
    Decimal('1234.5600')
    """
    return value.quantize(STORED, rounding=ROUND_HALF_UP)


def _digits(value: Decimal) -> str:
    return format(value, "f")
