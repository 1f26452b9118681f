"""Golden rows of TikTok Shop: orders with subsidies, cancelled and sample ones, returns, livestreams."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.warehouse.feeding import account, canonical, feed

ZONE = "America/Los_Angeles"
COMMON = {"platform": "tiktok_shop", "shop_id": "shop"}


def line(number: str, price: str, seller: str, platform: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sku_id": "1729000",
        "seller_sku": "SCARF-1",
        "currency": "USD",
        "original_price": price,
        "seller_discount": seller,
        "platform_discount": platform,
        "sale_price": "0",
        "display_status": "DELIVERED",
        "item_tax": [],
        **changes,
    }


def order(lines: list[dict[str, Any]], original: str, seller: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "5760001",
        "status": "DELIVERED",
        "create_time": "2026-11-01T08:30:00Z",
        "update_time": "2026-11-05T08:30:00Z",
        "paid_time": "2026-11-01T09:30:00Z",
        "cancel_time": None,
        "cancellation_initiator": None,
        "is_sample_order": False,
        "is_replacement_order": False,
        "user_id": "0123456789abcdef01234567",
        "region_code": "US",
        "payment": {
            "currency": "USD",
            "original_total_product_price": original,
            "seller_discount": seller,
            "platform_discount": "2.30",
            "sub_total": "0",
            "shipping_fee": "4.90",
            "total_amount": "0",
            "tax": "1.02",
            "product_tax": "0.90",
            "shipping_fee_tax": "0.12",
            "retail_delivery_fee": None,
        },
        "line_items": lines,
        **changes,
    }


def returned(lines: list[dict[str, Any]], subtotal: str, **changes: Any) -> dict[str, Any]:
    return {
        "return_id": "4030001",
        "order_id": "5760001",
        "return_type": "RETURN_AND_REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "arbitration_status": None,
        "return_reason": "wrong_product",
        "role": "BUYER",
        "create_time": "2026-11-07T07:59:59Z",
        "update_time": "2026-11-09T08:00:00Z",
        "refund_amount": {
            "currency": "USD",
            "refund_subtotal": subtotal,
            "refund_shipping_fee": "4.90",
            "refund_tax": "1.02",
            "refund_total": "0",
        },
        "discount_amount": [{"product_platform_discount": "2.30", "product_seller_discount": "1.10"}],
        "return_line_items": lines,
        **changes,
    }


def return_line(number: str, subtotal: str) -> dict[str, Any]:
    amount = {
        "currency": "USD",
        "refund_subtotal": subtotal,
        "refund_shipping_fee": None,
        "refund_tax": None,
        "refund_total": subtotal,
    }
    return {
        "return_line_item_id": number,
        "order_line_item_id": "L1",
        "sku_id": "1729000",
        "seller_sku": "SCARF-1",
        "refund_amount": amount,
    }


def _orders(*payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return canonical("tiktok_shop", "orders", payloads, "order_line", zone=ZONE, base="USD")


def test_a_unit_brings_its_price_less_the_shops_discount_with_the_subsidy_and_without_tax_and_shipping() -> (
    None
):
    [row] = _orders(order([line("L1", "90071992547409.93", "1.10", "2.30")], "90071992547409.93", "1.10"))

    assert row == {
        **COMMON,
        "source_row_id": "L1",
        "order_id": "5760001",
        "line_id": "L1",
        "line_type": "goods",
        "buyer_id": "0123456789abcdef01234567",
        "buyer_first_on": date(2026, 11, 1),
        "sku_id": "SCARF-1",
        "qty": 1,
        "paid_amount": Decimal("90071992547408.8300"),
        "paid_amount_base": Decimal("90071992547408.83"),
        "tax_amount": Decimal("0.9000"),
        "tax_amount_base": Decimal("0.9"),
        "currency": "USD",
        "fx_rate": Decimal(1),
        "country": "US",
        "ordered_at": datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
        "paid_at": datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        "business_date": date(2026, 11, 1),
        "is_excluded": False,
        "status": "DELIVERED",
    }


def test_the_two_halves_of_the_doubled_hour_fall_on_one_day_and_the_edges_on_two() -> None:
    times = [
        *("2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z", "2026-11-01T08:30:00Z"),
        *("2026-11-01T09:30:00Z", "2026-11-02T07:59:59Z", "2026-11-02T08:00:00Z"),
    ]
    rows = _orders(
        *(
            order([line(f"L{n}", "1.00", "0", "0")], "1.00", "0", id=f"576000{n}", paid_time=when)
            for n, when in enumerate(times)
        )
    )

    assert [row["business_date"].day for row in rows] == [31, 1, 1, 1, 1, 2]


def test_an_order_discount_that_no_unit_explains_is_a_row_of_its_own() -> None:
    rows = _orders(
        order([line("L1", "19.90", "1.10", "0"), line("L2", "19.90", "1.10", "0")], "39.80", "5.00")
    )

    assert [(r["line_id"], r["qty"], r["paid_amount"]) for r in rows] == [
        ("5760001/rest", 0, Decimal("-2.8000")),
        ("L1", 1, Decimal("18.8000")),
        ("L2", 1, Decimal("18.8000")),
    ]


def test_cancelled_sample_and_unpaid_orders_are_no_sales() -> None:
    cancelled = {
        "status": "CANCELLED",
        "cancel_time": "2026-11-02T00:00:00Z",
        "cancellation_initiator": "SYSTEM",
    }
    rows = _orders(
        order([line("L1", "9.00", "0", "0")], "9.00", "0", **cancelled),
        order([line("L2", "9.00", "0", "0")], "9.00", "0", id="5760002", is_sample_order=True),
        order([line("L3", "9.00", "0", "0")], "9.00", "0", id="5760003", paid_time=None, status="UNPAID"),
        order(
            [line("L4", "9.00", "0", "0", display_status="CANCELLED"), line("L5", "9.00", "0", "0")],
            "18.00",
            "0",
            id="5760004",
        ),
    )

    told = {r["line_id"]: (r["is_excluded"], r.get("exclude_reason"), "business_date" in r) for r in rows}
    assert told == {
        "L1": (True, "cancelled", True),
        "L2": (True, "sample order", True),
        "L3": (False, None, False),
        "L4": (True, "cancelled", True),
        "L5": (False, None, True),
    }
    assert [r.get("cancelled_by") for r in rows if r["line_id"] == "L1"] == ["platform"]


@pytest.mark.parametrize(
    ("status", "is_sale"),
    [
        ("UNPAID", False),
        ("ON_HOLD", True),
        ("AWAITING_SHIPMENT", True),
        ("PARTIALLY_SHIPPING", True),
        ("AWAITING_COLLECTION", True),
        ("IN_TRANSIT", True),
        ("COMPLETED", True),
        ("CANCELLED", False),
    ],
)
def test_an_order_counts_when_it_is_paid_whatever_instant_an_unpaid_one_carries(
    status: str, is_sale: bool
) -> None:
    (row,) = _orders(order([line("L1", "9.00", "0", "0")], "9.00", "0", status=status))

    assert ("business_date" in row and not row["is_excluded"]) == is_sale


def test_the_tax_of_the_goods_is_divided_among_units_that_state_none_to_the_cent() -> None:
    units = [line(f"L{n}", "9.99", "0", "0") for n in range(3)]
    told = order(units, "29.97", "0")
    rows = _orders(told | {"payment": told["payment"] | {"product_tax": "2.00"}})

    assert [(r["line_id"], r["tax_amount"]) for r in rows] == [
        ("L0", Decimal("0.6700")),
        ("L1", Decimal("0.6600")),
        ("L2", Decimal("0.6700")),
    ]


def test_a_unit_keeps_the_tax_it_states_and_what_no_unit_states_is_a_row_of_its_own() -> None:
    taxed = line("L1", "10.00", "0", "0", item_tax=[{"tax_amount": "0.50"}, {"tax_amount": "0.25"}])
    rows = _orders(order([taxed, line("L2", "10.00", "0", "0")], "20.00", "0"))

    assert [(r["line_id"], r["paid_amount"], r.get("tax_amount")) for r in rows] == [
        ("5760001/rest", Decimal("0.0000"), Decimal("0.1500")),
        ("L1", Decimal("10.0000"), Decimal("0.7500")),
        ("L2", Decimal("10.0000"), None),
    ]


@pytest.mark.parametrize(
    ("case", "payment", "expected"),
    [
        ("in the price", {"currency": "GBP", "total_amount": "124.90"}, ("100", "20")),
        ("on top, as the sum of the order says", {"currency": "MYR", "total_amount": "144.90"}, ("120", "20")),
        ("on top in dollars", {"currency": "USD", "total_amount": "124.90"}, ("120", "20")),
        ("none", {"currency": "GBP", "total_amount": "124.90", "tax": None, "product_tax": None}, ("120", None)),
        ("in the price, but how much", {"currency": "GBP", "total_amount": "124.90", "product_tax": None}, (None, None)),
    ],
)  # fmt: skip
def test_a_stated_tax_is_taken_out_of_the_price_that_holds_it(
    case: str, payment: dict[str, str | None], expected: tuple[str | None, str | None]
) -> None:
    told = order([line("L1", "120.00", "0", "0")], "120.00", "0")
    money = {"sub_total": "120.00", "tax": "20.00", "product_tax": "20.00", "shipping_fee_tax": None}

    (row,) = _orders(told | {"payment": told["payment"] | money | payment})

    found = tuple(row.get(name) for name in ("paid_amount", "tax_amount"))
    assert found == tuple(None if x is None else Decimal(x) for x in expected), case


def _refunds(*payloads: dict[str, Any], with_order: bool = False) -> list[dict[str, Any]]:
    def sold(con: Any) -> None:
        if with_order:
            account(con, "tiktok_shop", "orders", zone=ZONE)
            feed(
                con, "tiktok_shop", "orders", [order([line("L1", "19.90", "1.10", "2.30")], "19.90", "1.10")]
            )

    return canonical(
        "tiktok_shop", "returns", payloads, "refund", zone=ZONE, base="USD", key="return_id", prepare=sold
    )


def test_a_finished_return_takes_back_what_the_shop_was_credited() -> None:
    rows = _refunds(returned([return_line("R1", "16.50")], "16.50"), with_order=True)

    subsidy, goods = rows
    assert goods == {
        **COMMON,
        "source_row_id": "R1",
        "refund_id": "4030001",
        "refund_line_id": "R1",
        "order_id": "5760001",
        "line_id": "L1",
        "sku_id": "SCARF-1",
        "qty": 1,
        "amount": Decimal("16.5000"),
        "amount_base": Decimal("16.5"),
        "tax_amount": Decimal("1.0200"),
        "tax_amount_base": Decimal("1.02"),
        "currency": "USD",
        "fx_rate": Decimal(1),
        "reason": "wrong_product",
        "refunded_at": datetime(2026, 11, 9, 8, tzinfo=UTC),
        "business_date": date(2026, 11, 9),
        "order_business_date": date(2026, 11, 1),
        "is_excluded": False,
        "type": "return",
        "requested_at": datetime(2026, 11, 7, 7, 59, 59, tzinfo=UTC),
        "requested_on": date(2026, 11, 6),
        "withdrawn": False,
        "platform_intervened": False,
    }
    assert (subsidy["refund_line_id"], subsidy["qty"], subsidy["amount"]) == (
        "4030001/rest",
        0,
        Decimal("2.3"),
    )
    assert goods["amount"] + subsidy["amount"] == Decimal("18.80"), (
        "19.90 - 1.10: nothing is left of the sale"
    )


def test_a_return_that_is_not_finished_gives_nothing_back_but_is_counted_as_asked() -> None:
    rows = _refunds(
        returned([return_line("R1", "16.50")], "16.50", return_status="RETURN_OR_REFUND_REQUEST_PENDING"),
        returned(
            [return_line("R2", "16.50")],
            "16.50",
            return_id="4030002",
            return_status="RETURN_OR_REFUND_REQUEST_CANCEL",
            arbitration_status="SUPPORT_SELLER",
        ),
    )

    told = [(r["refund_line_id"], r["amount"], r["qty"], r.get("refunded_at"), r["withdrawn"]) for r in rows]
    assert told == [("R1", 0, 0, None, False), ("R2", 0, 0, None, True)]
    assert [r["platform_intervened"] for r in rows] == [False, True]


def test_money_without_goods_brings_no_unit_back_and_the_sum_of_the_return_stands() -> None:
    rows = _refunds(
        returned([return_line("R1", "16.50")], "20.00", return_type="REFUND", discount_amount=[]),
        returned([], "7.00", return_id="4030002", discount_amount=[]),
    )

    told = [(r["refund_line_id"], r["qty"], r["amount"]) for r in rows]
    assert told == [
        ("4030001/rest", 0, Decimal("3.5")),
        ("4030002/rest", 0, Decimal("7.0")),
        ("R1", 0, Decimal("16.5")),
    ]


LIVE = {
    "id": "7600001",
    "username": "our.shop",
    "start_time": "2026-11-01T07:30:00Z",
    "end_time": "2026-11-01T10:00:10Z",
    "gmv": "48200.5",
    "currency": "USD",
    "sku_orders": 980,
    "customers": 450,
    "views": 9000,
    "viewers": 5100,
    "comments": 300,
    "likes": 9000,
    "shares": 12,
    "new_followers": 21,
    "product_impressions": 8000,
    "product_clicks": 350,
    "pcu": 410,
    "acu": 120,
    "avg_viewing_duration": "43.5",
}


def test_a_livestream_through_the_doubled_hour_has_its_true_length() -> None:
    [row] = canonical("tiktok_shop", "lives", [LIVE], "live_session", zone=ZONE, base="USD")

    assert row == {
        **COMMON,
        "source_row_id": "7600001",
        "session_id": "7600001",
        "room_id": "our.shop",
        "started_at": datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
        "started_on": date(2026, 11, 1),
        "ended_at": datetime(2026, 11, 1, 10, 0, 10, tzinfo=UTC),
        "ended_on": date(2026, 11, 1),
        "minutes": Decimal("150.166667"),
        "entries": 9000,
        "viewers": 5100,
        "comments": 300,
        "new_followers": 21,
        "product_impressions": 8000,
        "product_clicks": 350,
        "buyers": 450,
        "peak_online": 410,
        "avg_online": Decimal(120),
        "currency": "USD",
        "fx_rate": Decimal(1),
        "gmv": Decimal("48200.5000"),
        "gmv_base": Decimal("48200.5"),
    }


def test_what_a_livestream_does_not_state_stays_unknown() -> None:
    bare = dict.fromkeys(LIVE) | {name: LIVE[name] for name in ("id", "username", "start_time")}

    [row] = canonical("tiktok_shop", "lives", [bare], "live_session", zone=ZONE, base="USD")

    assert set(row) == {*COMMON, "source_row_id", "session_id", "room_id", "started_at", "started_on"}
