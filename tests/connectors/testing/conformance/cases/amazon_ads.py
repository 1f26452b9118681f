"""Conformance cases of Amazon Ads."""

from datetime import UTC, datetime

from connectors.amazon_ads import AmazonAds
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.amazon_ads import CLIENT, PROFILE, REFRESH, SECRET, AmazonAdsFake

CASES = tuple(
    StreamCase(
        connector=AmazonAds(),
        stream=stream,
        make_platform=AmazonAdsFake,
        account={
            "shop_id": "us",
            "zone": "America/Los_Angeles",
            "currency": "USD",
            "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
            "settings": {"client_id": CLIENT, "profile_id": PROFILE},
        },
        span=(datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 21, 20, tzinfo=UTC)),
        key_fields=("campaignId", "date"),
    )
    for stream in ("sponsored_products", "sponsored_brands", "sponsored_display")
)
