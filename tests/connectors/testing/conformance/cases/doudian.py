"""The streams of doudian against the fake 抖店."""

from connectors.doudian import Doudian
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.doudian import APP_KEY, APP_SECRET, AS_OF, FIRST, REFRESH, DoudianFake

ACCOUNT = {
    "shop_id": "doudian-1",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "secrets": {"app_secret": APP_SECRET, "refresh_token": REFRESH},
    "settings": {"app_key": APP_KEY, "page_size": "5"},
}
KEYS = {"orders": ("order_id",), "refunds": ("aftersale_info.aftersale_id",)}

CASES = tuple(
    StreamCase(
        connector=Doudian(),
        stream=stream,
        make_platform=DoudianFake,
        account=ACCOUNT,
        span=(FIRST, AS_OF),
        key_fields=fields,
    )
    for stream, fields in KEYS.items()
)
