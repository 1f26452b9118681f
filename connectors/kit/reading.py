"""Reads one window page by page into records, from the platform or from a landing file alike.

Because both sources hand over the same redacted answers, a replay gives the same records by construction.
Not here: HTTP (client.py), splitting into windows (pull.py).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from pydantic import ValidationError

from connectors.kit.account import AccountSettings
from connectors.kit.declare import Ask, Stream
from connectors.kit.errors import Incomplete, SchemaDrift
from connectors.kit.fields import Row, money_text
from connectors.kit.pagers import Guard
from connectors.kit.proofs import Reading
from connectors.kit.redact import Tree
from connectors.kit.request import Request
from connectors.kit.spool import Record, Spool
from connectors.kit.strict_json import Json, dig, dumps
from connectors.kit.windows import Window, iso, local_day

SKEW = timedelta(
    days=1
)  # how far a platform's clock may run ahead of the asked window before we call it broken
FOLLOW_UP_CAP = 1000


class Source(Protocol):
    """Where redacted answers come from."""

    def fetch(self, kind: str, request: Request, tree: Tree) -> Json:
        """The answer to `request`, reduced to `tree`."""


@dataclass(frozen=True)
class Frame:
    """What is being read."""

    stream: Stream[Any]
    account: AccountSettings
    window: Window
    start_cursor: str | None
    page_size: int


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
    stream, tree = frame.stream, frame.stream.tree()
    ask = Ask(frame.account, frame.window, None, frame.start_cursor, frame.page_size)
    guard = Guard(stream.pager.page_cap)
    if frame.start_cursor:
        guard.follow(frame.start_cursor)
    pages = 0
    while True:
        body = source.fetch("page", stream.request(ask), tree)
        pages += 1
        step = stream.pager.step(body)
        for record in _records(frame, source, body):
            spool.add(record)
        told(pages)
        if step.token is None:
            break
        guard.follow(step.token)
        ask = replace(ask, token=step.token)
    cursor = step.cursor or ask.token or frame.start_cursor if stream.cursor_kind == "cursor" else None
    return Outcome(pages, spool.count(), _proof(frame, source, body, spool.count()), cursor)


def _proof(frame: Frame, source: Source, last_page: Json, records: int) -> str:
    assert frame.stream.proof is not None  # noqa: S101 - checked at declaration
    reading = Reading(
        last_page, records, frame.window, frame.account, lambda r, t: source.fetch("proof", r, t)
    )
    return frame.stream.proof.check(reading)


def _records(frame: Frame, source: Source, body: Json) -> Iterator[Record]:
    stream = frame.stream
    try:
        if stream.prepare is not None:
            stream.prepare(body)
        found = dig(body, stream.records)
        if not isinstance(found, list):
            raise SchemaDrift("the record list is no list", actual=stream.records)
        for raw in found:
            _complete(frame, source, raw)
            yield _record(frame, stream.model.model_validate(raw))
    except ValidationError as error:
        raise SchemaDrift("a record does not fit the connector's model", actual=_where(error)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise SchemaDrift(
            "a record has another shape than the connector expects", actual=type(error).__name__
        ) from None


def _where(error: ValidationError) -> str:
    # location and kind only: pydantic's own text may quote the value
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return f"{path[:120]}: {first['type']}, {error.error_count()} in all"


def _complete(frame: Frame, source: Source, raw: Json) -> None:
    hook = frame.stream.follow_up
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
    key, day, version = stream.key(row), stream.day(row), stream.version(row)
    if stream.cursor_kind == "time" and version < window.start:
        raise Incomplete(
            "the platform ignored the asked time range", actual=f"a record changed before {iso(window.start)}"
        )
    if version > window.end + SKEW + stream.lag:
        raise SchemaDrift("a record claims to have changed in the future", actual=iso(version))
    payload = dumps(plain(stream.payload(row)))
    frame_fields = {
        "record_key": key,
        "record_day": local_day(day, frame.account.tz).isoformat(),
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
