"""巨量千川 against its fake: days of standard ads, days of 全域推广, the day's livestreams."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.qianchuan import Qianchuan
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.qianchuan import (
    ADVERTISER,
    APP_ID,
    AWEMES,
    FIRST,
    NOW,
    REFRESH,
    SECRET,
    QianchuanFake,
)


def _account(**settings: str) -> dict[str, Any]:
    return {
        "shop_id": "qc-flagship",
        "zone": "Asia/Shanghai",
        "currency": "CNY",
        "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
        "settings": {
            "advertiser_id": str(ADVERTISER),
            "app_id": str(APP_ID),
            "aweme_ids": ",".join(map(str, AWEMES)),
            **settings,
        },
    }


_SPAN = (datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) - timedelta(hours=8), NOW)

CASES = (
    StreamCase(
        connector=Qianchuan(),
        stream="ads",
        make_platform=QianchuanFake,
        account=_account(page_size="8"),
        span=_SPAN,
        key_fields=("ad_id", "stat_datetime"),
    ),
    StreamCase(
        connector=Qianchuan(),
        stream="uni_promotion",
        make_platform=QianchuanFake,
        account=_account(uni_page_size="3"),
        span=_SPAN,
        key_fields=("aweme_id", "stat_datetime"),
    ),
    StreamCase(
        connector=Qianchuan(),
        stream="rooms",
        make_platform=QianchuanFake,
        account=_account(room_page_size="6", empty_days="trusted"),
        span=(NOW - timedelta(hours=24, minutes=20), NOW),
        key_fields=("room_id", "start_time"),
        not_applicable={9: "a window is one day and only the last day can be read: nothing is split"},
    ),
)
