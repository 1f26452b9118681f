"""Google Ads campaign days become canonical `ad` rows."""

from datetime import date
from decimal import Decimal
from typing import Any

from connectors.google_ads.rows import GoogleCampaignDay, day_key, day_record
from connectors.kit.window.reading import plain
from connectors.testing.fakes.google_ads import row_of
from tests.warehouse.feeding import canonical


def _rows(*raws: dict[str, Any]) -> list[dict[str, Any]]:
    days = [GoogleCampaignDay.model_validate(raw) for raw in raws]
    keys = {day_record(day)["campaign_id"]: day_key(day) for day in days}

    def key(payload: Any) -> str:
        return keys[payload["campaign_id"]]

    payloads = [plain(day_record(day)) for day in days]
    return canonical(
        "google_ads", "campaigns", payloads, "ad", zone="America/Los_Angeles", key=key, base="USD"
    )


def test_micros_become_money_exactly_and_conversions_no_orders() -> None:
    (row,) = _rows(row_of(date(2026, 3, 8), 20987654321, 90071992547409930000))

    assert row == {
        "platform": "google",
        "shop_id": "shop",
        "source_row_id": "20987654321/2026-03-08",
        "ad_on": date(2026, 3, 8),
        "campaign_id": "20987654321",
        "ad_type": "SEARCH",
        "currency": "USD",
        "fx_rate": Decimal("1.00000000"),
        "spend": Decimal("90071992547409.9300"),
        "spend_base": Decimal("90071992547409.930000000000"),
        "impressions": 1000 + date(2026, 3, 8).toordinal() % 11,
        "clicks": 31,
        "ad_sales": Decimal("66.6667"),
        "ad_sales_base": Decimal("66.666700000000"),
    }


def test_tenths_of_a_cent_are_kept() -> None:
    (row,) = _rows(row_of(date(2026, 3, 9), 7, 1_234_500))

    assert row["spend"] == Decimal("1.2345")
