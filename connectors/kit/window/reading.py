"""Reads one window page by page into records, from the platform or from a landing file alike.

Because both sources hand over the same redacted answers, a replay gives the same records by construction.
Not here: HTTP (client.py), splitting into windows (pull.py).
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from pydantic import ValidationError

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.fields import Row, money_text
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Guard
from connectors.kit.contract.proofs import Reading
from connectors.kit.contract.redact import Tree
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.kit.contract.windows import Window, iso, local_day
from connectors.kit.window.spool import Record, Spool

SKEW = timedelta(
    days=1
)  # how far a platform's clock may run ahead of the asked window before we call it broken
FOLLOW_UP_CAP = 1000
Hook = Callable[[Json, AccountSettings], FollowUp | None]


class Source(Protocol):
    """Where redacted answers come from."""

    def fetch(self, kind: str, request: Request, tree: Tree) -> Json:
        """The answer to `request`, reduced to `tree`."""

    def report(self, ask: Ask, tree: Tree) -> Iterator[Json]:
        """The rows of a report in pieces, `{"rows": [...]}`; the last one says how it came, `{"report": {...}}`."""


@dataclass(frozen=True)
class Frame:
    """What is being read."""

    stream: Stream[Any]
    account: AccountSettings
    window: Window
    start_cursor: str | None
    page_size: int
    read_at: datetime

    @property
    def days(self) -> tuple[date, date]:
        """First and last local day of the window."""
        ask = self.ask
        return ask.first_day, ask.last_day

    @property
    def ask(self) -> Ask:
        """The question for the first page."""
        return Ask(self.account, self.window, None, self.start_cursor, self.page_size, read_at=self.read_at)


@dataclass(frozen=True)
class Outcome:
    """What a whole window gave."""

    pages: int
    rows: int
    proof: str
    cursor: str | None


def read_window(frame: Frame, source: Source, spool: Spool, told: Callable[[int], None]) -> Outcome:
    """Read every page, complete every record, then demand the proof.

    Raises:
        KitError: nothing of the window may be used.
    """
    stream = frame.stream
    pages, first, body, cursor = 0, None, None, None
    for body, cursor in _reported(frame, source) if stream.report else _paged(frame, source):  # noqa: B007 - the last ones count
        pages += 1
        first = body if first is None else first
        for record in _records(frame, source, body):
            spool.add(record)
        told(pages)
    assert stream.proof is not None  # noqa: S101 - checked at declaration
    rows = spool.count()
    reading = Reading(
        first,
        body,
        rows,
        frame.window,
        frame.account,
        lambda r, t: source.fetch("proof", r, t),
        spool.keys,
    )
    proof = stream.proof.check(reading)
    return Outcome(pages, rows, proof, cursor if stream.cursor_kind == "cursor" else None)


def _paged(frame: Frame, source: Source) -> Iterator[tuple[Json, str | None]]:
    """Every page, with the cursor at which the next pull would go on."""
    stream, tree, ask = frame.stream, frame.stream.tree(), frame.ask
    assert stream.pager is not None and stream.request is not None  # noqa: S101, PT018 - checked at declaration
    guard = Guard(stream.pager.page_cap)
    if frame.start_cursor:
        guard.follow(frame.start_cursor)
    while True:
        body = source.fetch("page", stream.request(ask), tree)
        step = stream.pager.step(body, ask)
        yield body, step.cursor or ask.token or frame.start_cursor
        if step.token is None:
            return
        guard.follow(step.token)
        total = stream.pager.total(body) if ask.total is None else ask.total
        ask = replace(ask, token=step.token, total=total)


def _reported(frame: Frame, source: Source) -> Iterator[tuple[Json, None]]:
    with _fitting("row"):  # rows to be joined are looked at before they are records
        for body in source.report(frame.ask, frame.stream.tree()):
            yield body, None


def _records(frame: Frame, source: Source, body: Json) -> Iterator[Record]:
    stream = frame.stream
    with _fitting("record"):
        _complete(frame, source, body, stream.page_rest)
        if stream.prepare is not None:
            stream.prepare(body)
        if stream.stamp is not None:
            stream.stamp(body, frame.ask)
        found = dig(body, stream.records)
        if not isinstance(found, list):
            raise SchemaDrift("the record list is no list", actual=stream.records)
        for raw in found:
            _complete(frame, source, raw, stream.follow_up)
            yield _record(frame, stream.model.model_validate(raw))


@contextmanager
def _fitting(what: str) -> Iterator[None]:
    """What a connector's own code stumbles over in a platform's answer is drift, named without its values."""
    try:
        yield
    except ValidationError as error:
        raise SchemaDrift(f"a {what} does not fit the connector's model", actual=_where(error)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise SchemaDrift(
            f"a {what} has another shape than the connector expects", actual=type(error).__name__
        ) from None


def _where(error: ValidationError) -> str:
    # location and kind only: pydantic's own text may quote the value
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return f"{path[:120]}: {first['type']}, {error.error_count()} in all"


def _complete(frame: Frame, source: Source, raw: Json, hook: Hook | None) -> None:
    """Ask for what a record, or a page of them, still needs."""
    if hook is None:
        return
    seen: set[str] = set()
    while (more := hook(raw, frame.account)) is not None:
        if more.token in seen or len(seen) >= FOLLOW_UP_CAP:
            raise SchemaDrift("the platform sent the same page token twice inside a record")
        seen.add(more.token)
        more.merge(source.fetch("follow_up", more.request, more.keep))


def _record(frame: Frame, row: Row) -> Record:
    stream, window = frame.stream, frame.window
    key, day = stream.key(row), stream.day(row)
    version = frame.read_at if stream.version is None else stream.version(row)
    on = local_day(day, frame.account.tz) if isinstance(day, datetime) else day
    if stream.cursor_kind == "day" and not frame.days[0] <= on <= frame.days[1]:
        raise Incomplete("the platform ignored the asked days", actual=f"a row of {on}")
    if stream.cursor_kind == "time" and version < window.start:
        raise Incomplete(
            "the platform ignored the asked time range", actual=f"a record changed before {iso(window.start)}"
        )
    if stream.version is not None and version > window.end + SKEW + stream.lag:
        raise SchemaDrift("a record claims to have changed in the future", actual=iso(version))
    payload = dumps(plain(stream.payload(row)))
    frame_fields = {
        "record_key": key,
        "record_day": on.isoformat(),
        "version_at": iso(version),
        "row_hash": hashlib.sha256(payload.encode()).hexdigest(),
    }
    line = f'{dumps(frame_fields)[:-1]},"payload":{payload}}}'  # the payload is written once, not twice
    return Record(key, version.astimezone(UTC).isoformat(timespec="microseconds"), line)


def plain(value: Json) -> Json:
    """Money and instants as text, everything else as it is."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return iso(value) if isinstance(value, datetime) else value
