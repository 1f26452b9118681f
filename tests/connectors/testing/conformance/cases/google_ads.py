"""Conformance case of Google Ads."""

from datetime import UTC, datetime

from connectors.google_ads import GoogleAds
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.google_ads import (
    CLIENT,
    CUSTOMER,
    DEVELOPER,
    REFRESH,
    SECRET,
    GoogleAdsFake,
)

CASES = (
    StreamCase(
        connector=GoogleAds(),
        stream="campaigns",
        make_platform=GoogleAdsFake,
        account={
            "shop_id": "us",
            "zone": "America/Los_Angeles",
            "currency": "USD",
            "secrets": {"client_secret": SECRET, "refresh_token": REFRESH, "developer_token": DEVELOPER},
            "settings": {"client_id": CLIENT, "customer_id": CUSTOMER},
        },
        span=(datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 21, 20, tzinfo=UTC)),
        key_fields=("campaign.id", "segments.date"),
    ),
)
