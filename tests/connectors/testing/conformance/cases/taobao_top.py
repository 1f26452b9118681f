"""The streams of taobao_top against the fake TOP."""

from typing import Any

from connectors.taobao_top import TaobaoTop
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.taobao_top import APP_KEY, APP_SECRET, BIZ_CODE, SESSION, TaobaoFake
from connectors.testing.fakes.taobao_world import AGENTS, AS_OF, FIRST

ACCOUNT: dict[str, Any] = {
    "shop_id": "tmall-1",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "secrets": {"app_secret": APP_SECRET, "session": SESSION},
    "settings": {"app_key": APP_KEY, "page_size": "5"},
}
MORE: dict[str, dict[str, str]] = {
    "trades": {},
    "refunds": {},
    "ratings": {"max_window_days": "2"},
    "service_ratings": {
        "agents": ",".join(name.removeprefix("cntaobao") for name in AGENTS),
        "agents_per_call": "2",
        "max_window_days": "1",
    },
    "ads": {"biz_code": BIZ_CODE, "max_window_days": "7"},
}
KEYS = {"service_ratings": ("eval_sender", "open_uid"), "ads": ("campaign_id",)}

CASES = tuple(
    StreamCase(
        connector=TaobaoTop(),
        stream=stream,
        make_platform=TaobaoFake,
        account={**ACCOUNT, "settings": {**ACCOUNT["settings"], **more}},
        span=(FIRST, AS_OF),
        key_fields=KEYS.get(stream, ()),
    )
    for stream, more in MORE.items()
)
