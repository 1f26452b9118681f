"""One set of Amazon's orders and refunds through every cut of its reports and lists: the same money every day.

Dollars (the tax on top) and pounds (the tax in the price); an order of every state; refunds in part and whole. Amazon shows the
movements of the last 48 hours late: they are all of 6 March.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.testing.fakes import amazon_world as made
from connectors.testing.world import FakeRecord
from tests.connectors.against_fake import mounted
from tests.connectors.amazon_bench import AmazonBench, at_amazon
from tests.warehouse.facts.ways.daily import DayMoney, hold_only, money, pulled

FRIDAY = datetime(2026, 3, 6, 20, tzinfo=UTC)
SATURDAY = FRIDAY + timedelta(days=1)
UK = {"currency": "GBP", "sales_channel": "Amazon.co.uk"}
SENT = {"shipping_price": "5.99", "shipping_tax": "0.48"}
WITH_SHIPPING = {"shipping_price": "6.00", "shipping_tax": "1.00"}
WRAPPED = {"gift_wrap_price": "3.00", "gift_wrap_tax": "0.50"}


def _order(number: int, changed: datetime, **cells: str) -> FakeRecord:
    bare = {"item_promotion_discount": "", "shipping_price": "", "item_tax": "", "quantity": "1"}
    # the fake's orders of such numbers were bought when they last changed
    return made.order_entry(number * 26, 1, changed, **{**bare, **cells})


def _moved(number: int, at: datetime, parts: Mapping[str, str], status: str = "RELEASED", **more: Any) -> FakeRecord:  # fmt: skip
    """A refund (odd numbers) with these parts, each in its group as Amazon nests them."""
    entry = made.transaction_entry(number, at, status)
    told = [
        {"breakdownType": "Group", "breakdowns": [{"breakdownType": name, "breakdownAmount": _amount(value)}]}
        for name, value in parts.items()
    ]
    raw = {**entry.raw, "items": [{**entry.raw["items"][0], "breakdowns": told}], **more}
    return FakeRecord(entry.key, entry.at, entry.day, raw, {})


def _amount(value: str) -> dict[str, Any]:
    return {"currencyAmount": Decimal(value), "currencyCode": "USD"}


ORDERS = [
    # on top: 100 - 10 and 8 of tax; shipping 5.99 with 0.48
    _order(1, FRIDAY, item_price="100.00", item_tax="8.00", item_promotion_discount="10.00", **SENT),
    _order(2, FRIDAY, item_price="40.00", item_tax="3.20", order_status="Unshipped"),
    _order(3, FRIDAY, item_price="50.00", item_tax="4.00", order_status="Pending"),
    _order(4, FRIDAY, item_price="60.00", item_tax="4.80", order_status="Cancelled"),
    _order(5, FRIDAY, item_price="", quantity="0", item_status="Cancelled"),
    _order(6, FRIDAY, item_price="70.00", item_tax="5.60", sales_channel="Non-Amazon US"),
    # in the price: (120 - 12) with 20 - 2 of tax; shipping 6.00 with 1.00
    _order(7, FRIDAY, item_price="120.00", item_tax="20.00", item_promotion_discount="-12.00", **WITH_SHIPPING, **UK),
    _order(8, SATURDAY, item_price="19.99", item_tax="3.33", order_status="PartiallyShipped", **WRAPPED, **UK),
    _order(9, SATURDAY, item_price="12.00", item_tax="", **UK),
]  # fmt: skip
MOVED = [
    # the whole of the first order but its shipping; Amazon withholds the tax itself, which changes nothing
    _moved(
        1,
        FRIDAY,
        {
            "OurPricePrincipal": "-100.00", "OurPriceDiscount": "10.00", "OurPriceTax": "-8.00", "Commission": "13.50",
            "MarketplaceFacilitatorTax-Principal": "8.00",
        },
    ),
    # half of the second one; and its release, which says it once more
    _moved(3, FRIDAY, {"OurPricePrincipal": "-20.00", "OurPriceTax": "-1.60"}, "DEFERRED_RELEASED"),
    _moved(
        5,
        FRIDAY,
        {"OurPricePrincipal": "-20.00", "OurPriceTax": "-1.60"},
        relatedIdentifiers=[{"relatedIdentifierName": "DEFERRED_TRANSACTION_ID", "relatedIdentifierValue": "tx-0003-planted"}],
    ),
    _moved(2, FRIDAY, {"OurPricePrincipal": "77.00", "OurPriceTax": "6.16"}),
]  # fmt: skip
EXPECTED: dict[str, DayMoney] = {
    "2026-03-06 USD": money("135.99", "110.00", "2.08", 3),
    "2026-03-06 GBP": money("95.00", "0", "19.00", 1),
    "2026-03-07 GBP": money("28.66", "0", "3.33", 2),
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[AmazonBench]:
    with mounted(at_amazon(tmp_path / "amazon")) as found:
        hold_only(found, {"orders": ORDERS, "finances": MOVED})
        yield found


@pytest.mark.parametrize("days", ["1", "2", "7", "30"])
def test_the_same_orders_and_refunds_are_the_same_money_however_their_reports_are_cut(
    bench: AmazonBench, tmp_path: Path, days: str
) -> None:
    found = pulled(
        bench,
        tmp_path,
        "amazon_sp",
        ("orders", "finances"),
        lambda stream: bench.read(stream, days=5, settings={"max_window_days": days}),
    )

    assert found == EXPECTED
