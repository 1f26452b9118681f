"""A sample connector that is right, and the fake of its invented platform "Tidydesk", to test the suite itself.

Belongs here: the connector, the fake, the case. Not here: its seeded mistakes (bugs.py).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import HeaderToken
from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError, Throttled
from connectors.kit.contract.fields import Id, Instant, Money, Row
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Cursor
from connectors.kit.contract.proofs import Count, Every, Flag
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.stream import ByChange, Paged, Record, Stream
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window, iso
from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.conformance import StreamCase
from connectors.testing.platform import Platform
from connectors.testing.reply import Received as Asked
from connectors.testing.reply import Reply
from connectors.testing.world import FakeRecord

KEY = "tidydesk-planted-key-4711"
FROM, AS_OF = datetime(2026, 3, 6, 8, tzinfo=UTC), datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
PERSON = "Jane Planted"
BIG = "90071992547409.93"  # no binary float holds it


class Ticket(Row):
    id: Id
    created_at: Instant
    updated_at: Instant
    status: str
    agent: Id | None = None
    refund: Money
    currency: str


def flat_ticket(ticket: Ticket) -> dict[str, Json]:
    return {
        "id": ticket.id,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "status": ticket.status,
        "agent": ticket.agent,
        "refund": ticket.refund,
        "currency": ticket.currency,
    }


def span(window: Window) -> tuple[tuple[str, str], ...]:
    return (("updated_from", iso(window.start)), ("updated_to", iso(window.end)))


def tickets(ask: PageQuery) -> Request:
    params = [*span(ask.window), ("page_size", str(ask.page_size))]
    if ask.token:
        params.append(("page", ask.token))
    return Request("GET", "/api/tickets", params=tuple(params))


def count(account: AccountSettings, window: Window) -> Request:
    return Request("GET", "/api/tickets/count", params=span(window))


TICKETS: Stream[Ticket] = Stream(
    name="tickets",
    feeds=("ticket",),
    windows=ByChange(
        version=lambda ticket: ticket.updated_at,
        max_window_days=2,
        lookback=timedelta(hours=6),
        lookback_reason="updated_at is written up to some hours after the change",
    ),
    read=Paged(request=tickets, pager=Cursor("next", "last"), records="tickets"),
    record=Record(
        model=Ticket,
        key=lambda ticket: ticket.id,
        day=lambda ticket: ticket.created_at,
        payload=flat_ticket,
        pii=("requester", "subject", "address"),
    ),
    proof=Every(Flag("last", expected=True), Count(count, "count")),
    limit="{shop_id}",
    rate=lambda _: Rate(60, seconds=60),
    finality_days=14,
    docs="https://developer.example.com/tidydesk/tickets",
)


class Tidydesk(Connector):
    name = "tidydesk"
    platform = "tidydesk"
    auth = HeaderToken("X-Api-Key")
    streams = (TICKETS,)

    def classify(self, answer: HttpAnswer) -> KitError | None:
        if isinstance(answer.body, dict) and answer.body.get("error") == "slow down":
            return Throttled("the platform asks us to slow down")
        return usual_trouble(answer)


class TidydeskFake(Platform):
    """Pages go on after the last record's place, so that a record that leaves the window moves no other."""

    lacks: ClassVar[Mapping[str, str]] = {"remove": "Tidydesk never deletes a ticket"}

    planted = (PERSON,)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.budgets = {"account": Budget(amount=60, seconds=60)}
        self.rows = 0
        for number in range(60):
            self._new(number, self._when(number))

    def _when(self, number: int) -> datetime:
        if number % 10 == 0:  # local midnights, the edges of windows; clocks change on the 8th
            day = datetime(2026, 3, 7 + number // 15, 8, tzinfo=UTC)
            return day if day < datetime(2026, 3, 8, 12, tzinfo=UTC) else day - timedelta(hours=1)
        if number % 3 == 0:  # more at one instant than a page holds
            return datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
        return FROM + timedelta(hours=2 * number, minutes=number)

    def _new(self, number: int, at: datetime) -> str:
        amount = BIG if number % 7 == 0 else f"{number}.{number % 10}0"
        raw = {
            "id": 9000 + number,
            "created_at": _text(at - timedelta(hours=number % 5)),
            "updated_at": _text(at),
            "status": "已关闭" if number % 2 else "open",
            "agent": f"00{number % 4}" if number % 4 else None,
            "refund": amount if number % 2 else Decimal(amount),
            "currency": "USD",
            "requester": PERSON,
            "address": {"street": "1 Planted Road"},
        }
        kept = ("created_at", "updated_at", "status", "agent", "currency")
        payload = {**{name: raw[name] for name in kept}, "id": str(raw["id"]), "refund": amount}
        key = str(raw["id"])
        return self.world.put("tickets", FakeRecord(key, at, at - timedelta(hours=number % 5), raw, payload))

    def answer(self, request: Asked) -> Reply:
        if request.headers.get("x-api-key") != KEY:
            return self.unauthorised()
        asked = request.parameters
        start, end = (datetime.fromisoformat(asked[name]) for name in ("updated_from", "updated_to"))
        found = self._many(start, end) if self.rows else self.world.between("tickets", start, end)
        if request.path == "/api/tickets/count":
            return Reply.json(200, {"count": len(found)})
        return Reply.json(200, self.page(found, int(asked["page_size"]), asked.get("page")))

    def page(self, found: Sequence[FakeRecord], size: int, token: str | None) -> dict[str, Any]:
        place = (token or "").removesuffix("!")
        start = bisect_right(found, place, key=_place) if place else 0
        if self.empty_page and start == size and token and not token.endswith("!"):
            return {"tickets": [], "next": f"{token}!", "last": False}
        chosen = [found[n] for n in range(start, min(start + size, len(found)))]
        is_last = start + size >= len(found)
        token = None if is_last else _place(chosen[-1])
        return {"tickets": [entry.raw for entry in chosen], "next": token, "last": is_last}

    def add(self, stream: str) -> str | None:
        return self._new(100 + len(self.world.entries(stream, gone=True)), self.clock.wall())

    def change(self, stream: str, key: str | None = None) -> str | None:
        return self._changed(stream, key, status="pending")

    def cancel(self, stream: str) -> str | None:
        return self._changed(stream, None, status="cancelled")

    def _changed(self, stream: str, key: str | None, **fields: Any) -> str:
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        now = {"updated_at": _text(self.clock.wall()), **fields}
        raw, payload = {**entry.raw, **now}, {**entry.payload, **now}
        return self.world.put(stream, replace(entry, at=self.clock.wall(), raw=raw, payload=payload))

    def late(self, stream: str, at: datetime) -> str | None:
        return self._new(300 + len(self.world.entries(stream, gone=True)), at.replace(microsecond=0))

    def throttled_in_200(self) -> Reply | None:
        return Reply.json(200, {"error": "slow down"})

    def error_in_200(self) -> Reply | None:
        return Reply.json(200, {"error": "busy"})

    def vast(self, rows: int) -> int:
        """So many records instead, each made when it is asked for."""
        self.rows = rows
        return rows

    def _many(self, start: datetime, end: datetime) -> "Many":
        step = (AS_OF - FROM) / self.rows
        first, last = (max(0, -(-(at - FROM) // step)) for at in (start, end))
        return Many(range(first, min(last, self.rows)), step)


class Many(Sequence[FakeRecord]):
    """Records by their numbers, in no memory."""

    def __init__(self, numbers: range, step: timedelta) -> None:
        self._numbers, self._step = numbers, step

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: Any) -> Any:
        number = self._numbers[index]
        at = FROM + number * self._step
        raw = {
            "id": number,
            "created_at": _text(at),
            "updated_at": _text(at),
            "status": "open",
            "refund": "1.50",
            "currency": "USD",
            "subject": "x" * 200,
        }
        return FakeRecord(str(number), at, at, raw, {})


def _place(entry: FakeRecord) -> str:
    return f"{entry.at.astimezone(UTC).isoformat(timespec='microseconds')}~{entry.key:>9}"


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


CASE = StreamCase(
    connector=Tidydesk(),
    stream="tickets",
    make_platform=TidydeskFake,
    account={
        "shop_id": "desk",
        "zone": "America/Los_Angeles",
        "secrets": {"token": KEY},
        "settings": {"page_size": "5"},
    },
    span=(FROM, AS_OF),
)
CASES = (CASE,)
