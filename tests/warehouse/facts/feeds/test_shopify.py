"""Golden rows: Shopify orders into order lines and refunds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.warehouse.feeding import canonical

GID = "gid://shopify/"
ORDER: dict[str, Any] = {
    "id": f"{GID}Order/1",
    "created_at": "2026-03-08T07:30:00Z",
    "processed_at": "2026-03-08T07:30:00Z",
    "updated_at": "2026-03-09T11:29:00Z",
    "cancelled_at": None,
    "paid_at": "2026-03-08T07:30:00Z",
    "test": False,
    "financial_status": "PARTIALLY_REFUNDED",
    "currency": "USD",
    "taxes_included": False,
    "total": "27.005",
    "total_tax": "2.00",
    "total_tip": "0",
    "total_duties": "0",
    "total_fees": "0",
    "total_refunded": "7.00",
    "customer_id": f"{GID}Customer/9",
    "country_code": None,
    "country": "France",
    "line_items": [
        {"id": f"{GID}LineItem/1", "sku": None, "kind": "goods", "quantity": 2, "original_total": "20.105",
         "discount": "0.1", "total": "20.005", "duty": "0", "tax": "1.60"}
    ],
    "shipping_lines": [{"id": None, "title": "POST", "total": "5.00", "tax": "0.40"}],
    "refunds": [
        {"id": f"{GID}Refund/5", "created_at": "2026-03-09T06:59:00Z", "total": "7.48", "currency": "USD", "duties": "0",
         "shipping": [], "rest": {"amount": "1.00", "tax": "0", "exchanged": "0"},
         "lines": [{"id": f"{GID}RefundLineItem/1", "line_item_id": f"{GID}LineItem/1", "sku": None, "kind": "goods",
                    "quantity": 1, "subtotal": "6.00", "duty": "0", "tax": "0.48"}]}
    ],
}  # fmt: skip


def _rows(table: str, *payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return canonical("shopify", "orders", payloads, table, zone="America/Los_Angeles", base="USD")


def test_lines_keep_thousandths_and_stand_on_the_local_day_before_the_clocks_change() -> None:
    goods, shipping = sorted(_rows("order_line", ORDER), key=lambda row: str(row["line_type"]))

    paid = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert goods == {
        "platform": "shopify", "shop_id": "shop", "source_row_id": f"{GID}LineItem/1", "order_id": f"{GID}Order/1",
        "line_id": f"{GID}LineItem/1", "line_type": "goods", "buyer_id": f"{GID}Customer/9", "buyer_first_on": date(2026, 3, 7),
        "qty": 2, "paid_amount": Decimal("20.005"), "currency": "USD", "fx_rate": Decimal(1),
        "paid_amount_base": Decimal("20.005"), "tax_amount": Decimal("1.60"), "tax_amount_base": Decimal("1.60"),
        "status": "PARTIALLY_REFUNDED", "country": "France", "ordered_at": paid, "paid_at": paid,
        "business_date": date(2026, 3, 7), "is_excluded": False,
    }  # fmt: skip
    assert (shipping["line_id"], shipping["paid_amount"], shipping["qty"]) == (
        f"{GID}Order/1/shipping/1",
        Decimal(5),
        0,
    )


def test_a_refund_splits_into_its_lines_and_the_rest_on_its_own_local_day() -> None:
    found = {row["refund_line_id"]: row for row in _rows("refund", ORDER)}

    line, rest = found[f"{GID}RefundLineItem/1"], found[f"{GID}Refund/5/rest"]
    assert (line["amount"], line["qty"], line["line_id"]) == (Decimal(6), 1, f"{GID}LineItem/1")
    assert (rest["amount"], rest["qty"], rest.get("line_id")) == (Decimal(1), 0, None)
    assert {(row["business_date"], row["order_business_date"]) for row in found.values()} == {
        (date(2026, 3, 8), date(2026, 3, 7))
    }


def test_a_test_order_is_excluded_with_its_refunds_and_a_cancelled_one_says_when() -> None:
    test = ORDER | {"test": True, "cancelled_at": "2026-03-08T08:00:00Z"}

    lines, refunds = _rows("order_line", test), _rows("refund", test)

    assert {(row["is_excluded"], row["exclude_reason"]) for row in lines} == {(True, "test order")}
    assert {row["cancelled_at"] for row in lines} == {datetime(2026, 3, 8, 8, tzinfo=UTC)}
    assert {row["is_excluded"] for row in refunds} == {True}
