"""Orders, returns and livestreams of the fake TikTok Shop: each as it is on the wire and as a reader must have it.

Not here: the API over them (tiktok_shop.py).
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.testing.world import FakeRecord

ZONE = ZoneInfo("America/Los_Angeles")
FIRST, LAST = date(2026, 10, 30), date(2026, 11, 2)  # the clocks go back on 1 November
NOW = datetime(2026, 11, 3, 14, 30, tzinfo=UTC)
ORDER, RETURN, LIVE = 576_000_000_000_000_000, 403_000_000_000_000_000, 760_000_000_000_000_000
KINDS = ("OFFICIAL_ACCOUNTS", "MARKETING_ACCOUNTS", "AFFILIATE_ACCOUNTS")
_ADDRESS = {"name": "Jane Planted", "phone_number": "(+1)213-555-0100", "full_address": "1 Planted Road"}


def number_of(key: str) -> int:
    """The number a record was made from."""
    # ORDER, RETURN and LIVE end in six zeros or more
    return int(key) % 1_000_000


def kind_of(entry: FakeRecord) -> str:
    """Which kind of account a livestream ran in."""
    number = number_of(entry.key)
    # a bool is an index: one in five runs in a marketing account
    return KINDS[2] if number in range(700, 800) else KINDS[number % 5 == 4]


def _hours(count: int) -> Iterator[tuple[int, datetime]]:
    """Instants over the days: on a midnight, in the doubled hour, a crowd at one instant."""
    start = datetime.combine(FIRST, time.min, tzinfo=ZONE).astimezone(UTC)
    for number in range(count):
        yield number, start + timedelta(hours=3 * number if number < 30 else 40)
    yield count, datetime.combine(date(2026, 11, 1), time.min, tzinfo=ZONE).astimezone(UTC)
    yield count + 1, datetime(2026, 11, 1, 8, 30, tzinfo=UTC)  # 01:30 before the clocks go back
    yield count + 2, datetime(2026, 11, 1, 9, 30, tzinfo=UTC)  # 01:30 after it


def orders() -> list[FakeRecord]:
    """Orders of the span."""
    return [order(number, at) for number, at in _hours(42)]


def returns() -> list[FakeRecord]:
    """Returns of the span."""
    return [given_back(number, at) for number, at in _hours(40)]


def lives() -> list[FakeRecord]:
    """Livestreams of the span: eight a day, and one of somebody else's account."""
    found = []
    for days in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=days)
        for number in range(9):
            start = datetime.combine(day, time(min(2 * number, 14)), tzinfo=ZONE).astimezone(UTC)
            found.append(live(days * 20 + number, start))
    return [*found, live(700, datetime(2026, 11, 1, 20, tzinfo=UTC))]


def order(
    number: int,
    at: datetime,
    *,
    created: datetime | date | None = None,
    extra: int = 0,
    is_cancelled: bool = False,
) -> FakeRecord:
    """One order of two lines, changed at `at`."""
    born = created if isinstance(created, datetime) else at
    identity = str(ORDER + number)
    lines = [_line(number, place) for place in range(2)]
    payment = _payment(lines, extra)
    status = "CANCELLED" if is_cancelled else ("AWAITING_SHIPMENT", "DELIVERED", "UNPAID")[number % 3]
    paid = None if status == "UNPAID" else int(born.timestamp()) + 60
    buyer = f"74946{number:012d}"
    raw = {
        "id": identity,
        "status": status,
        "create_time": int(born.timestamp()),
        "update_time": int(at.timestamp()),
        "paid_time": paid or 0,
        **({"cancel_time": int(at.timestamp()), "cancellation_initiator": "BUYER"} if is_cancelled else {}),
        "is_sample_order": number == 7,
        "user_id": buyer,
        "buyer_email": "jane.planted@example.com",
        "recipient_address": {"region_code": "US", **_ADDRESS},
        "payment": {name: value for name, value in payment.items() if value is not None},
        "line_items": lines,
    }
    payload = {
        "id": identity,
        "status": status,
        "create_time": _iso(born),
        "update_time": _iso(at),
        "paid_time": _iso(born + timedelta(seconds=60)) if paid else None,
        "cancel_time": _iso(at) if is_cancelled else None,
        "cancellation_initiator": "BUYER" if is_cancelled else None,
        "is_sample_order": number == 7,
        "is_replacement_order": False,
        "user_id": hashlib.sha256(f"meritline:{buyer}".encode()).hexdigest()[:24],
        "region_code": "US",
        "payment": payment,
        "line_items": [_read(line) for line in lines],
    }
    return FakeRecord(identity, at, born, raw, payload)


def _payment(lines: list[dict[str, Any]], extra: int) -> dict[str, str | None]:
    original = sum((Decimal(line["original_price"]) for line in lines), Decimal(0))
    seller = sum((Decimal(line["seller_discount"]) for line in lines), Decimal(0))
    platform = sum((Decimal(line["platform_discount"]) for line in lines), Decimal(0))
    return {
        "currency": "USD",
        "original_total_product_price": str(original),
        "seller_discount": str(seller),
        "platform_discount": str(platform),
        "sub_total": str(original - seller - platform),
        "shipping_fee": "4.90",
        # the goods' tax of 0.90 and that of the shipping come on top
        "total_amount": str(original - seller - platform + Decimal("4.90") + Decimal("1.02") + extra),
        "tax": "1.02",
        "product_tax": "0.90",
        "shipping_fee_tax": "0.12",
        "retail_delivery_fee": None,
    }


def _line(number: int, place: int) -> dict[str, Any]:
    price = ("90071992547409.93", "19.90", "0.10", "128.00")[(number + place) % 4]
    seller, platform = ("0.00", "0.05") if price == "0.10" else ("1.10", "2.30")
    return {
        "id": str(577_000_000_000_000_000 + number * 10 + place),
        "sku_id": str(172_900_000_000_000_000 + place),
        "seller_sku": f"SKU-{place}" if place else "",
        "currency": "USD",
        "original_price": price,
        "seller_discount": seller,
        "platform_discount": platform,
        "sale_price": str(Decimal(price) - Decimal(seller) - Decimal(platform)),
        "display_status": "DELIVERED",
        "product_name": "围巾 scarf",
        **(
            {"item_tax": [{"tax_type": "SALES_TAX", "tax_rate": "0.05", "tax_amount": "0.45"}]}
            if number % 2
            else {}
        ),
    }


def _read(line: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in line.items() if name != "product_name"}
    taxes = [{"tax_amount": tax["tax_amount"]} for tax in line.get("item_tax", [])]
    return {**told, "seller_sku": line["seller_sku"] or None, "item_tax": taxes}


def given_back(
    number: int,
    at: datetime,
    *,
    created: datetime | date | None = None,
    extra: int = 0,
    is_cancelled: bool = False,
) -> FakeRecord:
    """One return of one line, changed at `at`."""
    born = created if isinstance(created, datetime) else at
    identity = str(RETURN + number)
    status = ("RETURN_OR_REFUND_REQUEST_COMPLETE", "RETURN_OR_REFUND_REQUEST_PENDING")[number % 2]
    status = "RETURN_OR_REFUND_REQUEST_CANCEL" if is_cancelled else status
    amount = {
        "currency": "USD",
        "refund_subtotal": ("90071992547409.93", "0.10", "18.80")[number % 3],
        "refund_shipping_fee": "0",
        "refund_tax": "1.50",
        "refund_total": str(Decimal("20.30") + extra),
    }
    line = {
        "return_line_item_id": str(404_000_000_000_000_000 + number),
        "order_line_item_id": str(577_000_000_000_000_000 + number * 10),
        "sku_id": "172900000000000000",
        "seller_sku": "SKU-1",
        "refund_amount": amount,
    }
    discount = {"product_platform_discount": "2.30", "product_seller_discount": "1.10"}
    raw = {
        "return_id": identity,
        "order_id": str(ORDER + number),
        "return_type": "RETURN_AND_REFUND",
        "return_status": status,
        "return_reason": "ecom_order_delivered_refund_and_return_reason_wrong_product",
        "role": "BUYER",
        "create_time": int(born.timestamp()),
        "update_time": int(at.timestamp()),
        "refund_amount": amount,
        "discount_amount": [{"currency": "USD", **discount}],
        "return_line_items": [{**line, "product_name": "围巾 scarf"}],
        "return_warehouse_address": {"full_address": "1 Planted Road"},
    }
    payload = {
        **{name: raw[name] for name in ("return_id", "order_id", "return_type", "return_status")},
        "arbitration_status": None,
        "return_reason": raw["return_reason"],
        "role": "BUYER",
        "create_time": _iso(born),
        "update_time": _iso(at),
        "refund_amount": amount,
        "discount_amount": [discount],
        "return_line_items": [line],
    }
    return FakeRecord(identity, at, born, raw, payload)


def live(number: int, start: datetime, *, extra: int = 0) -> FakeRecord:
    """One livestream of two hours; accounts of others state no interaction."""
    identity = str(LIVE + number)
    is_own = number not in range(700, 800)  # these run in accounts of others
    gmv = ("90071992547409.93", "48200.50", "0.10")[number % 3]
    sales = {"sku_orders": 98 + extra, "customers": 45}
    reached = {
        "views": 5000 + number,
        "viewers": 3100,
        "comments": 300,
        "likes": 9000,
        "shares": 12,
        "new_followers": 21,
        "product_impressions": 8000,
        "product_clicks": 350,
        "pcu": 410,
        "acu": 120,
    }
    own = {**reached, "avg_viewing_duration": "43.5", "click_through_rate": "7.00"}
    raw = {
        "id": identity,
        "title": "围巾专场 LIVE",
        "username": "planted.shop" if is_own else "some.creator",
        # as a text and as a number: both must be read
        "start_time": str(int(start.timestamp())) if number % 2 else int(start.timestamp()),
        "end_time": int(start.timestamp()) + 7200,
        "sales_performance": {"gmv": {"amount": gmv, "currency": "USD"}, "items_sold": 150, **sales},
        **({"interaction_performance": own} if is_own else {}),
    }
    payload = {
        "id": identity,
        "username": raw["username"],
        "start_time": _iso(start),
        "end_time": _iso(start + timedelta(hours=2)),
        "gmv": gmv,
        "currency": "USD",
        **sales,
        **(reached if is_own else dict.fromkeys(reached)),
        "avg_viewing_duration": "43.5" if is_own else None,
    }
    day = start.astimezone(ZONE).date()
    return FakeRecord(
        identity, datetime.combine(day, time.min, tzinfo=ZONE).astimezone(UTC), start, raw, payload
    )


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
