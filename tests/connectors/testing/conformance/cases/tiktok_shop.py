"""TikTok Shop against its fake: orders, returns, livestreams of a Californian shop over the end of summer time."""

from datetime import UTC, datetime
from typing import Any

from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.tiktok_records import NOW
from connectors.testing.fakes.tiktok_shop import APP_KEY, CIPHER, REFRESH, SECRET, TikTokShopFake
from connectors.tiktok_shop import TikTokShop


class PatientFake(TikTokShopFake):
    """The suite's child processes wait on a clock of their own, so that theirs runs ahead of the platform's."""

    ahead = 3600.0


def _account(**settings: str) -> dict[str, Any]:
    return {
        "shop_id": "tts-us",
        "zone": "America/Los_Angeles",
        "currency": "USD",
        "secrets": {"app_secret": SECRET, "refresh_token": REFRESH},
        "settings": {"app_key": APP_KEY, "shop_cipher": CIPHER, **settings},
    }


_SPAN = (datetime(2026, 10, 30, 7, tzinfo=UTC), NOW)

CASES = (
    StreamCase(
        connector=TikTokShop(),
        stream="orders",
        make_platform=PatientFake,
        account=_account(page_size="5"),
        span=_SPAN,
    ),
    StreamCase(
        connector=TikTokShop(),
        stream="returns",
        make_platform=PatientFake,
        account=_account(return_page_size="5", max_window_days="2"),
        span=_SPAN,
    ),
    StreamCase(
        connector=TikTokShop(),
        stream="lives",
        make_platform=PatientFake,
        account=_account(live_page_size="3"),
        span=_SPAN,
        key_fields=("id",),
    ),
)
