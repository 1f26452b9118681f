"""Amazon's Selling Partner API against its fake: four reports and two lists."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from connectors.amazon_sp import AmazonSp
from connectors.testing.conformance.case import StreamCase
from connectors.testing.fakes.amazon_sp import CLIENT, REFRESH, SECRET, AmazonSpFake
from connectors.testing.fakes.amazon_world import FIRST, NOW

EVE, MORNING = (
    datetime(2026, 3, 8, 8, tzinfo=UTC),
    datetime(2026, 3, 9, 10, tzinfo=UTC),
)  # the day his clocks change
SNAPSHOT = {9: "a window is one day and only the last day can be read: nothing is split"}


class LongLogin(AmazonSpFake):
    """Ten reports of sales and traffic take hours by their limit: more than one login would be counted."""

    token_lifetime: ClassVar[float] = 86_400.0


class Lists(AmazonSpFake):
    """Both lists are walked a second time: a page that loses its rows must be noticed although Amazon counts nothing."""

    lacks: ClassVar[Mapping[str, str]] = {n: why for n, why in AmazonSpFake.lacks.items() if n != "count"}


class StockList(Lists):
    """Only of the list of money does Amazon say that pages may be empty."""

    lacks: ClassVar[Mapping[str, str]] = {
        **Lists.lacks,
        "empty_page": "Amazon documents empty pages for the list of transactions only (models of Finances, FBA inventory)",
    }


def _case(stream: str, *key_fields: str, **more: Any) -> StreamCase:
    settings = {"marketplace": "US", "client_id": CLIENT, **more.pop("settings", {})}
    return StreamCase(
        connector=AmazonSp(),
        stream=stream,
        account={
            "shop_id": "us",
            "zone": "America/Los_Angeles",
            "currency": "USD",
            "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
            "settings": settings,
        },
        key_fields=key_fields,
        **{"span": (FIRST, NOW), "make_platform": AmazonSpFake, **more},
    )


CASES = (
    _case("orders", "amazon-order-id", "sku", settings={"max_window_days": "3"}),
    _case("returns", "order-id", "sku"),
    _case("finances", "transactionId", make_platform=Lists),
    _case(
        "sales_traffic",
        "childAsin",
        make_platform=LongLogin,
        span=(datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 11, 19, 30, tzinfo=UTC)),
    ),
    _case(
        "fba_inventory",
        "sellerSku",
        make_platform=StockList,
        span=(EVE, MORNING),
        not_applicable=SNAPSHOT,
    ),
    _case(
        "account_health",
        "marketplaceId",
        span=(EVE, MORNING),
        not_applicable={
            **SNAPSHOT,
            25: "one report a day: a dozen of them do not use up the documented burst of 15",
            29: "the records hold counts and rates, no money",
        },
    ),
)
