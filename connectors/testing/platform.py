"""The base of every fake platform: an API over a small world of truth, with budgets, tokens and a fault seam.

Belongs here: what all platforms share. Not here: sockets (loopback.py), any platform's API (fakes/), which
faults there are (spoil.py, the conformance suite). How to write one: README.md.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from threading import RLock
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.jobs import ReportJobs
from connectors.testing.reply import Received, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeWorld


@dataclass(frozen=True)
class PlatformCall:
    """One request as the platform saw it; `number` counts from 1, `at` is the fake clock."""

    number: int
    at: float
    request: Received


class Trap(Protocol):
    """What goes wrong on the way."""

    def before(self, call: PlatformCall, /) -> Reply | None:
        """An answer given instead of asking the platform at all."""

    def after(self, call: PlatformCall, reply: Reply, /) -> Reply:
        """The platform's answer, spoilt or not."""


class Platform(ABC):
    """A fake platform over a world.

    Set `lacks` for what the real platform does not have: `change`, `cancel`, `remove`, `late`, `restate`,
    `throttled_in_200`, `error_in_200`, `empty_page`, `move`, `count`, each with the reason.

    `planted` are personal texts that the world's records hold: none of them may ever be stored.

    Attributes:
        world: the truth.
        budgets: documented rate limits by key; `costs` says which a request uses.
        tokens: where tokens expire or rotate.
        jobs: where reports are asynchronous.
        empty_page: an empty page is put into the middle of every listing (only if the platform documents it).
    """

    lacks: ClassVar[Mapping[str, str]] = {}
    planted: ClassVar[tuple[str, ...]] = ()
    exchange_path: ClassVar[str | None] = None  # below the platform's address; account.token_url points there

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.url = ""  # the server fills in where this platform is reached
        self.world = FakeWorld()
        self.budgets: dict[str, Budget] = {}
        self.tokens: Tokens | None = None
        self.jobs = ReportJobs()
        self.empty_page = False
        self.fault: Trap | None = None
        self.calls: list[PlatformCall] = []
        self.violations: list[str] = []
        self._quiet_until = -1.0  # before the clock's first moment, which is 0
        self._lock = RLock()  # an answer may change the world, which asks the platform again

    @abstractmethod
    def answer(self, request: Received) -> Reply:
        """The platform's honest answer, credentials and parameters checked as the real one does."""

    def respond(self, request: Received) -> Reply:
        """The answer with rate limits counted and the ordered fault acted out; called by the server."""
        with self._lock:
            call = PlatformCall(len(self.calls) + 1, self.clock.elapsed, request)
            self.calls.append(call)
            # before the fault: a request that fails is counted by the platform all the same
            self._count(call)
            reply = self.fault.before(call) if self.fault else None
            if reply is None:
                reply = self.answer(request)
            if self.fault:
                reply = self.fault.after(call, reply)
            self._note_wish(reply)
            return reply

    def _count(self, call: PlatformCall) -> None:
        # RFC 9110, 10.2.3: a client that is told Retry-After should not come back earlier
        if call.at < self._quiet_until - 1e-6:
            early = self._quiet_until - call.at
            self.violations.append(f"request {call.number} came {early:.1f} s before Retry-After was over")
        for key, cost in self.costs(call.request):
            budget = self.budgets[key]
            if not budget.take(call.at, cost):
                self.violations.append(
                    f"request {call.number} exceeds {budget.amount:g} per {budget.seconds:g} s of {key}"
                )

    def _note_wish(self, reply: Reply) -> None:
        wish = next((v for name, v in reply.headers.items() if name.lower() == "retry-after"), None)
        if wish is None:
            return
        try:
            seconds = float(wish)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(wish) - self.clock.wall()).total_seconds()
            except ValueError:
                return
        if math.isfinite(seconds) and seconds > 0:  # float() reads "inf" and "nan" too
            self._quiet_until = self.clock.elapsed + seconds

    def costs(self, request: Received, /) -> Iterable[tuple[str, float]]:
        """Which budgets a request uses and how much of each; all of them once, a token request none, if not said."""
        return [] if self.exchanges(request) else [(key, 1.0) for key in self.budgets]

    # -- the truth

    def expected(self, stream: str) -> Mapping[str, Mapping[str, Any]]:
        """Record key to payload: what a full read must give."""
        return self.world.expected(stream)

    def day_of(self, stream: str, key: str, zone: ZoneInfo) -> date:
        """The day a record belongs to."""
        return self.world.day_of(stream, key, zone)

    # -- changes of the world; each gives the key that changed, None where the platform has no such thing

    def add(self, _stream: str, /) -> str | None:
        """A new record, now."""
        return None

    def change(self, _stream: str, _key: str | None = None, /) -> str | None:
        """A record gets another content, now; the first one unless a key is given."""
        return None

    def cancel(self, _stream: str, /) -> str | None:
        """A record is cancelled or closed, now."""
        return None

    def remove(self, _stream: str, /) -> str | None:
        """A record is deleted, now."""
        return None

    def late(self, _stream: str, _at: datetime, /) -> str | None:
        """A record appears only now although it says that it changed at that instant (time streams)."""
        return None

    def restate(self, _stream: str, _day: date, /) -> str | None:
        """The figures of a past day change (day streams)."""
        return None

    def vast(self, _rows: int, /) -> int | None:
        """Hold so many records instead of the world, none of them in memory; None where nobody built that."""
        return None

    # -- the platform's words for trouble

    def throttled(self, retry_after: str | None) -> Reply:
        """Too many requests."""
        headers = {} if retry_after is None else {"Retry_After": retry_after}
        return Reply.json(429, {"error": "too many requests"}, **headers)

    def throttled_in_200(self) -> Reply | None:
        """Too many requests, said in a success."""
        return None

    def error_in_200(self) -> Reply | None:
        """A trouble of the platform's own, said in a success."""
        return None

    def unauthorised(self) -> Reply:
        """The credential is not accepted."""
        return Reply.json(401, {"error": "unauthorised"})

    def forbidden(self) -> Reply:
        """The credential may not read this."""
        return Reply.json(403, {"error": "forbidden"})

    def server_error(self, status: int = 503) -> Reply:
        """A trouble of the platform's own."""
        return Reply.json(status, {"error": "internal"})

    # -- what the suite must know about requests

    def creates(self, _request: Received, /) -> bool:
        """Whether a request begins a report: sending it twice may begin two."""
        return False

    def exchanges(self, request: Received) -> bool:
        """Whether a request asks for a token."""
        return self.exchange_path is not None and request.path == self.exchange_path

    def secrets(self) -> tuple[str, ...]:
        """Everything secret that this platform has handed out so far."""
        return tuple(self.tokens.issued) if self.tokens else ()
