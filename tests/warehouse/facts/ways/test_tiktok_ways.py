"""One set of TikTok Shop's orders and returns through pages of every size and the shop's own download: the same money every day.

Orders of every state, the tax on top (dollars) and in the price (pounds), subsidy, shop discount, returns in part and whole.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.testing.clock import Clock
from connectors.testing.fakes import tiktok_records as made
from connectors.testing.fakes.tiktok_shop import TikTokShopFake
from connectors.testing.world import FakeRecord
from connectors.tiktok_shop import TikTokShop
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.file_drop.export_files import TIKTOK, write_csv
from tests.connectors.testing.conformance.cases.tiktok_shop import CASES
from tests.warehouse.facts.ways.daily import DayMoney, days, hold_only, money, pulled
from tests.warehouse.facts.world import FactWorld

MORNING = datetime(2026, 11, 2, 18, tzinfo=UTC)  # ten in California


def _unit(number: str, price: str, seller: str = "0", platform: str = "0", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sku_id": "1729000",
        "seller_sku": "MUG-B",
        "currency": "USD",
        "original_price": price,
        "seller_discount": seller,
        "platform_discount": platform,
        "sale_price": str(Decimal(price) - Decimal(seller) - Decimal(platform)),
        **more,
    }


def _order(
    number: int, status: str, units: list[dict[str, Any]], payment: dict[str, str], **more: Any
) -> FakeRecord:
    def summed(name: str) -> Decimal:
        return sum((Decimal(unit[name]) for unit in units), Decimal(0))

    was = made.order(number, MORNING)
    stated = {
        "currency": "USD",
        "original_total_product_price": str(summed("original_price")),
        "seller_discount": str(summed("seller_discount")),
        "platform_discount": str(summed("platform_discount")),
        "sub_total": str(summed("sale_price")),
        "shipping_fee": "4.90",
        "total_amount": str(summed("sale_price") + Decimal("4.90") + Decimal(payment.get("tax", "0"))),
    }
    paid = 0 if status == "UNPAID" else int(MORNING.timestamp())
    raw = {**was.raw, "status": status, "paid_time": paid, "is_sample_order": False, **more}
    return FakeRecord(
        was.key, MORNING, MORNING, {**raw, "payment": {**stated, **payment}, "line_items": units}, {}
    )


def _return(number: int, order: int, status: str, amount: dict[str, str], subsidy: str = "0") -> FakeRecord:
    at = MORNING + timedelta(hours=1)
    was = made.given_back(number, at)
    told = {"currency": "USD", "refund_shipping_fee": "0", **amount}
    told["refund_total"] = str(Decimal(told["refund_subtotal"]) + Decimal(told.get("refund_tax", "0")))
    raw = {
        **was.raw,
        "order_id": str(made.ORDER + order),
        "return_status": status,
        "refund_amount": told,
        "discount_amount": [
            {"currency": "USD", "product_platform_discount": subsidy, "product_seller_discount": "0"}
        ],
        "return_line_items": [{"return_line_item_id": f"R{number}", "refund_amount": told}],
    }
    return FakeRecord(was.key, at, at, raw, {})


TAXED = {"tax": "1.90", "product_tax": "1.60", "shipping_fee_tax": "0.30"}
DONE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
DOLLARS = [
    # two units of 20 less 2 of the shop, 1 of TikTok: 18 each
    _order(1, "COMPLETED", [_unit("L1", "20.00", "2.00", "1.00"), _unit("L2", "20.00", "2.00", "1.00")], TAXED),
    _order(2, "ON_HOLD", [_unit("L3", "10.00")], {"tax": "0.80", "product_tax": "0.80"}),
    _order(3, "PARTIALLY_SHIPPING", [_unit("L4", "5.00")], {"tax": "0.40", "product_tax": "0.40"}),
    _order(4, "UNPAID", [_unit("L5", "7.00")], TAXED),
    _order(5, "CANCELLED", [_unit("L6", "8.00")], TAXED, cancel_time=int(MORNING.timestamp())),
    _order(6, "AWAITING_SHIPMENT", [_unit("L7", "9.00")], {"tax": "0.72", "product_tax": "0.72"}, is_sample_order=True),
]  # fmt: skip
BACK = [
    _return(1, 1, DONE, {"refund_subtotal": "17.00", "refund_tax": "0.80"}, subsidy="1.00"),
    _return(2, 2, DONE, {"refund_subtotal": "4.00", "refund_tax": "0.32"}),
    _return(3, 3, "RETURN_OR_REFUND_REQUEST_PENDING", {"refund_subtotal": "5.00", "refund_tax": "0.40"}),
    _return(4, 3, "RETURN_OR_REFUND_REQUEST_CANCEL", {"refund_subtotal": "5.00", "refund_tax": "0.40"}),
    _return(5, 3, "RETURN_OR_REFUND_REQUEST_REJECT", {"refund_subtotal": "5.00", "refund_tax": "0.40"}),
]
EXPECTED: dict[str, DayMoney] = {"2026-11-02 USD": money("51.00", "22.00", "1.68", 3)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(made.NOW)
    with served(TikTokShopFake(clock), clock, tmp_path / "tiktok", CASES[0].account) as found:
        yield found


def _read(bench: FakeBench, folder: Path, size: str) -> dict[str, DayMoney]:
    sizes = {"page_size": size, "return_page_size": size}

    def windows(stream: str) -> Any:
        return bench.pull(TikTokShop(), stream, span_from=MORNING - timedelta(days=1), settings=sizes)

    return pulled(bench, folder, "tiktok_shop", ("orders", "returns"), windows)


@pytest.mark.parametrize("size", ["1", "2", "50"])
def test_the_same_orders_and_returns_are_the_same_money_on_pages_of_every_size(
    bench: FakeBench, tmp_path: Path, size: str
) -> None:
    hold_only(bench, {"orders": DOLLARS, "returns": BACK})

    assert _read(bench, tmp_path, size) == EXPECTED


def test_a_tax_in_the_price_is_taken_out_of_sale_and_return_and_a_full_return_leaves_nothing(
    bench: FakeBench, tmp_path: Path
) -> None:
    pounds = {
        "currency": "GBP",
        "tax": "9.00",
        "product_tax": "9.00",
        "shipping_fee": "0",
        "total_amount": "54.00",
    }
    units = [_unit("L1", "40.00", "4.00"), _unit("L2", "20.00", "2.00")]
    amount = {"currency": "GBP", "refund_subtotal": "54.00", "refund_tax": "9.00"}
    given_back = _return(1, 1, DONE, amount)
    given_back.raw["refund_amount"]["refund_total"] = "54.00"
    hold_only(bench, {"orders": [_order(1, "COMPLETED", units, pounds)], "returns": [given_back]})

    assert _read(bench, tmp_path, "50") == {"2026-11-02 GBP": money("45.00", "45.00", "0.00", 1)}


def test_the_shops_own_download_of_the_same_orders_is_the_same_money(
    bench: FakeBench, tmp_path: Path
) -> None:
    hold_only(bench, {"orders": DOLLARS, "returns": []})
    words = {
        "COMPLETED": "Completed",
        "ON_HOLD": "On hold",
        "PARTIALLY_SHIPPING": "To ship",
        "CANCELLED": "Canceled",
    }
    rows: list[list[object]] = [list(row) for row in TIKTOK[:2]]
    # a download holds no samples: an order of the creator, not of a buyer
    for record in DOLLARS[:5]:
        for unit in record.raw["line_items"]:
            before, seller, platform = (
                Decimal(unit[n]) for n in ("original_price", "seller_discount", "platform_discount")
            )
            paid = "11/02/2026 10:00:00 AM" if record.raw["paid_time"] else ""
            amounts = [
                before,
                before,
                platform,
                seller,
                before - seller - platform,
                record.raw["payment"]["tax"],
                0,
            ]
            status = words.get(record.raw["status"], "Unpaid")
            rows.append(
                [record.key, status, status, unit["sku_id"], unit["seller_sku"], "1"]
                + [f"USD {amount}" for amount in amounts]
                + ["11/02/2026 9:59:00 AM", paid, "", "u***1"]
            )
    world = FactWorld(tmp_path / "files")
    write_csv(world.folder / "exports/a.csv", rows)
    world.drops["a"] = (
        "table: order_line, file: exports/a.csv, layout: auto, shop_id: us, zone: America/Los_Angeles, "
        f"from: 2026-11-02, to: 2026-11-02, rows: {len(rows) - 1}, platform: tiktok_shop, currency: USD"
    )

    world.build()

    with world.warehouse() as con:
        (found,) = days(con).values()
    (day,) = EXPECTED.values()
    # the download states the tax of the whole order, shipping included, and no returns
    assert (found.gmv, found.orders, found.tax) == (day.gmv, day.orders, None)
    assert world.failures() == []
