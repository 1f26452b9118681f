"""Shopify against its fake: orders by GraphQL connections."""

from connectors.kit.conformance import Case
from connectors.sandbox.platforms.shopify import FIRST, NOW, TOKEN, ShopifyFake
from connectors.shopify import Shopify

CASES = (
    Case(
        connector=Shopify(),
        stream="orders",
        make_platform=ShopifyFake,
        account={
            "shop_id": "small",
            "zone": "Europe/London",
            "secrets": {"token": TOKEN},
            "settings": {"max_window_days": "3", "page_size": "7"},
        },
        span=(FIRST, NOW),
    ),
)
