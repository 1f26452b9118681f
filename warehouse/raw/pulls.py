"""What is known of pulls: every recorded window, the newest proof of each stream, failures that no later pull mended.

Belongs here: reading load_window and load_drift. Not here: which days are whole (coverage.py), the past of one record
(history.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import duckdb

from models.loads import FILE_DROP, StreamRef
from warehouse.raw.states import LoadStatus, WindowKind
from warehouse.store.rows import only_value, records, row_dicts
from warehouse.store.sqltext import Sql, statement


@dataclass(frozen=True, kw_only=True)
class OpenFailure:
    """Days that failed and that no later pull has proven since."""

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    code: str
    cause: str
    as_of: datetime


@dataclass(frozen=True, kw_only=True)
class RecordedWindow:
    """One line of the record of loads: what was read of which span, or why it could not be."""

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    kind: WindowKind
    status: LoadStatus
    proof: str | None
    cause_code: str | None
    cause: str | None
    landing_file: str | None
    landing_sha256: str | None
    as_of: datetime


def recorded_windows(con: duckdb.DuckDBPyConnection) -> list[RecordedWindow]:
    """Every window, proven or failed, in the order in which it was loaded."""
    sql = Sql(
        "select connector, stream, shop_id, window_from, window_to, kind, status, proof, cause_code, cause,"
        " landing_file, landing_sha256, as_of from load_window order by load_seq"
    )

    def window(*, connector: str, stream: str, shop_id: str, **rest: Any) -> RecordedWindow:
        return RecordedWindow(ref=StreamRef(connector, stream, shop_id), **rest)

    return records(con, sql, (), window)


def pulled_at(con: duckdb.DuckDBPyConnection, landing_file: str) -> datetime | None:
    """The instant of the newest pull that wrote a landing file; None when it was never loaded."""
    sql = Sql("select max(as_of) from load_window where landing_file = ?")
    found: datetime | None = only_value(con, sql, [landing_file])
    return found


def first_day_loaded(con: duckdb.DuckDBPyConnection, connector: str, *, since: int) -> date | None:
    """The first day (UTC) of the windows of a connector that were recorded after a load; None when there are none."""
    sql = Sql("select min(cast(window_from as date)) from load_window where load_seq > ? and connector = ?")
    found: date | None = only_value(con, sql, [since, connector])
    return found


def proven_until(con: duckdb.DuckDBPyConnection) -> dict[StreamRef, tuple[datetime, datetime]]:
    """Per stream and account the newest proven instant, and when that was pulled; fact files aside."""
    sql = Sql(
        "select connector, stream, shop_id, max(window_to) as window_to, max(as_of) as as_of from load_window"
        " where status = 'proven' and connector <> ? group by all order by all"
    )
    return {
        StreamRef(row["connector"], row["stream"], row["shop_id"]): (row["window_to"], row["as_of"])
        for row in row_dicts(con, sql, [FILE_DROP])
    }


def drift_seen(con: duckdb.DuckDBPyConnection) -> dict[StreamRef, dict[str, int]]:
    """Per stream and account the unknown fields of its newest pull, with how often they came."""
    found: dict[StreamRef, dict[str, int]] = {}
    for row in row_dicts(con, statement("history/drift_newest.sql")):
        ref = StreamRef(row["connector"], row["stream"], row["shop_id"])
        found.setdefault(ref, {})[str(row["field"])] = int(row["n"])
    return found


def open_failures(con: duckdb.DuckDBPyConnection) -> list[OpenFailure]:
    """Failed windows, the newest word about each span, without what was proven after them; fact files aside."""
    left: dict[StreamRef, list[OpenFailure]] = {}
    for window in recorded_windows(con):
        if window.ref.connector == FILE_DROP:
            continue
        kept = [
            rest
            for failure in left.get(window.ref, ())
            for rest in _without(failure, window.window_from, window.window_to)
        ]
        # also after a failure: what it says about its span takes the place of what was said before
        left[window.ref] = [*kept, *([] if window.status == "proven" else [_failure(window)])]
    return sorted((f for found in left.values() for f in found), key=lambda f: (str(f.ref), f.window_from))


def _failure(window: RecordedWindow) -> OpenFailure:
    return OpenFailure(
        ref=window.ref,
        window_from=window.window_from,
        window_to=window.window_to,
        code=str(window.cause_code),
        cause=str(window.cause),
        as_of=window.as_of,
    )


def _without(failure: OpenFailure, start: datetime, end: datetime) -> Iterator[OpenFailure]:
    """What of a failed span lies outside a newer window, in up to two pieces."""
    before = (failure.window_from, min(failure.window_to, start))
    after = (max(failure.window_from, end), failure.window_to)
    for first, last in (before, after):
        if first < last:
            yield replace(failure, window_from=first, window_to=last)
