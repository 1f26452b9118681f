"""Seeded mistakes: the sample connector with one thing wrong each, as a real engineer could write it.

Belongs here: the mistakes and which point must catch each. Not here: that they are caught (test_suite.py).
"""

import itertools
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import HeaderToken, Signed
from connectors.kit.contract.classify import by_status, usual_trouble
from connectors.kit.contract.errors import KitError, Throttled, Transient
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Cursor, NextPage, Pager
from connectors.kit.contract.proofs import Flag, Proof, Reading, WholeReport
from connectors.kit.contract.reports import JobState, Status
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import iso
from connectors.testing.conformance import StreamCase
from connectors.testing.reply import Received as Asked
from connectors.testing.reply import Reply
from connectors.testing.world import FakeRecord
from tests.connectors.changed import changed
from tests.connectors.testing.conformance.sample import (
    CASE,
    TICKETS,
    Ticket,
    Tidydesk,
    TidydeskFake,
    flat_ticket,
    tickets,
)
from tests.connectors.testing.conformance.sample_report import AUTH, REPORT, wrong


@dataclass(frozen=True)
class Bug:
    """One mistake, the point that must catch it, and words of its evidence."""

    name: str
    case: StreamCase
    point: int
    words: str


def _with(**changes: Any) -> StreamCase:
    """The sample with other parts: `classify`, `auth`, `platform`, or fields of the stream."""
    own = {name: changes.pop(name) for name in ("classify", "auth") if name in changes}
    platform = changes.pop("platform", TidydeskFake)
    settings = {**CASE.account, **changes.pop("account", {})}
    members = {"classify": Tidydesk.classify, **own, "streams": (changed(TICKETS, **changes),)}
    return replace(
        CASE, connector=type("Wrong", (Tidydesk,), members)(), make_platform=platform, account=settings
    )


class Trusting(Proof):
    """Believes that the pages were all."""

    def check(self, reading: Reading) -> str:
        return "looks complete"


class FirstPage(Pager):
    """Reads page 1 only."""

    paths = ()

    def step(self, body: Json, ask: PageQuery) -> NextPage:
        return NextPage(None)


class StopAtEmpty(Cursor):
    """Takes an empty page for the end."""

    @property
    def paths(self) -> tuple[str, ...]:
        return (*super().paths, "tickets.id")

    def step(self, body: Json, ask: PageQuery) -> NextPage:
        return super().step(body, ask) if body["tickets"] else NextPage(None)


class ShortIsLast(Pager):
    """Ignores what the platform says about more pages: a page that is not full is the last."""

    paths = ("next",)

    def step(self, body: Json, ask: PageQuery) -> NextPage:
        return NextPage(body["next"] if len(body["tickets"]) == ask.page_size else None)


class Salted(Cursor):
    """Gets around "the same token twice" by making each one unique."""

    def step(self, body: Json, ask: PageQuery) -> NextPage:
        step = super().step(body, ask)
        return NextPage(step.token and f"{step.token}#{next(_SALT)}")


_SALT = itertools.count()


class ByOffset(TidydeskFake):
    """A platform that pages by offset: a record that leaves the window moves the others up."""

    def page(self, found: Sequence[FakeRecord], size: int, token: str | None) -> dict[str, Any]:
        start = int(token or 0)
        chosen, is_last = found[start : start + size], start + size >= len(found)
        return {
            "tickets": [e.raw for e in chosen],
            "next": None if is_last else str(start + size),
            "last": is_last,
        }


class Inclusive(TidydeskFake):
    """A platform whose `updated_to` belongs to the range."""

    def answer(self, request: Asked) -> Reply:
        end = datetime.fromisoformat(request.parameters["updated_to"])
        later = iso(end + timedelta(microseconds=1)).replace("+", "%2B")
        return super().answer(
            replace(request, target=request.target.replace(_quoted(iso(end)), _quoted(later)))
        )


def _quoted(text: str) -> str:
    return text.replace(":", "%3A")


class KeyInQuery(TidydeskFake):
    """A platform that takes the key from the address too."""

    def answer(self, request: Asked) -> Reply:
        headers = {**request.headers, "x-api-key": request.parameters.get("key", "")}
        return super().answer(replace(request, headers=headers))


def _key_in_query(prepared: PreparedRequest, account: AccountSettings, now: datetime) -> None:
    prepared.prepare_url(prepared.url or "", {"key": account.secret("token")})


class Chatty(HeaderToken):
    """Logs what it sends while somebody looks for an error."""

    def sign(self, prepared: PreparedRequest, context: Any) -> None:
        super().sign(prepared, context)
        logging.getLogger("tidydesk").debug("sending %s", dict(prepared.headers))


def _no_error_document(self: Any, answer: HttpAnswer) -> KitError | None:
    return by_status(answer.status)


def _impatient(self: Any, answer: HttpAnswer) -> KitError | None:
    if answer.status == 429:
        return Throttled("slow down", retry_after="0")
    return Tidydesk.classify(self, answer)


def _auth_is_passing(self: Any, answer: HttpAnswer) -> KitError | None:
    return Transient("who are you?") if answer.status == 401 else Tidydesk.classify(self, answer)


def _forbidden_is_empty(self: Any, answer: HttpAnswer) -> KitError | None:
    return None if answer.status == 403 else usual_trouble(answer)


def _starts_late(ask: PageQuery) -> Request:
    return _asking(ask, iso(ask.window.start + timedelta(seconds=1)), iso(ask.window.end))


def _ends_early(ask: PageQuery) -> Request:
    return _asking(ask, iso(ask.window.start), iso(ask.window.end - timedelta(hours=1)))


def _local_as_utc(ask: PageQuery) -> Request:
    local = [at.astimezone(ask.account.tz).replace(tzinfo=UTC) for at in (ask.window.start, ask.window.end)]
    return _asking(ask, iso(local[0]), iso(local[1]))


def _asking(ask: PageQuery, start: str, end: str) -> Request:
    rest = tickets(ask).params[2:]
    return Request("GET", "/api/tickets", params=(("updated_from", start), ("updated_to", end), *rest))


def _unsalted(ask: PageQuery) -> Request:
    return tickets(replace(ask, token=(ask.token or "").partition("#")[0] or None))


def _pacific_day(ticket: Ticket) -> date:
    return (ticket.created_at - timedelta(hours=8)).date()  # as if there were no summer time


class FloatTicket(Ticket):
    refund: Annotated[Decimal, BeforeValidator(lambda value: Decimal(str(float(value))))]


class NumberTicket(Ticket):
    agent: Annotated[str | None, BeforeValidator(lambda value: value and str(int(value)))] = None


class MachineTicket(Ticket):
    created_at: Annotated[datetime, BeforeValidator(lambda v: datetime.fromisoformat(v[:19]).astimezone(UTC))]


class NosyTicket(Ticket):
    requester: str | None = None


class LaxTicket(Ticket):
    id: Annotated[str, BeforeValidator(str)]


class GuessingTicket(Ticket):
    status: str = "open"
    currency: str = "USD"
    refund: Annotated[Decimal, BeforeValidator(lambda value: Decimal(str(value or 0)))] = Decimal(0)


def _hiding(body: Json) -> None:
    body["tickets"] = [ticket for ticket in body["tickets"] if ticket["status"] != "cancelled"]


def _never_failed(body: Json) -> Status:
    found = REPORT.read(body)
    return replace(found, state=JobState.RUNNING) if found.state is JobState.FAILED else found


def _dated(ticket: Ticket) -> dict[str, Json]:
    return {**flat_ticket(ticket), "pulled_at": str(time.monotonic_ns())}


def _dropping_status(ticket: Ticket) -> dict[str, Json]:
    return {**flat_ticket(ticket), "refund": f"{ticket.refund:.1f}"}


KEY_IN_ADDRESS = _with(
    auth=Signed(_key_in_query, ("token",)), platform=KeyInQuery
)  # the kit keeps even that quiet

BUGS = (
    Bug("reads page 1 only", _with(pager=FirstPage(), proof=Trusting()), 4, "missing"),
    Bug("believes pages without a count", _with(proof=Trusting()), 11, "missing"),
    Bug("proves by the last flag alone", _with(proof=Flag("last", expected=True)), 11, "missing"),
    Bug("stops at an empty page", _with(pager=StopAtEmpty("next", "last")), 11, "empty page"),
    Bug("takes a short page for the last", _with(pager=ShortIsLast(), proof=Trusting()), 11, "missing"),
    Bug("follows a repeated token", _with(pager=Salted("next", "last"), request=_unsalted), 12, "no end"),
    Bug("pages forward over moving pages", _with(platform=ByOffset), 10, "others are lost"),
    Bug("loses records at the window's start", _with(request=_starts_late), 4, "P108"),
    Bug("asks a window that ends early", _with(request=_ends_early, proof=Trusting()), 4, "missing"),
    Bug("reads an inclusive end as exclusive", _with(platform=Inclusive), 9, "two windows"),
    Bug(
        "sends local time as UTC", _with(request=_local_as_utc, proof=Trusting()), 4, "ignored the asked time"
    ),
    Bug("reads instants in the machine's zone", _with(model=MachineTicket), 28, "TZ=Asia/Shanghai"),
    Bug("takes the day without summer time", _with(day=_pacific_day), 4, "filed under"),
    Bug("puts money through a float", _with(model=FloatTicket), 4, "refund"),
    Bug("rounds money", _with(payload=_dropping_status), 4, "refund"),
    Bug("reads ids as numbers", _with(model=NumberTicket), 4, "agent"),
    Bug("takes null for an id", _with(model=LaxTicket), 19, "id null passed"),
    Bug("fills required fields with defaults", _with(model=GuessingTicket), 20, "refund"),
    Bug("takes an error in a 200 for data", _with(classify=_no_error_document), 16, "error in a 200"),
    Bug("ignores Retry-After", _with(classify=_impatient), 14, "before Retry-After"),
    Bug("ignores the rate limit", _with(rate=lambda _: Rate(10_000, seconds=1)), 25, "exceeds"),
    Bug("retries a refused key", _with(classify=_auth_is_passing), 3, "P102"),
    Bug("takes a missing permission for data", _with(classify=_forbidden_is_empty), 3, "missing permission"),
    Bug("has no look-back", _with(lookback=timedelta(0)), 7, "was restated"),
    Bug("calls figures final while it reads them again", _with(finality_days=0), 33, "final after 0"),
    Bug("hides cancelled records", _with(prepare=_hiding, proof=Trusting()), 6, "cancel"),
    Bug("dates its payload", _with(payload=_dated), 4, "pulled_at"),
    Bug("keeps a personal field", _with(model=NosyTicket, pii=("subject",)), 30, "Jane"),
    Bug("logs the headers it sends", _with(auth=Chatty("X-Api-Key")), 2, "a log line"),
    Bug("believes a report for another range", wrong(echo=None), 26, "another range passed unnoticed"),
    Bug("believes a file cut at a line end", wrong(proof=WholeReport()), 17, "line end passed unnoticed"),
    Bug("asks at once for a failed report again", wrong(cool_down=timedelta(0)), 26, "within its cool-down"),
    Bug("waits for a failed report", wrong(read=_never_failed), 26, "P114"),
    Bug("does not keep a rotated token", wrong(auth=replace(AUTH, rotates=False)), 23, "P104"),
)
