"""Amazon Ads campaign days become canonical `ad` rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.warehouse.feeding import canonical

PAYLOAD: dict[str, Any] = {
    "date": "2026-03-08",  # the day with 23 hours in Los Angeles
    "campaign_id": "158410630682987",
    "currency": "USD",
    "impressions": 2216,
    "clicks": 13,
    "cost": "14.5",
    "attribution": "7d-click",
    "attribution_days": 7,
    "orders": 2,
    "sales": "90071992547409.93",
    "new_buyer_orders": None,
}


def _rows(stream: str, *payloads: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    def key(payload: Any) -> str:
        return f"{prefix}/{payload['campaign_id']}/{payload['date']}/{payload['attribution']}"

    return canonical("amazon_ads", stream, payloads, "ad", zone="America/Los_Angeles", key=key, base="USD")


def test_a_sponsored_products_day_is_a_row_with_its_window_and_exact_money() -> None:
    (row,) = _rows("sponsored_products", PAYLOAD, prefix="SP")

    assert row == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": "SP/158410630682987/2026-03-08/7d-click",
        "ad_on": date(2026, 3, 8),
        "campaign_id": "158410630682987",
        "ad_type": "sponsored_products",
        "currency": "USD",
        "fx_rate": Decimal("1.00000000"),
        "spend": Decimal("14.5000"),
        "spend_base": Decimal("14.500000000000"),
        "impressions": 2216,
        "clicks": 13,
        "ad_orders": 2,
        "ad_sales": Decimal("90071992547409.9300"),
        "ad_sales_base": Decimal("90071992547409.930000000000"),
        "attribution_window": 7,
    }


@pytest.mark.parametrize(("stream", "prefix"), [("sponsored_brands", "SB"), ("sponsored_display", "SD")])
def test_brands_and_display_attribute_in_fourteen_days_and_know_new_buyers(stream: str, prefix: str) -> None:
    payload = PAYLOAD | {
        "attribution": "14d-click-view",
        "attribution_days": 14,
        "new_buyer_orders": 1,
        "sales": "0.10",
    }

    (row,) = _rows(stream, payload, prefix=prefix)

    assert (row["ad_type"], row["attribution_window"], row["new_buyer_orders"], row["ad_sales"]) == (
        stream,
        14,
        1,
        Decimal("0.1000"),
    )
    assert row["source_row_id"] == f"{prefix}/158410630682987/2026-03-08/14d-click-view"


def test_two_campaigns_on_two_days_are_four_rows() -> None:
    payloads = [
        PAYLOAD | {"campaign_id": campaign, "date": day, "cost": cost}
        for campaign in ("1", "2")
        for day, cost in (("2026-03-08", "0.10"), ("2026-03-09", "0.20"))
    ]

    rows = _rows("sponsored_products", *payloads, prefix="SP")

    assert [(r["campaign_id"], r["ad_on"].day, r["spend"]) for r in rows] == [
        ("1", 8, Decimal("0.1000")),
        ("1", 9, Decimal("0.2000")),
        ("2", 8, Decimal("0.1000")),
        ("2", 9, Decimal("0.2000")),
    ]
