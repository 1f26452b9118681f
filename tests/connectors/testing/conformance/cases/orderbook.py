"""A connector that is wholly YAML, against its fake: order lines by time and stock by day."""

from pathlib import Path

from connectors import http_json
from connectors.testing.conformance import StreamCase
from connectors.testing.fakes.orderbook import FIRST, NOW, SHOP_ZONE, TOKEN, OrderbookFake

FILE = Path(http_json.__file__).with_name("orderbook.yaml")
ORDERBOOK = http_json.read_connector(FILE.read_text(encoding="utf-8"), FILE.name, "orderbook")
ACCOUNT = {
    "shop_id": "flagship",
    "zone": SHOP_ZONE.key,
    "currency": "CNY",
    "secrets": {"token": TOKEN},
    "settings": {"page_size": "5"},
}

CASES = (
    StreamCase(
        connector=ORDERBOOK,
        stream="order_lines",
        make_platform=OrderbookFake,
        account=ACCOUNT,
        span=(FIRST, NOW),
        key_fields=("line_no",),
    ),
    StreamCase(
        connector=ORDERBOOK,
        stream="stock",
        make_platform=OrderbookFake,
        account=ACCOUNT,
        span=(FIRST, NOW),
        key_fields=("depot", "sku"),
    ),
)
