"""What Amazon's records become in the canonical tables, to the cent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.warehouse.feeding import account, canonical, feed

ZONE = "America/Los_Angeles"
ITEM: dict[str, Any] = {
    "amazon_order_id": "111-4000001-9000037",
    "line_number": 1,
    "purchase_date": "2026-03-09T06:59:59Z",
    "last_updated_date": "2026-03-10T01:00:00Z",
    "order_status": "Shipped",
    "item_status": "Shipped",
    "fulfillment_channel": "Amazon",
    "sales_channel": "Amazon.com",
    "ship_service_level": "Expedited",
    "sku": "AB-1",
    "asin": "B000000001",
    "quantity": 2,
    "currency": "USD",
    "item_price": "40.20",
    "item_tax": "3.30",
    "shipping_price": None,
    "shipping_tax": None,
    "gift_wrap_price": None,
    "gift_wrap_tax": None,
    "item_promotion_discount": None,
    "ship_promotion_discount": None,
    "ship_country": "US",
    "is_business_order": "false",
}
RETURNED: dict[str, Any] = {
    "return_date": "2026-03-09T07:00:00Z",
    "order_id": "111-4000001-9000037",
    "line_number": 1,
    "sku": "AB-1",
    "asin": "B000000001",
    "quantity": 1,
    "fulfillment_center_id": "BFI4",
    "detailed_disposition": "DEFECTIVE",
    "reason": "DEFECTIVE",
    "status": "Unit returned to inventory",
    "license_plate_number": "LPN1",
    "currency": "USD",
}
PARTS = {
    "OurPricePrincipal": "-40.20",
    "OurPriceDiscount": "4.02",
    "OurPriceTax": "-3.30",
    "ShippingPrincipal": "-5.99",
    "ShippingTax": "-0.49",
    "Commission": "6.03",
    "RefundCommission": "-1.21",
}
MOVED: dict[str, Any] = {
    "transaction_id": "tx-1",
    "transaction_type": "Refund",
    "transaction_status": "RELEASED",
    "description": "Refund Order",
    "posted_date": "2026-03-09T06:59:59Z",
    "total": "-41.14",
    "currency": "USD",
    "marketplace_id": "ATVPDKIKX0DER",
    "is_ours": True,
    "order_id": "111-4000001-9000037",
    "refund_id": "R1",
    "settlement_id": None,
    "deferred_transaction_id": None,
    "items": [
        {
            "sku": "AB-1",
            "asin": "B000000001",
            "quantity": 2,
            "network": "AFN",
            "total": "-41.14",
            "currency": "USD",
            "parts": [{"type": name, "amount": amount} for name, amount in PARTS.items()],
        }
    ],
}


def _key(item: dict[str, Any]) -> str:
    return f"{item['amazon_order_id']}/{item['line_number']}/{item['sku']}"


def _lines(*items: dict[str, Any]) -> list[dict[str, Any]]:
    found = canonical("amazon_sp", "orders", items, "order_line", zone=ZONE, key=_key)
    return sorted(found, key=lambda line: line["line_id"])


def _refunds(*moved: dict[str, Any]) -> list[dict[str, Any]]:
    found = canonical("amazon_sp", "finances", moved, "refund", zone=ZONE, key="transaction_id")
    return sorted(found, key=lambda refund: refund["refund_line_id"])


def test_an_order_line_is_dated_in_the_shops_zone_on_the_night_after_its_clocks_changed() -> None:
    assert _lines(ITEM) == [
        {
            "platform": "amazon",
            "shop_id": "shop",
            "source_row_id": "111-4000001-9000037/1/AB-1",
            "order_id": "111-4000001-9000037",
            "line_id": "111-4000001-9000037/1/AB-1",
            "line_type": "goods",
            "sku_id": "AB-1",
            "qty": 2,
            "paid_amount": Decimal("40.2000"),
            "tax_amount": Decimal("3.3000"),
            "currency": "USD",
            "country": "US",
            "ordered_at": datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC),
            "paid_at": datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC),
            "business_date": date(2026, 3, 8),
            "status": "Shipped",
            "is_excluded": False,
        }
    ]


def test_a_discount_is_taken_off_whatever_its_sign_and_shipping_is_a_line_of_its_own() -> None:
    plus = ITEM | {
        "item_promotion_discount": "4.02",
        "shipping_price": "5.99",
        "ship_promotion_discount": "1.00",
    }
    minus = plus | {
        "amazon_order_id": "111-4000002-9000074",
        "item_promotion_discount": "-4.02",
        "ship_promotion_discount": "-5.99",
    }

    found = [
        (line["line_id"], line["line_type"], line["qty"], line["paid_amount"]) for line in _lines(plus, minus)
    ]

    assert found == [
        ("111-4000001-9000037/1/AB-1", "goods", 2, Decimal("36.1800")),
        ("111-4000001-9000037/1/AB-1/shipping", "shipping", 0, Decimal("4.9900")),
        ("111-4000002-9000074/1/AB-1", "goods", 2, Decimal("36.1800")),
    ]


@pytest.mark.parametrize(
    ("case", "currency", "price", "tax", "discount", "expected"),
    [
        ("on top of the price", "USD", "100.00", "8.00", "10.00", ("90", "8")),
        ("on top of the price", "CAD", "100.00", "5.00", None, ("100", "5")),
        ("in the price", "GBP", "120.00", "20.00", None, ("100", "20")),
        ("in the price and in its discount", "EUR", "19.99", "3.19", "4.99", ("12.61", "2.39")),
        ("in the price and in its discount, whole yen", "JPY", "1100", "100", "105", ("905", "90")),
        ("given away", "EUR", "120.00", "20.00", "120.00", ("0", "0")),
        ("stated as none", "EUR", "120.00", "0.00", None, ("120", "0")),
        ("not stated", "EUR", "120.00", None, "12.00", ("108", None)),
        ("in a large price", "EUR", "90071992547409.93", "14381152087737.45", "0.01", ("75690840459672.47", "14381152087737.45")),
    ],
)  # fmt: skip
def test_a_line_is_without_tax_whether_the_tax_is_in_the_price_or_on_top_of_it(
    case: str,
    currency: str,
    price: str,
    tax: str | None,
    discount: str | None,
    expected: tuple[str, str | None],
) -> None:
    money = {"currency": currency, "item_price": price, "item_tax": tax, "item_promotion_discount": discount}
    shipped = {"shipping_price": price, "shipping_tax": tax, "ship_promotion_discount": discount}

    found = {line["line_type"]: line for line in _lines(ITEM | money | shipped)}

    paid, stated = Decimal(expected[0]), None if expected[1] is None else Decimal(expected[1])
    goods = found["goods"]
    assert (goods["paid_amount"], goods.get("tax_amount")) == (paid, stated), case
    # a shipping that is given away with its tax is no line
    shipping = found.get("shipping", {"paid_amount": Decimal(0), "tax_amount": Decimal(0)})
    assert (shipping["paid_amount"], shipping.get("tax_amount")) == (paid, stated), case


@pytest.mark.parametrize(
    ("status", "is_sale"),
    [
        ("Pending", False),
        ("Pending - Waiting for Pick Up", False),
        ("PendingAvailability", False),
        ("Cancelled", False),
        ("Canceled", False),
        ("Unshipped", True),
        ("PartiallyShipped", True),
        ("Shipped", True),
        ("Shipped - Delivered to Buyer", True),
        ("InvoiceUnconfirmed", True),
    ],
)
def test_an_order_counts_once_amazon_may_charge_the_buyer_and_never_when_cancelled(
    status: str, is_sale: bool
) -> None:
    assert len(_lines(ITEM | {"order_status": status})) == is_sale


def test_pending_and_cancelled_orders_are_no_sales() -> None:
    pending = ITEM | {"order_status": "Pending", "item_price": None, "currency": None}
    cancelled = ITEM | {"line_number": 2, "order_status": "Cancelled"}

    assert _lines(pending, cancelled) == []


def test_a_line_cancelled_inside_its_order_is_nothing_and_another_without_a_price_is_unknown() -> None:
    gone = ITEM | {"item_status": "Cancelled", "quantity": 0, "item_price": None}
    unknown = ITEM | {"line_number": 2, "item_price": None}
    priced = ITEM | {"line_number": 3, "item_status": "Cancelled", "shipping_price": "5.99"}

    found = _lines(gone, unknown, priced)

    assert [line.get("paid_amount") for line in found] == [Decimal("0.0000"), None, Decimal("0.0000")]


def test_what_amazon_only_ships_for_another_shop_is_excluded() -> None:
    (line,) = _lines(ITEM | {"sales_channel": "Non-Amazon US", "item_price": None})

    assert (line["is_excluded"], line["exclude_reason"]) == (True, "shipped for another shop")


def test_an_order_that_is_cancelled_later_takes_its_lines_out() -> None:
    both = [ITEM | {"shipping_price": "5.99"}, ITEM | {"line_number": 2}]

    def cancel_first(con: duckdb.DuckDBPyConnection) -> None:
        feed(con, "amazon_sp", "orders", both, key=_key)

    cancelled = [both[0] | {"order_status": "Cancelled"}]
    found = canonical(
        "amazon_sp", "orders", cancelled, "order_line", zone=ZONE, key=_key, prepare=cancel_first
    )

    assert [line["line_id"] for line in found] == ["111-4000001-9000037/2/AB-1"]


def test_refunded_money_is_measured_as_the_line_was_and_counts_no_goods() -> None:
    goods, shipping = _refunds(MOVED)

    assert goods == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": "tx-1",
        "refund_id": "R1",
        "refund_line_id": "tx-1/1/goods",
        "order_id": "111-4000001-9000037",
        "sku_id": "AB-1",
        "qty": 0,
        "amount": Decimal("36.1800"),
        "tax_amount": Decimal("3.3000"),
        "currency": "USD",
        "cogs_base": Decimal("0E-12"),
        "refunded_at": datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC),
        "business_date": date(2026, 3, 8),
        "is_excluded": False,
    }
    assert (shipping["refund_line_id"], shipping["amount"]) == ("tx-1/1/shipping", Decimal("5.9900"))


def test_a_refund_is_without_tax_in_every_marketplace_and_its_tax_stands_beside() -> None:
    found = [
        (refund["amount"], refund["tax_amount"])
        for refund in _refunds(MOVED | {"marketplace_id": "A1PA6795UKMFR9"})
    ]

    assert found == [
        (Decimal("36.1800"), Decimal("3.3000")),
        (Decimal("5.9900"), Decimal("0.4900")),
    ]


def test_the_tax_of_a_discount_lowers_the_refunded_tax_and_no_tax_is_not_a_tax_of_nothing() -> None:
    def parts(*named: tuple[str, str]) -> dict[str, Any]:
        item = MOVED["items"][0] | {"parts": [{"type": name, "amount": amount} for name, amount in named]}
        return MOVED | {"items": [item]}

    (discounted,) = _refunds(
        parts(("OurPricePrincipal", "-100"), ("OurPriceDiscount", "10"), ("OurPriceTax", "-20"), ("OurPriceTaxDiscount", "2"))
    )  # fmt: skip
    (untaxed,) = _refunds(parts(("OurPricePrincipal", "-120")))

    assert (discounted["amount"], discounted["tax_amount"]) == (Decimal("90.0000"), Decimal("18.0000"))
    assert (untaxed["amount"], "tax_amount" in untaxed) == (Decimal("120.0000"), False)


def test_payments_releases_and_movements_of_other_marketplaces_are_no_refunds() -> None:
    others = [
        {"transaction_type": "Shipment", "description": "Order Payment"},
        {"deferred_transaction_id": "tx-0"},
        {"is_ours": False},
    ]

    moved = [MOVED | other | {"transaction_id": f"tx-{n}"} for n, other in enumerate(others, 2)]

    assert _refunds(*moved) == []


def test_a_deferred_refund_counts_once_on_the_day_it_was_posted() -> None:
    posted = MOVED | {"transaction_id": "tx-1", "transaction_status": "DEFERRED_RELEASED"}
    release = MOVED | {"transaction_id": "tx-2", "deferred_transaction_id": "tx-1"}

    assert sum(refund["amount"] for refund in _refunds(posted, release)) == Decimal("42.1700")


def test_a_refund_that_amazon_does_not_break_down_has_an_unknown_amount() -> None:
    bare = MOVED | {"items": [MOVED["items"][0] | {"parts": []}]}
    (first,) = _refunds(bare)
    (second,) = _refunds(MOVED | {"items": []})

    assert [("amount" in refund, refund["refund_line_id"]) for refund in (first, second)] == [
        (False, "tx-1/unknown"),
        (False, "tx-1/unknown"),
    ]


def test_a_returned_unit_brings_goods_and_reason_and_no_money() -> None:
    def key(item: dict[str, Any]) -> str:
        return f"2026-03-09/{item['order_id']}/{item['line_number']}/{item['license_plate_number']}/{item['sku']}"

    (row,) = canonical("amazon_sp", "returns", [RETURNED], "refund", zone=ZONE, key=key)

    assert row == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": key(RETURNED),
        "refund_id": key(RETURNED),
        "refund_line_id": key(RETURNED),
        "order_id": "111-4000001-9000037",
        "sku_id": "AB-1",
        "qty": 1,
        "amount": Decimal("0.0000"),
        "currency": "USD",
        "reason": "DEFECTIVE",
        "reason_kind": "quality",
        "refunded_at": datetime(2026, 3, 9, 7, tzinfo=UTC),
        "business_date": date(2026, 3, 9),
        "type": "return",
        "is_excluded": False,
    }


def test_money_and_goods_of_one_return_stand_side_by_side_and_know_their_order() -> None:
    def others(con: duckdb.DuckDBPyConnection) -> None:
        for stream in ("orders", "returns"):
            account(con, "amazon_sp", stream, zone=ZONE)
        feed(con, "amazon_sp", "orders", [ITEM], key=_key)
        feed(con, "amazon_sp", "returns", [RETURNED], key=lambda item: str(item["license_plate_number"]))

    found = canonical(
        "amazon_sp", "finances", [MOVED], "refund", zone=ZONE, key="transaction_id", prepare=others
    )

    assert {refund["order_business_date"] for refund in found} == {date(2026, 3, 8)}
    assert sum(refund["amount"] for refund in found) == Decimal("42.1700")
    assert sum(refund["qty"] for refund in found) == 1


def test_traffic_of_the_shop_and_of_a_product_are_two_levels() -> None:
    shop: dict[str, Any] = {
        "date": "2026-03-08",
        "level": "shop",
        "product": None,
        "parent_asin": None,
        "child_asin": None,
        "sku": None,
        "units_ordered": 3,
        "order_items": 2,
        "ordered_product_sales": "90071992547409.93",
        "currency": "USD",
        "units_refunded": 0,
        "sessions": 1000,
        "page_views": 1658,
        "buy_box_percentage": "95.24",
    }
    asin = shop | {"level": "sku", "product": "B000000001", "child_asin": "B000000001", "sessions": 18}

    found = canonical(
        "amazon_sp",
        "sales_traffic",
        [shop, asin],
        "traffic",
        zone=ZONE,
        key=lambda row: f"{row['date']}/{row['product'] or 'shop'}",
    )

    product, whole = found
    assert whole == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": "2026-03-08/shop",
        "traffic_on": date(2026, 3, 8),
        "level": "shop",
        "source": "all",
        "sessions": 1000,
        "pageviews": 1658,
        "units": 3,
        "buy_box_pct": Decimal("0.952400"),
        "paid_amount": Decimal("90071992547409.9300"),
        "currency": "USD",
    }
    assert (product["level"], product["sku_id"], product["sessions"]) == ("sku", "B000000001", 18)


def test_stock_counts_what_is_under_way_but_not_what_is_only_announced() -> None:
    stock = {
        "day": "2026-03-08",
        "seller_sku": "AB-1",
        "fn_sku": "X1",
        "asin": "B000000001",
        "condition": "NewItem",
        "total_quantity": 17,
        "fulfillable_quantity": 10,
        "inbound_working_quantity": 1,
        "inbound_shipped_quantity": 4,
        "inbound_receiving_quantity": 2,
        "reserved_quantity": None,
        "last_updated_time": None,
    }
    unknown = stock | {
        "seller_sku": "AB-2",
        "inbound_shipped_quantity": None,
        "inbound_receiving_quantity": None,
    }

    found = canonical(
        "amazon_sp", "fba_inventory", [stock, unknown], "inventory", zone=ZONE, key="seller_sku"
    )

    assert found[0] == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": "AB-1",
        "snapshot_on": date(2026, 3, 8),
        "sku_id": "AB-1",
        "warehouse": "FBA",
        "sellable_qty": 10,
        "inbound_qty": 6,
    }
    assert "inbound_qty" not in found[1]


def test_the_defect_rate_adds_both_ways_of_fulfilment_and_others_keep_amazons_value() -> None:
    part = {
        "fulfilment": "mfn",
        "date_from": "2020-10-20T00:00Z",
        "date_to": "2020-11-18T23:59Z",
        "numerator": 1078,
        "denominator": 539000,
        "rate": "0.009",
        "status": "GOOD",
    }
    health = {"day": "2020-11-19", "metric": "odr", "account_status": "NORMAL", "parts": [part, part]}
    late = health | {"metric": "lsr", "parts": [part | {"rate": "0.03203973037"}]}

    lsr, odr = canonical(
        "amazon_sp", "account_health", [health, late], "platform_health", zone=ZONE, key="metric"
    )

    assert odr == {
        "platform": "amazon",
        "shop_id": "shop",
        "source_row_id": "odr",
        "measured_on": date(2020, 11, 19),
        "metric": "odr",
        "window_days": 30,
        "numerator": Decimal("2156.000000"),
        "denominator": Decimal("1078000.000000"),
        "is_month_last": True,
    }
    assert (lsr["numerator"], lsr["value"]) == (Decimal("1078.000000"), Decimal("0.032040"))
