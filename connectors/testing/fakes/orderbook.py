"""An invented in-house order system, the fake behind `connectors/http_json/orderbook.yaml`.

Here: its two endpoints over a small world. Not here: reading YAML (connectors/http_json).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.kit.contract.redact import pseudonym
from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply
from connectors.testing.world import FakeRecord

TOKEN = "planted-orderbook-key-3391"  # noqa: S105 - nobody's key
SHOP_ZONE = ZoneInfo("America/New_York")
FIRST, NOW = datetime(2026, 3, 6, 5, tzinfo=UTC), datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
PLANTED = "Jane Planted"
BIG = 9007199254740993  # fen: one more than a binary float can tell from its neighbour
LINES = {"updated_from", "updated_to", "page", "size"}
STOCK = {"day", "offset", "limit"}


class OrderbookFake(Platform):
    """Sixty order lines and the stock of every day."""

    lacks: ClassVar[Mapping[str, str]] = {
        "remove": "the order system cancels a line and never deletes it",
        "cancel": "stock has nothing to cancel",
        "empty_page": "pages are numbered and counted: an empty one before the total is reached is a fault",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.budgets = {"account": Budget(amount=120, seconds=60)}
        for number in range(60):
            self._line(number, self._when(number))
        for days in range(6):
            for number in range(24):
                self._stock(date(2026, 3, 5) + timedelta(days=days), number)

    def _when(self, number: int) -> datetime:
        if number == 0:  # the first instant that the look-back reaches
            return FIRST - timedelta(hours=2)
        if number % 12 == 0:  # local midnights; clocks change on the 8th
            day = datetime(2026, 3, 6 + number // 12, tzinfo=SHOP_ZONE)
            return day.astimezone(UTC)
        if number % 3 == 0:  # more at one instant than a page holds
            return datetime(2026, 3, 7, 10, tzinfo=UTC)
        return FIRST + timedelta(hours=2 * number, minutes=number)

    def _line(self, number: int, at: datetime) -> str:
        placed = (at - timedelta(hours=number % 7)).replace(microsecond=0)
        fen = BIG + number if number % 5 == 0 else 1990 + number
        order: dict[str, Any] = {
            "no": f"{4000 + number // 2}",
            "placed": _clock(placed),
            "paid_at": _clock(placed),
            "cancelled_at": None,
            "receiver": PLANTED,
            "phone": "555-0100",
        }
        if number % 3:
            order["buyer"] = f"buyer-{number % 9}"
        raw = {
            "line_no": 88_000 + number,
            "order": order,
            "kind": "freight" if number % 6 == 5 else "goods",
            "sku": f"茶-{number % 4}" if number % 6 != 5 else "",
            "quantity": number % 3 + 1,
            # as a number and as a text: both must come to the same amount
            "paid": fen if number % 2 else str(fen),
            "is_test": int(number % 20 == 19),
            "updated_at": int(at.timestamp()),
        }
        return self.world.put("order_lines", _line_entry(raw, at, placed))

    def _stock(self, day: date, number: int, free: int | None = None) -> str:
        raw = {
            "depot": f"D{number % 2}",
            "sku": f"00{number}",  # looks like a number and is none
            "free": 100 + number if free is None else free,
            "value": Decimal("90071992547409.93") if number % 7 == 0 else f"{number}.10",
            "updated_by": PLANTED,
        }
        if number % 3:
            raw["coming"] = number
        payload = {
            "snapshot_on": day.isoformat(),
            "warehouse": raw["depot"],
            "sku_id": raw["sku"],
            "sellable_qty": raw["free"],
            "inbound_qty": raw.get("coming"),
            "on_hand_cost": str(raw["value"]),
            "currency": "CNY",
        }
        at = datetime(day.year, day.month, day.day, tzinfo=SHOP_ZONE).astimezone(UTC)
        return self.world.put(
            "stock", FakeRecord(f"{day}|{raw['depot']}|{raw['sku']}", at, day, raw, payload)
        )

    # -- the API

    def answer(self, request: Received) -> Reply:
        """Lines by their last change, or the stock of a day."""
        if request.headers.get("x-api-key") != TOKEN:
            return self.unauthorised()
        asked = request.parameters
        if request.path == "/api/order-lines" and set(asked) == LINES and _whole(asked, LINES):
            start, end = (datetime.fromtimestamp(int(asked[f"updated_{n}"]), UTC) for n in ("from", "to"))
            size = int(asked["size"])
            return self._page(
                self.world.between("order_lines", start, end),
                (int(asked["page"]) - 1) * size,
                size,
            )
        if request.path == "/api/stock" and set(asked) == STOCK and _whole(asked, {"offset", "limit"}):
            found = self.world.entries("stock", lambda e: str(e.day) == asked["day"])
            return self._page(found, int(asked["offset"]), int(asked["limit"]))
        return Reply.json(200, {"code": 40000, "message": "unknown or wrong parameter", "data": None})

    def _page(self, found: list[FakeRecord], offset: int, size: int) -> Reply:
        items = [entry.raw for entry in found[offset : offset + size]]
        return Reply.json(200, {"code": 0, "data": {"total": len(found), "items": items}})

    # -- changes

    def add(self, stream: str) -> str | None:
        """A line more; a late count of a depot."""
        number = 100 + len(self.world.entries(stream, gone=True))
        if stream == "stock":
            return self._stock(self._yesterday(), number)
        return self._line(number, self.clock.wall().replace(microsecond=0))

    def change(self, stream: str, key: str | None = None) -> str | None:
        """Another quantity."""
        if stream == "stock":
            return self._stock(self._yesterday(), 3, free=7)
        return self._changed(key, quantity=9)

    def cancel(self, stream: str) -> str | None:
        """An order is cancelled."""
        at = _clock(self.clock.wall().replace(microsecond=0))
        return None if stream == "stock" else self._changed(None, cancelled_at=at)

    def remove(self, stream: str) -> str | None:
        """A depot's count is withdrawn."""
        if stream != "stock":
            return None
        return self.world.remove(stream, f"{self._yesterday()}|D1|005")

    def late(self, stream: str, at: datetime) -> str | None:
        """A line that the replica shows late."""
        return self._line(300 + len(self.world.entries(stream, gone=True)), at.replace(microsecond=0))

    def restate(self, _stream: str, day: date) -> str | None:
        """A day is counted again."""
        return self._stock(day, 4, free=55)

    def _yesterday(self) -> date:
        return self.clock.wall().astimezone(SHOP_ZONE).date() - timedelta(days=1)

    def _changed(self, key: str | None, **fields: Any) -> str:
        entry = self.world.streams["order_lines"][key] if key else self.world.entries("order_lines")[0]
        at = self.clock.wall().replace(microsecond=0)
        order = entry.raw["order"] | {n: v for n, v in fields.items() if n == "cancelled_at"}
        raw = entry.raw | {n: v for n, v in fields.items() if n != "cancelled_at"}
        raw |= {"order": order, "updated_at": int(at.timestamp())}
        return self.world.put("order_lines", replace(_line_entry(raw, at, entry.instant), key=entry.key))

    # -- words

    def throttled_in_200(self) -> Reply:
        """The system's own code."""
        return Reply.json(200, {"code": 42900, "message": "slow down", "data": None})

    def error_in_200(self) -> Reply:
        """The system's own code."""
        return Reply.json(200, {"code": 50000, "message": "try later", "data": None})


def _line_entry(raw: dict[str, Any], at: datetime, placed: datetime) -> FakeRecord:
    order = raw["order"]
    digits = f"{int(raw['paid']):03d}"  # 5 fen are 0.05
    payload = {
        "line_id": str(raw["line_no"]),
        "order_id": order["no"],
        "line_type": {"goods": "goods", "freight": "shipping"}[raw["kind"]],
        "buyer_id": pseudonym(order["buyer"]) if "buyer" in order else None,
        "sku_id": raw["sku"] or None,
        "qty": raw["quantity"],
        "paid_amount": f"{digits[:-2]}.{digits[-2:]}",
        "currency": "CNY",
        "ordered_at": placed,
        "paid_at": placed,
        "cancelled_at": order["cancelled_at"]
        and datetime.fromisoformat(order["cancelled_at"]).replace(tzinfo=SHOP_ZONE),
        "is_excluded": raw["is_test"] == 1,
    }
    return FakeRecord(str(raw["line_no"]), at, placed, raw, payload)


def _clock(instant: datetime) -> str:
    return instant.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _whole(asked: Mapping[str, str], names: set[str]) -> bool:
    return all(asked[name].isdigit() for name in names)
