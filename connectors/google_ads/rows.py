"""What Google Ads says of a campaign on a day, and the flat record the warehouse reads (shape: README.md).

Cost comes in micros, exact; conversion values are binary fractions of Google's and are rounded once, here. Not here: requests.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from connectors.kit.contract.fields import CamelRow, Count, Day, Id, plain_text
from connectors.kit.contract.strict_json import Json
from models.money import divide, round_half_up
from models.tables import MONEY_WIDTH
from models.values import fit, read_decimal

MICROS = Decimal(1_000_000)


def _micros(value: object) -> Decimal:
    micros = read_decimal(plain_text(value))
    # micros are a 64-bit number, sent as text: a number with a point is something else
    if isinstance(value, Decimal) or micros < 0 or micros != micros.to_integral_value():
        raise ValueError("not micros")
    amount = fit(divide(micros, MICROS), MONEY_WIDTH)
    # 1.10 rather than 1.1, and more than two places only where the micros need them
    cents = round_half_up(amount, 2)
    return cents if cents == amount else amount


def _double(value: object) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("not a number")
    number = Decimal(value)
    # only the check that it can be stored; the value keeps its digits until it is written (rounded)
    fit(round_half_up(number, MONEY_WIDTH.places), MONEY_WIDTH)
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
    return round_half_up(value, MONEY_WIDTH.places)


def _digits(value: Decimal) -> str:
    return format(value, "f")
