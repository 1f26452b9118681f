"""Shopify against its fake: orders by GraphQL connections."""

from connectors.shopify import Shopify
from connectors.testing.conformance import StreamCase
from connectors.testing.fakes.shopify import FIRST, NOW, TOKEN, ShopifyFake
from connectors.testing.fakes.shopify_ways import ShopifyBulkFake, ShopifyByDayFake

ACCOUNT = {
    "shop_id": "small",
    "zone": "Europe/London",
    "currency": "GBP",
    "secrets": {"token": TOKEN},
}

CASES = (
    StreamCase(
        connector=Shopify(),
        stream="orders",
        make_platform=ShopifyFake,
        account={**ACCOUNT, "settings": {"max_window_days": "3", "page_size": "5"}},
        span=(FIRST, NOW),
    ),
    StreamCase(
        connector=Shopify(),
        stream="orders",
        way="bulk",
        make_platform=ShopifyBulkFake,
        account={**ACCOUNT, "settings": {"bulk": "true"}},
        span=(FIRST, NOW),
        not_applicable={25: "a bulk operation costs no points; its few requests stay far below the budget"},
    ),
    StreamCase(
        connector=Shopify(),
        stream="orders",
        way="by day",
        make_platform=ShopifyByDayFake,
        account={**ACCOUNT, "settings": {"orders_by": "created", "reread_days": "2", "page_size": "5"}},
        span=(FIRST, NOW),
    ),
)
