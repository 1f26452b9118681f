"""Orders of Shopify's export: which count, on which day, and what of them is tax, tip, gift card or duty.

Belongs here: single amounts. Not here: the same orders through the API (tests/warehouse/facts/test_shopify_four_ways.py).
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.file_drop.exports.export_layout import shipped_exports
from connectors.file_drop.exports.export_match import recognise
from connectors.file_drop.exports.export_reading import ExportEntry
from connectors.file_drop.exports.export_rows import ExportRows, export_rows
from connectors.file_drop.layout import FileOptions
from models.errors import CompanyError, MeritError
from tests.connectors.file_drop import export_files as files

COLUMNS = ["Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total",
           "Discount Amount",
           "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem requires shipping",
           "Lineitem taxable", "Cancelled at", "Refunded Amount", "Id", "Lineitem discount", "Duties"]  # fmt: skip
HEAD = {
    "Financial Status": "paid", "Paid at": "2026-02-03 09:00:00 +0000", "Currency": "EUR", "Shipping": "0.00", "Taxes": "0.00",
    "Discount Amount": "0.00", "Id": "8001", "Refunded Amount": "0.00",
}  # fmt: skip
LINE = {
    "Name": "#1", "Created at": "2026-02-02 23:30:00 +0000", "Lineitem quantity": "1", "Lineitem name": "Lamp",
    "Lineitem sku": "LAMP", "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem discount": "0.00",
}  # fmt: skip
LAMP = {"Lineitem price": "60.00"}
CASE = {"Lineitem price": "40.00", "Lineitem name": "Case", "Lineitem sku": "CASE"}
BARE = {"Lineitem sku": "", "Lineitem requires shipping": "false", "Lineitem taxable": "false"}
TIP = BARE | {"Lineitem name": "Tip", "Lineitem price": "4.00"}
CARD = BARE | {"Lineitem name": "Gift Card - 50", "Lineitem price": "50.00"}


def export(tmp_path: Path, *lines: dict[str, str], **head: str) -> ExportRows:
    """The rows of one order; what is stated once stands on its first row."""
    named = {name.replace("_", " "): value for name, value in head.items()}
    rows = [{**LINE, **(HEAD | named if place == 0 else {}), **line} for place, line in enumerate(lines)]
    table = [COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in rows)]
    path = files.write_csv(tmp_path / "orders.csv", table)
    content = path.read_bytes()
    match = recognise(content, path, shipped_exports(), FileOptions())
    return export_rows(match, content, ExportEntry(path.name))


def amounts(found: ExportRows) -> dict[str, tuple[Any, Any]]:
    """Amount and tax by line."""
    return {
        str(row.values["line_id"]): (row.values["paid_amount"], row.values["tax_amount"])
        for row in found.table.dropped
    }


def euros(**stated: tuple[str, str]) -> dict[str, tuple[Decimal, Decimal]]:
    return {f"8001/{line.strip('_')}": (Decimal(paid), Decimal(tax)) for line, (paid, tax) in stated.items()}


def refusal(tmp_path: Path, *lines: dict[str, str], **head: str) -> MeritError:
    with pytest.raises(MeritError) as caught:
        export(tmp_path, *lines, **head)
    return caught.value


@pytest.mark.parametrize("status", ["paid", "partially_refunded", "refunded"])
def test_a_paid_order_without_paid_at_counts_on_the_day_it_was_made(tmp_path: Path, status: str) -> None:
    found = export(tmp_path, LAMP, Subtotal="60.00", Total="60.00", Financial_Status=status, Paid_at="")

    (row,) = found.table.dropped
    assert (str(row.values["paid_at"]), row.values["paid_amount"]) == (
        "2026-02-02 23:30:00+00:00",
        Decimal(60),
    )
    assert found.left_out == {}


@pytest.mark.parametrize("status", ["pending", "authorized", "partially_paid", "voided", "expired"])
def test_an_order_that_nobody_paid_is_left_out_and_said(tmp_path: Path, status: str) -> None:
    found = export(tmp_path, LAMP, Subtotal="60.00", Total="60.00", Financial_Status=status)

    assert (found.table.dropped, sum(found.left_out.values())) == ((), 1)


def test_a_status_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, LAMP, Subtotal="60.00", Total="60.00", Financial_Status="disputed").code == "C181"
    )


@pytest.mark.parametrize(
    ("total", "paid"),
    [
        ("110.00", {"_1": ("60.00", "6.00"), "_2": ("40.00", "4.00")}),
        ("100.00", {"_1": ("54.00", "6.00"), "_2": ("36.00", "4.00")}),
    ],
    ids=["on top", "in prices"],
)
def test_amounts_are_without_tax_whether_prices_hold_it_or_not(
    tmp_path: Path, total: str, paid: dict[str, tuple[str, str]]
) -> None:
    found = export(tmp_path, LAMP, CASE, Subtotal="100.00", Taxes="10.00", Total=total)

    assert amounts(found) == euros(**paid)


def test_shipping_carries_its_part_of_the_tax_and_an_untaxed_line_none(tmp_path: Path) -> None:
    book = CASE | {"Lineitem taxable": "false"}
    found = export(tmp_path, LAMP, book, Subtotal="100.00", Shipping="20.00", Taxes="8.00", Total="120.00")

    assert amounts(found) == euros(_1=("54.00", "6.00"), _2=("40.00", "0"), shipping=("18.00", "2.00"))


def test_neither_with_nor_without_tax_makes_the_total_and_the_file_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, LAMP, Subtotal="60.00", Taxes="6.00", Total="63.00")

    assert (error.code, "order 8001: subtotal 60.00" in error.actual) == ("C180", True)


def test_cash_that_is_rounded_does_not_hide_where_the_tax_is(tmp_path: Path) -> None:
    found = export(tmp_path, LAMP, Subtotal="60.00", Taxes="5.99", Total="65.97")

    assert amounts(found) == euros(_1=("60.00", "5.99"))


@pytest.mark.parametrize(
    "extra",
    [TIP, TIP | {"Lineitem name": "Pourboire"}],
    ids=["named", "named in another language"],
)
def test_a_tip_is_no_goods_line_and_moves_no_money_between_lines(
    tmp_path: Path, extra: dict[str, str]
) -> None:
    plain = export(tmp_path, LAMP, CASE, Subtotal="90.00", Discount_Amount="10.00", Total="90.00")
    tipped = export(tmp_path, LAMP, CASE, extra, Subtotal="90.00", Discount_Amount="10.00", Total="94.00")

    assert amounts(tipped) == amounts(plain) == euros(_1=("54.00", "0"), _2=("36.00", "0"))
    assert tipped.left_out == {"小费，不是商品 / tips, which are no goods": 1}


def test_a_tip_beside_prices_that_hold_the_tax_and_a_duty(tmp_path: Path) -> None:
    found = export(tmp_path, LAMP, TIP, Subtotal="60.00", Taxes="10.00", Duties="7.00", Total="71.00")

    assert amounts(found) == euros(_1=("50.00", "10.00"))


def test_a_line_typed_in_by_hand_is_goods_and_a_product_called_tip_too(tmp_path: Path) -> None:
    work = BARE | {"Lineitem name": "Engraving", "Lineitem price": "15.00"}
    product = LAMP | {"Lineitem name": "Tip"}

    assert amounts(export(tmp_path, product, work, Subtotal="75.00", Total="75.00")) == euros(
        _1=("60.00", "0"), _2=("15.00", "0")
    )


def test_a_sold_gift_card_is_no_sale_and_no_discount_lowers_it(tmp_path: Path) -> None:
    found = export(tmp_path, LAMP, CARD, Subtotal="104.00", Discount_Amount="6.00", Total="104.00")

    assert amounts(found) == euros(_1=("54.00", "0"))
    assert list(found.left_out.values()) == [1]


def test_a_discount_of_shipping_lowers_the_shipping(tmp_path: Path) -> None:
    found = export(
        tmp_path, LAMP, Subtotal="60.00", Shipping="5.00", Discount_Amount="5.00", Taxes="6.00", Total="66.00"
    )

    assert amounts(found) == euros(_1=("60.00", "6.00"), shipping=("0.00", "0.00"))


def test_an_order_of_a_gift_card_alone_is_no_order_with_sales(tmp_path: Path) -> None:
    found: Any = export(tmp_path, CARD, Subtotal="50.00", Total="50.00")

    assert (found.table.dropped, list(found.left_out.values())) == ((), [1])


def test_lines_that_do_not_make_the_subtotal_stay_refused_beside_a_tip(tmp_path: Path) -> None:
    error = refusal(tmp_path, LAMP, TIP, Subtotal="65.00", Total="69.00")

    assert isinstance(error, CompanyError)
    assert error.code == "C167"
