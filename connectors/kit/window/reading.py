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
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Guard
from connectors.kit.contract.proofs import Reading
from connectors.kit.contract.redact import Tree
from connectors.kit.contract.reports import Report
from connectors.kit.contract.request import Request
from connectors.kit.contract.stream import ByDay, MissingPart, Paged, Stream
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.kit.contract.windows import Window, iso, local_day
from connectors.kit.window.spool import Spool, SpooledRecord

# how far a platform's clock may run ahead of the asked window before we call it broken: wide enough for a local time that was
# read in a wrong zone to show as what it is, a record from tomorrow
SKEW = timedelta(days=1)
FOLLOW_UP_CAP = 1000  # requests for one record: more than any order, ticket or page of them has parts


class AnswerSource(Protocol):
    """Where redacted answers come from."""

    def fetch(self, kind: str, request: Request, tree: Tree) -> Json:
        """The answer to `request`, reduced to `tree`."""

    def report(self, declared: Report, query: PageQuery, tree: Tree) -> Iterator[Json]:
        """The rows of a report in pieces, `{"rows": [...]}`; the last one says how it came, `{"report": {...}}`."""


@dataclass(frozen=True, kw_only=True)
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
        query = self.query
        return query.first_day, query.last_day

    @property
    def query(self) -> PageQuery:
        """The query for the first page."""
        return PageQuery(
            account=self.account,
            window=self.window,
            start_cursor=self.start_cursor,
            page_size=self.page_size,
            read_at=self.read_at,
        )


@dataclass(frozen=True)
class WindowResult:
    """What a whole window gave."""

    pages: int
    rows: int
    proof: str
    cursor: str | None


def read_window(
    frame: Frame, source: AnswerSource, spool: Spool, page_done: Callable[[int], None]
) -> WindowResult:
    """Read every page, complete every record, then demand the proof.

    Raises:
        KitError: nothing of the window may be used.
    """
    stream, read = frame.stream, frame.stream.read
    pages, first, body, cursor = 0, None, None, None
    bodies = _paged(frame, source, read) if isinstance(read, Paged) else _reported(frame, source, read.report)
    for page, goes_on_at in bodies:
        body, cursor = page, goes_on_at
        pages += 1
        first = page if first is None else first
        for record in _records(frame, source, page):
            spool.add(record)
        page_done(pages)
    rows = spool.count()
    reading = Reading(
        first_page=first,
        last_page=body,
        records=rows,
        window=frame.window,
        account=frame.account,
        fetch=lambda request, tree: source.fetch("proof", request, tree),
        keys=spool.keys,
    )
    proof = stream.proof.check(reading)
    return WindowResult(pages, rows, proof, cursor if stream.windows.kind == "cursor" else None)


def _paged(frame: Frame, source: AnswerSource, read: Paged) -> Iterator[tuple[Json, str | None]]:
    """Every page, with the cursor at which the next pull would go on."""
    tree, query = frame.stream.tree(), frame.query
    guard = Guard(read.pager.page_cap)
    if frame.start_cursor:
        guard.follow(frame.start_cursor)  # a first page that leads back to where we began is a circle too
    while True:
        body = source.fetch("page", read.request(query), tree)
        following = read.pager.step(body, query)
        # an export that brought nothing new gives no cursor: the next pull goes on where this one did
        yield body, following.cursor or query.token or frame.start_cursor
        if following.token is None:
            return
        guard.follow(following.token)
        total = read.pager.total(body) if query.total is None else query.total
        query = replace(query, token=following.token, total=total)


def _reported(frame: Frame, source: AnswerSource, declared: Report) -> Iterator[tuple[Json, None]]:
    with _fitting("row"):  # rows to be joined are looked at before they are records
        for body in source.report(declared, frame.query, frame.stream.tree()):
            yield body, None


def _records(frame: Frame, source: AnswerSource, body: Json) -> Iterator[SpooledRecord]:
    stream, read = frame.stream, frame.stream.read
    with _fitting("record"):
        if isinstance(read, Paged):
            _complete(frame, source, body, read.page_rest)
            if read.prepare is not None:
                read.prepare(body)
            if read.stamp is not None:
                read.stamp(body, frame.query)
        found = dig(body, read.records)
        if not isinstance(found, list):
            raise SchemaDrift("the record list is no list", actual=read.records)
        for raw in found:
            _complete(frame, source, raw, read.follow_up)
            yield _spooled(frame, stream.record.model.model_validate(raw))


@contextmanager
def _fitting(what: str) -> Iterator[None]:
    """What a connector's own code stumbles over in a platform's answer is drift, named without its values."""
    try:
        yield
    except ValidationError as error:
        raise SchemaDrift(f"a {what} does not fit the connector's model", actual=_where(error)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise SchemaDrift(  # the name of the error only: its text may quote a value
            f"a {what} has another shape than the connector expects", actual=type(error).__name__
        ) from None


def _where(error: ValidationError) -> str:
    # location and kind only: pydantic's own text may quote the value
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return f"{path[:120]}: {first['type']}, {error.error_count()} in all"


def _complete(frame: Frame, source: AnswerSource, raw: Json, missing: MissingPart | None) -> None:
    """Ask for what a record, or a page of them, still needs."""
    if missing is None:
        return
    seen: set[str] = set()
    while (more := missing(raw, frame.account)) is not None:
        if more.token in seen or len(seen) >= FOLLOW_UP_CAP:
            raise SchemaDrift("the platform sent the same page token twice inside a record")
        seen.add(more.token)
        more.merge(source.fetch("follow_up", more.request, more.keep))


def _spooled(frame: Frame, row: Row) -> SpooledRecord:
    stream, windows, window = frame.stream, frame.stream.windows, frame.window
    key, day = stream.record.key(row), stream.record.day(row)
    # a row of a day has no instant of change: the later pull is the newer one
    version = frame.read_at if isinstance(windows, ByDay) else windows.version(row)
    on = local_day(day, frame.account.tz) if isinstance(day, datetime) else day
    if isinstance(windows, ByDay):
        if not frame.days[0] <= on <= frame.days[1]:
            raise Incomplete("the platform ignored the asked days", actual=f"a row of {on}")
    # the end is held less strictly (SKEW): a record may change again while its window is read
    elif windows.kind == "time" and version < window.start:
        raise Incomplete(
            "the platform ignored the asked time range", actual=f"a record changed before {iso(window.start)}"
        )
    elif version > window.end + SKEW + windows.lag:
        raise SchemaDrift("a record claims to have changed in the future", actual=iso(version))
    payload = dumps(plain(stream.record.payload(row)))
    frame_fields = {
        "record_key": key,
        "record_day": on.isoformat(),
        "version_at": iso(version),
        "row_hash": hashlib.sha256(payload.encode()).hexdigest(),
    }
    line = f'{dumps(frame_fields)[:-1]},"payload":{payload}}}'  # the payload is written once, not twice
    # always six digits: the spool compares versions as text
    return SpooledRecord(key, version.astimezone(UTC).isoformat(timespec="microseconds"), line)


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
