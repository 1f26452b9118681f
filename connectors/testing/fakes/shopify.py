"""Shopify Admin GraphQL for the conformance suite: a small shop behind the sandbox's own GraphQL engine.

Here: the small world, its truth, Shopify's words for trouble. Not here: the API itself (shopify_api.py).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.fakes.shopify_api import ShopifyApi, ShopifyLimits
from connectors.testing.fakes.shopify_records import ShopLine, ShopOrder, ShopRefund, ShopRefundLine
from connectors.testing.fakes.shopify_shop import Shop, View
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply
from connectors.testing.world import FakeRecord, FakeWorld

TOKEN = "shpat_planted-0123456789abcdef"  # noqa: S105 - planted
PATH = "/admin/api/2026-10/graphql.json"
FIRST, NOW = datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
BIG = 90_071_992_547_409_930  # thousandths of a pound; no binary float holds it
LIMITS = ShopifyLimits(
    maximum=2_000, restore_per_second=100, query_maximum=1_000
)  # the smallest plan's refill
GID = "gid://shopify/"


class ShopifyFake(Platform):
    """Forty orders; some with many lines, some refunded, one with an amount beyond any float."""

    lacks: ClassVar[Mapping[str, str]] = {
        "remove": "an order deleted for good leaves the listing without a trace",
        "empty_page": "a connection's page is only empty when nothing was found",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._shop = Shop("small", [], int(clock.wall().timestamp()))
        self._api = ShopifyApi(self._shop, LIMITS, clock.monotonic)
        self.budgets = {"points": Budget(amount=LIMITS.restore_per_second, seconds=1, burst=LIMITS.maximum)}
        self._numbers: list[int] = []
        for number in range(40):
            self._new(1000 + number, number, _when(number))
        # 12.345: the third decimal must not be lost
        self._shop.patch(
            1004, {"at": "2026-03-30T22:30:00Z", "set_line_price": {_line_id(1004, 1): "12.345"}}
        )

    def _new(self, order: int, number: int, at: datetime) -> str:
        created = int(at.timestamp())
        made = ShopOrder(
            number=order,
            created=created,
            customer=500 + number % 4 or None,
            country=("France", "United Kingdom")[number % 2],
        )
        # 14 lines are more than the connector asks for at once (10): the rest is a question of its own
        for position in range(1, 2 + (13 if number % 9 == 0 else number % 3)):
            unit = BIG if number == 7 else 2_550 + number
            made.items.append(
                ShopLine(
                    order=order,
                    position=position,
                    sku=f"SKU-{position}",
                    title="灯" * 3,
                    quantity=1 + number % 3,
                    unit=unit,
                )
            )
        if number % 3 == 0:
            made.shipping.append(
                # 90: behind all articles, so that its id is nobody else's
                ShopLine(order=order, position=90, sku="POST", title="Post", quantity=1, unit=4_900)
            )
        if number % 5 == 0:
            made.refunds.append(_refund(made, created + 600))
        self._shop.add(made)
        self._numbers.append(order)
        return f"{GID}Order/{order}"

    # -- the API

    def answer(self, request: Received) -> Reply:
        """The GraphQL endpoint; points are counted by what the platform charges."""
        if request.headers.get("x-shopify-access-token") != TOKEN:
            return self.unauthorised()
        if request.path != PATH or request.method != "POST":
            return Reply.json(404, {"errors": "Not Found"})
        self._shop.set_clock(int(self.clock.wall().timestamp()))
        reply = self._api.answer(request.body)
        cost = reply.document.get("extensions", {}).get("cost", {})
        if cost.get("actualQueryCost") is not None:
            self.budgets["points"].take(self.clock.elapsed, cost["actualQueryCost"])
        elif cost:
            self.violations.append("a query was throttled: more points were asked for than were there")
        return reply

    def costs(self, _request: Received) -> Iterable[tuple[str, float]]:
        """Counted in `answer`: a query costs points, not one request."""
        return []

    # -- the truth

    def expected(self, stream: str) -> Mapping[str, Mapping[str, Any]]:
        """Every order as the clock shows it."""
        return {entry.key: entry.payload for entry in self._world().entries(stream)}

    def day_of(self, stream: str, key: str, zone: Any) -> Any:
        """The day an order was made."""
        return self._world().day_of(stream, key, zone)

    def _world(self) -> FakeWorld:
        self._shop.set_clock(int(self.clock.wall().timestamp()))
        world = FakeWorld()
        for view in (self._shop.view(number) for number in self._numbers):
            if view is not None:
                payload = _payload(view)
                entry = FakeRecord(payload["id"], _at(view.updated), _at(view.base.created), {}, payload)
                world.put("orders", entry)
        return world

    # -- changes

    def add(self, _stream: str) -> str:
        """A new order."""
        return self._new(2000 + len(self._numbers), 1, self.clock.wall())

    def change(self, stream: str, key: str | None = None) -> str:
        """A refund is made."""
        number = self._number(stream, key)
        lines = [{"line_item_id": _line_id(number, 1), "quantity": 1, "amount": "1.10"}]
        return self._patched(number, add_refund={"lines": lines})

    def cancel(self, stream: str) -> str:
        """An order is cancelled."""
        return self._patched(self._number(stream, None), cancel=True)

    def late(self, _stream: str, at: datetime) -> str:
        """An order of the past that the search index shows only now."""
        return self._new(3000 + len(self._numbers), 2, at)

    def _number(self, stream: str, key: str | None) -> int:
        return int((key or self._world().entries(stream)[0].key).rpartition("/")[2])

    def _patched(self, number: int, **change: Any) -> str:
        at = self.clock.wall().replace(microsecond=0)
        self._shop.patch(number, {"at": at.isoformat(), **change})
        return f"{GID}Order/{number}"

    # -- words

    def throttled_in_200(self) -> Reply:
        """The usual way."""
        return Reply.json(200, self._api.throttled(500))

    def error_in_200(self) -> Reply:
        """An internal error of the platform."""
        return Reply.json(
            200, {"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
        )

    def unauthorised(self) -> Reply:
        """As the platform words it."""
        return Reply.json(401, {"errors": "[API] Invalid API key or access token"})

    def forbidden(self) -> Reply:
        """A scope that was not granted is told inside a success."""
        denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}
        return Reply.json(200, {"errors": [denied], "data": None})


def _when(number: int) -> datetime:
    if number % 4 == 0:  # more orders at one instant than a page holds
        return datetime(2026, 3, 28, 11, tzinfo=UTC)
    if number % 10 == 1:  # local midnights of London, whose clocks change on the 29th
        day = datetime(2026, 3, 27 + number // 10, tzinfo=UTC)
        return day if day.day <= 29 else day - timedelta(hours=1)
    return FIRST + timedelta(hours=3 * number, minutes=11)


def _line_id(order: int, position: int) -> str:
    return f"{GID}LineItem/{order}{position:04d}"


def _refund(order: ShopOrder, at: int) -> ShopRefund:
    refund = ShopRefund(id=f"8{order.number}", created=at, order=order)
    line = order.items[0]
    refund.lines.append(ShopRefundLine(f"{refund.id}01", line, 1, line.unit))
    # more than its line: shipping and goodwill are given back without one
    refund.total = line.unit + 500
    return refund


def _payload(view: View) -> dict[str, Any]:
    """The flat order of the connector's README, from thousandths."""
    order = view.base
    lines = [_line(line) for line in view.items]
    shipping = [
        {"id": f"{GID}ShippingLine/{s.id}", "title": s.title, "total": _pounds(s.total), "tax": "0"}
        for s in order.shipping
    ]
    total = sum(line.total for line in (*view.items, *order.shipping))
    refunded = sum(refund.total for refund in view.refunds)
    status = "PAID" if not view.refunds else "REFUNDED" if refunded >= total else "PARTIALLY_REFUNDED"
    return {
        "id": f"{GID}Order/{order.number}",
        "created_at": _text(order.created),
        "processed_at": _text(order.created),
        "updated_at": _text(view.updated),
        "cancelled_at": _text(view.cancelled) if view.cancelled else None,
        "paid_at": _text(order.created),
        "test": False,
        "financial_status": status,
        "currency": "GBP",
        "taxes_included": False,
        "total": _pounds(total),
        "total_tax": "0.00",
        "total_tip": "0.00",
        "total_duties": "0",
        "total_fees": "0",
        "total_refunded": _pounds(refunded),
        "customer_id": f"{GID}Customer/{order.customer}" if order.customer else None,
        "country_code": {"France": "FR", "United Kingdom": "GB"}[order.country],
        "country": order.country,
        "line_items": lines,
        "shipping_lines": shipping,
        "refunds": [_refunded(refund) for refund in view.refunds],
    }


def _line(line: ShopLine) -> dict[str, Any]:
    return {
        "id": f"{GID}LineItem/{line.id}",
        "sku": line.sku,
        "kind": "goods",
        "quantity": line.quantity,
        "original_total": _pounds(line.unit * line.quantity),
        "discount": "0",
        "total": _pounds(line.unit * line.quantity),
        "duty": "0",
        "tax": "0",
    }


def _refunded(refund: ShopRefund) -> dict[str, Any]:
    lines = [
        {
            "id": f"{GID}RefundLineItem/{line.id}",
            "line_item_id": f"{GID}LineItem/{line.line.id}",
            "sku": line.line.sku,
            "kind": "goods",
            "quantity": line.quantity,
            "subtotal": _pounds(line.subtotal),
            "duty": "0",
            "tax": "0.00",
        }
        for line in refund.lines
    ]
    told = [Decimal(_pounds(line.subtotal)) for line in refund.lines]
    rest = Decimal(_pounds(refund.total)) - sum(told, Decimal(0))
    return {
        "id": f"{GID}Refund/{refund.id}",
        "created_at": _text(refund.created),
        "total": _pounds(refund.total),
        "currency": "GBP",
        "duties": "0",
        "lines": lines,
        "shipping": [],
        # more than its lines, and nothing says why: money given back beyond them
        "rest": {
            "amount": str(rest or 0),
            "tax": "0",
            "exchanged": "0",
        },
    }


def _pounds(thousandths: int) -> str:
    """Two decimals, three where there are three: `2.55`, `12.345`."""
    text = f"{thousandths // 1000}.{thousandths % 1000:03d}"
    return text.removesuffix("0")


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(seconds: int) -> str:
    return _at(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
