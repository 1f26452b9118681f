"""The streams of taobao_top against the fake TOP."""

from connectors.kit.conformance.case import Case
from connectors.sandbox.platforms.taobao_top import APP_KEY, APP_SECRET, SESSION, TaobaoFake
from connectors.sandbox.platforms.taobao_world import AS_OF, FIRST
from connectors.taobao_top import TaobaoTop

ACCOUNT = {
    "shop_id": "tmall-1",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "secrets": {"app_secret": APP_SECRET, "session": SESSION},
    "settings": {"app_key": APP_KEY, "page_size": "5"},
}

CASES = tuple(
    Case(
        connector=TaobaoTop(),
        stream=stream,
        make_platform=TaobaoFake,
        account=ACCOUNT,
        span=(FIRST, AS_OF),
    )
    for stream in ("trades", "refunds")
)
