"""The same Shopify orders by page, by bulk operation, by whole days and from the export: the same sales and taxes to the fen.

Belongs here: orders of every status and kind of amount through real HTTP and a real file. Not here: single amounts
(tests/connectors/test_shopify_amounts.py, tests/connectors/file_drop/test_shopify_export.py).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connectors.shopify import Shopify
from connectors.testing.clock import Clock
from connectors.testing.fakes.shopify import TOKEN, ShopifyFake
from connectors.testing.fakes.shopify_records import (
    ShopCharge,
    ShopLine,
    ShopOrder,
    ShopPayment,
    ShopRefund,
    ShopRefundLine,
)
from connectors.testing.fakes.shopify_ways import ShopifyBulkFake, ShopifyByDayFake
from models.attribution import Attribution
from models.loads import PulledWindow, SourceAccount, StreamRef
from models.periods import Period
from tests.connectors.against_fake import served
from tests.connectors.file_drop import export_files as files
from tests.warehouse import world as w
from tests.warehouse.facts.world import FactWorld
from warehouse.facts.build import build_core
from warehouse.facts.reconcile import reconcile
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.store.connect import open_warehouse

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
MONTH = Period.parse("2026-03")
DAY = {"max_window_days": "3"}
# how the API is asked, and which fake can answer it
WAYS: dict[str, tuple[type[ShopifyFake], dict[str, str]]] = {
    "page": (ShopifyFake, DAY),
    "bulk": (ShopifyBulkFake, {"bulk": "true"}),
    "day": (ShopifyByDayFake, {"orders_by": "created", "reread_days": "30"}),
}


class Sold(NamedTuple):
    """What one order brings: on which day, without tax, and its tax."""

    day: str
    sales: str
    tax: str
    back: str = "0"


def at(day: int, hour: int = 10) -> int:
    return int(datetime(2026, 3, day, hour, tzinfo=UTC).timestamp())


def goods(order: int, position: int, pounds: str, **more: Any) -> ShopLine:
    fields = {"sku": f"S{position}", "title": "Mug", "quantity": 1, **more}
    money: dict[str, Any] = {name: thousandths(fields.pop(name, "0")) for name in ("discount", "tax")}
    return ShopLine(order=order, position=position, unit=thousandths(pounds), **fields, **money)


def tip(order: int, pounds: str, title: str = "Tip") -> ShopLine:
    return goods(order, 8, pounds, sku="", title=title, vendor=None, requires_shipping=False)


def card(order: int, pounds: str) -> ShopLine:
    return goods(
        order, 7, pounds, sku="", title="Gift Card - £50.00", requires_shipping=False, is_gift_card=True
    )


def post(order: int, pounds: str, tax: str = "0") -> ShopLine:
    return goods(order, 9, pounds, sku="POST", title="Post", tax=tax)


def thousandths(pounds: str) -> int:
    return int(Decimal(pounds) * 1000)


def sale(number: int, items: list[ShopLine], day: int = 10, **more: Any) -> ShopOrder:
    return ShopOrder(
        number=number, created=at(day), customer=9, country="United Kingdom", items=items, **more
    )


def given_back(order: ShopOrder, total: str, day: int, lines: Sequence[ShopLine] = (), **more: Any) -> None:
    refund = ShopRefund(
        id=f"7{order.number}{day}", created=at(day), order=order, total=thousandths(total), **more
    )
    for line in lines:
        refund.lines.append(
            ShopRefundLine(f"{refund.id}{line.position}", line, line.quantity, line.paid, line.tax)
        )
    order.refunds.append(refund)


def shop() -> dict[int, tuple[ShopOrder, Sold | None]]:
    """Orders of every kind with what they must bring; None for those that bring nothing."""
    on_top = sale(1, [goods(1, 1, "100.00", discount="20.00", tax="8.00")])
    given_back(on_top, "88.00", 20, on_top.items)
    # three pieces whose tax is 1.6666 each: the last one gives back what rounding left
    held = sale(2, [goods(2, 1, "10.00", quantity=3, tax="5.00")], taxes_included=True)
    for day, taken in ((12, "1.66"), (13, "1.67"), (14, "1.66")):
        refund = ShopRefund(id=f"72{day}", created=at(day), order=held, total=10_000)
        refund.lines.append(ShopRefundLine(f"72{day}1", held.items[0], 1, 10_000, thousandths(taken)))
        held.refunds.append(refund)
    shipped = sale(
        3, [goods(3, 1, "24.00", tax="4.00")], taxes_included=True, shipping=[post(3, "6.00", "1.00")]
    )
    tipped = sale(4, [goods(4, 1, "50.00"), tip(4, "2.50")], tip=2_500)
    given_back(tipped, "2.50", 15, tipped.items[1:])
    trinkgeld = sale(5, [goods(5, 1, "40.00"), tip(5, "3.00", "Trinkgeld")], tip=3_000)
    bought_card = sale(6, [card(6, "50.00")], day=11)
    given_back(bought_card, "50.00", 16, bought_card.items)
    mixed = sale(7, [goods(7, 1, "30.00", discount="3.00"), card(7, "50.00")], day=11)
    paid_by_card = sale(
        8,
        [goods(8, 1, "60.00")],
        payments=[ShopPayment(at=at(10), amount=50_000), ShopPayment(at=at(10), amount=10_000)],
    )
    abroad = sale(9, [goods(9, 1, "70.00")], duties=9_000, shipping=[post(9, "12.00")], day=12)
    partly = sale(10, [goods(10, 1, "100.00"), goods(10, 2, "200.00")], day=12)
    given_back(partly, "100.00", 17, partly.items[:1])
    kept = sale(11, [goods(11, 1, "80.00")], day=12)  # ten were kept: a restocking fee
    given_back(kept, "70.00", 17, kept.items, adjustments=[ShopCharge("5", 10_000)])
    freight = sale(12, [goods(12, 1, "20.00", tax="2.00")], shipping=[post(12, "5.00", "0.50")], day=13)
    given_back(freight, "27.50", 18, freight.items, shipping=[ShopCharge("6", 5_000, 500)])
    swapped = sale(13, [goods(13, 1, "45.00"), goods(13, 2, "55.00")], day=13, payments=[
        ShopPayment(at=at(13), amount=100_000)])  # fmt: skip
    given_back(swapped, "0.00", 19, swapped.items[:1])
    goodwill = sale(14, [goods(14, 1, "90.00")], day=13)
    given_back(goodwill, "5.00", 19, adjustments=[ShopCharge("7", -4_000, -1_000)])
    later = sale(15, [goods(15, 1, "33.00")], payments=[
        ShopPayment(at=at(10), amount=33_000, kind="AUTHORIZATION"),
        ShopPayment(at=at(11), amount=33_000, kind="CAPTURE", status="FAILURE"),
        ShopPayment(at=at(14), amount=33_000, kind="CAPTURE")])  # fmt: skip
    cancelled = sale(16, [goods(16, 1, "44.00")], day=14, cancelled=at(15))
    given_back(cancelled, "44.00", 15, cancelled.items)
    free = sale(17, [goods(17, 1, "15.00", discount="15.00")], day=14, payments=[])
    never = [sale(20 + n, [goods(20 + n, 1, "100.00")], status=status, payments=[])
             for n, status in enumerate(("PENDING", "AUTHORIZED", "PARTIALLY_PAID", "EXPIRED", "VOIDED"))]  # fmt: skip
    # a void gives back goods, and no money
    given_back(never[-1], "0.00", 15, never[-1].items)
    brings = [
        (on_top, Sold("10", "80.00", "8.00", "80.00")), (held, Sold("10", "25.00", "5.00", "25.00")),
        (shipped, Sold("10", "25.00", "5.00")), (tipped, Sold("10", "50.00", "0")), (trinkgeld, Sold("10", "40.00", "0")),
        (bought_card, None), (mixed, Sold("11", "27.00", "0")), (paid_by_card, Sold("10", "60.00", "0")),
        (abroad, Sold("12", "82.00", "0")), (partly, Sold("12", "300.00", "0", "100.00")),
        (kept, Sold("12", "80.00", "0", "70.00")), (freight, Sold("13", "25.00", "2.50", "25.00")),
        (swapped, Sold("13", "100.00", "0", "45.00")), (goodwill, Sold("13", "90.00", "0", "4.00")),
        (later, Sold("14", "33.00", "0")), (cancelled, Sold("14", "44.00", "0", "44.00")), (free, Sold("14", "0", "0")),
        *((order, None) for order in never),
    ]  # fmt: skip
    return {order.number: (order, sold) for order, sold in brings}


SHOP = shop()
EXPECTED = {
    str(number): (f"2026-03-{sold.day}", Decimal(sold.sales), Decimal(sold.tax))
    for number, (_, sold) in SHOP.items()
    if sold
}
REFUNDED = {str(n): Decimal(sold.back) for n, (_, sold) in SHOP.items() if sold and sold.back != "0"}


@pytest.fixture(params=sorted(WAYS))
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A warehouse with the shop's orders, read over HTTP in one of the three ways."""
    make, settings = WAYS[request.param]
    clock = Clock(NOW)
    platform = make(clock)
    for number in list(platform._numbers):
        platform._shop.remove(number)
    platform._numbers.clear()
    for order, _ in SHOP.values():
        platform._shop.add(order)
        platform._numbers.append(order.number)
    account = {
        "shop_id": "uk",
        "zone": "Europe/London",
        "currency": "GBP",
        "secrets": {"token": TOKEN},
        "settings": settings,
    }
    with served(platform, clock, tmp_path, account) as bench, open_warehouse(tmp_path / "home") as con:
        windows = bench.pull(Shopify(), "orders", span_from=datetime(2026, 3, 9, tzinfo=UTC))
        set_source_accounts(con, [SourceAccount(
            ref=StreamRef("shopify", "orders", "uk"), feeds=("order_line", "refund"), zone="Europe/London", platform="shopify"
        )])  # fmt: skip
        w.put(con, "core_ownership", [w.own("shop", "uk", "manager", "ann", "1", last="2026-12-31")])
        for window in windows:
            assert isinstance(window, PulledWindow), window
            load_window(con, window)
        build_core(con, "GBP", Attribution())
        yield con


SALES = """
    select replace(order_id, 'gid://shopify/Order/', ''), cast(business_date as varchar), sum(paid_amount),
        sum(coalesce(tax_amount, 0))
    from core_order_line where business_date is not null and not is_excluded group by all
"""


def sales(rows: Sequence[tuple[str, str, Decimal, Decimal]]) -> dict[str, tuple[str, Decimal, Decimal]]:
    found = {order: (day, paid, tax) for order, day, paid, tax in rows}
    assert len(found) == len(rows), "one day for an order"
    return found


def test_each_way_of_the_api_gives_each_order_its_sales_its_tax_and_its_day(read: Any) -> None:
    assert sales(read.execute(SALES).fetchall()) == EXPECTED


def test_each_way_of_the_api_takes_back_what_was_sold_and_no_tip_no_card_no_tax(read: Any) -> None:
    rows = read.execute(
        "select replace(order_id, 'gid://shopify/Order/', ''), sum(amount) from core_refund group by all having sum(amount) <> 0"
    ).fetchall()

    assert dict(rows) == REFUNDED


def test_a_fully_returned_order_is_zero_to_the_fen_with_tax_on_top_and_with_tax_in_the_price(
    read: Any,
) -> None:
    rows = read.execute(
        "select order_id, sum(paid_amount) - (select sum(amount) from core_refund as r where r.order_id = l.order_id)"
        " from core_order_line as l where order_id in ('gid://shopify/Order/1', 'gid://shopify/Order/2', 'gid://shopify/Order/12')"
        " group by order_id"
    ).fetchall()

    assert sorted(rows) == [(f"gid://shopify/Order/{n}", Decimal(0)) for n in ("1", "12", "2")]


def test_the_totals_of_the_orders_heads_agree_with_the_lines_in_every_way(read: Any) -> None:
    found = reconcile(read, MONTH, dict.fromkeys(("order_line", "refund"), "manager"))

    totals = {row["measure"]: (Decimal(row["platform_total"]), Decimal(row["difference"])) for row in found}
    assert totals == {
        "gmv": (sum(sold for _, sold, _ in EXPECTED.values()), Decimal(0)),
        "orders": (Decimal(len(EXPECTED)), Decimal(0)),
        "refunds": (sum(REFUNDED.values()), Decimal(0)),
    }


HEADER = [
    "Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem taxable", "Shipping Country", "Cancelled at", "Refunded Amount", "Id", "Lineitem discount", "Vendor", "Duties",
]  # fmt: skip


def export() -> list[list[str]]:
    """The orders as the export writes them: heads on first rows, the tip in no subtotal, no day of payment once refunded."""
    rows = [HEADER]
    for order, sold in SHOP.values():
        tips = [line for line in order.items if order.tip and line.position == 8]
        status = order.status.lower() or _status(order)
        pounds = "{:.2f}".format
        parts = [line for line in order.items if line not in tips]
        taxes = sum(line.tax for line in (*order.items, *order.shipping))
        subtotal, shipping = sum(line.paid for line in parts), sum(line.paid for line in order.shipping)
        total = subtotal + shipping + order.tip + (order.duties or 0) + (0 if order.taxes_included else taxes)
        moment = f"2026-03-{sold.day} 10:00:00 +0000" if sold and status == "paid" else ""
        head = [status, moment, "GBP", *(pounds(n / 1000) for n in (subtotal, shipping, taxes, total)),
                pounds(sum(line.discount for line in order.items) / 1000)]  # fmt: skip
        made = datetime.fromtimestamp(order.created, UTC).strftime("%Y-%m-%d %H:%M:%S +0000")
        back = pounds(sum(refund.total for refund in order.refunds) / 1000)
        for place, line in enumerate(order.items):
            first = place == 0
            says = ["true" if line.requires_shipping else "false", "true" if line.tax else "false"]
            rows.append([
                f"#{order.number}", "ann@example.com", *(head if first else [""] * 8), made, str(line.quantity), line.title,
                pounds(line.unit / 1000), line.sku, *says, "GB" if first else "", "",
                back if first else "",
                str(order.number) if first else "", "0.00", line.vendor or "",
                pounds((order.duties or 0) / 1000) if first else "",
            ])  # fmt: skip
    return rows


def _status(order: ShopOrder) -> str:
    paid = sum(line.paid for line in (*order.items, *order.shipping)) + sum(line.tax for line in order.items)
    back = sum(refund.total for refund in order.refunds)
    return "paid" if not order.refunds else "partially_refunded" if back < paid else "refunded"


def test_the_export_gives_each_order_the_sales_the_tax_and_the_day_of_the_api(tmp_path: Path) -> None:
    world = FactWorld(tmp_path)
    rows = export()
    path = files.write_csv(world.folder / "exports/orders.csv", rows)
    world.drops[path.name] = (
        f"table: order_line, file: exports/orders.csv, layout: auto, shop_id: uk, zone: Europe/London,"
        f" from: 2026-03-10, to: 2026-03-14, rows: {len(rows) - 1}"
    )

    world.build()

    assert world.failures() == []
    assert sales(world.rows(SALES)) == EXPECTED
