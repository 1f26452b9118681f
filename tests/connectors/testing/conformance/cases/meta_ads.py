"""Conformance case of Meta ads."""

from datetime import UTC, datetime

from connectors.meta_ads import MetaAds
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.meta_ads import ACCOUNT, TOKEN, MetaAdsFake

CASES = (
    StreamCase(
        connector=MetaAds(),
        stream="insights",
        make_platform=MetaAdsFake,
        account={
            "shop_id": "us",
            "zone": "America/Los_Angeles",
            "currency": "USD",
            "secrets": {"token": TOKEN},
            "settings": {"ad_account_id": ACCOUNT, "page_size": "20"},
        },
        span=(datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 21, 20, tzinfo=UTC)),
        key_fields=("campaign_id", "date_start"),
    ),
)
