"""Meta campaign days become canonical `ad` rows."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.warehouse.feeding import canonical

PAYLOAD: dict[str, Any] = {
    "date": "2026-11-01",  # 25 hours in Los Angeles
    "campaign_id": "120210000000000001",
    "currency": "USD",
    "ads": 3,
    "impressions": 3051,
    "clicks": 33,
    "spend": "90071992547409.93",
    "attribution": "7d_click",
    "attribution_days": 7,
    "purchase_action": "omni_purchase",
    "purchases": 3,
    "purchase_value": "149.70",
}


def _rows(*payloads: dict[str, Any]) -> list[dict[str, Any]]:
    def key(payload: Any) -> str:
        return f"{payload['campaign_id']}/{payload['date']}/{payload['attribution']}"

    return canonical("meta_ads", "insights", payloads, "ad", zone="America/Los_Angeles", key=key)


def test_a_campaign_day_is_a_row_without_a_rate_where_none_is_known() -> None:
    (row,) = _rows(PAYLOAD)

    assert row == {
        "platform": "meta",
        "shop_id": "shop",
        "source_row_id": "120210000000000001/2026-11-01/7d_click",
        "ad_on": date(2026, 11, 1),
        "campaign_id": "120210000000000001",
        "currency": "USD",
        "spend": Decimal("90071992547409.9300"),
        "impressions": 3051,
        "clicks": 33,
        "ad_orders": 3,
        "ad_sales": Decimal("149.7000"),
        "attribution_window": 7,
    }


def test_no_purchase_is_zero_orders_because_meta_leaves_out_what_did_not_happen() -> None:
    (row,) = _rows(PAYLOAD | {"purchases": 0, "purchase_value": "0"})

    assert (row["ad_orders"], row["ad_sales"]) == (0, Decimal("0.0000"))
