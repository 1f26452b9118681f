"""What is known of pulls: the newest proof of each stream, fields nobody declared, failures that no later pull mended.

Belongs here: reading load_window and load_drift for people who look after connectors. Not here: which
days are whole (coverage.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from models.loads import FILE_DROP, StreamRef

_PROVEN = """
    select connector, stream, shop_id, max(window_to), max(as_of)
    from load_window where status = 'proven' and connector <> ? group by all order by all
"""
_DRIFT = """
    with newest as (
        select connector, stream, shop_id, max(as_of) as as_of
        from load_window where status = 'proven' group by all
    )
    select w.connector, w.stream, w.shop_id, d.field, sum(d.n)::bigint
    from load_drift as d
    inner join load_window as w on w.load_id = d.load_id
    inner join newest as n
        on n.connector = w.connector and n.stream = w.stream and n.shop_id = w.shop_id and n.as_of = w.as_of
    group by all order by all
"""
_WINDOWS = """
    select connector, stream, shop_id, window_from, window_to, status, cause_code, cause, as_of
    from load_window where connector <> ? order by load_seq
"""


@dataclass(frozen=True)
class OpenFailure:
    """Days that failed and that no later pull has proven since."""

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    code: str
    cause: str
    as_of: datetime


def proven_until(con: duckdb.DuckDBPyConnection) -> dict[StreamRef, tuple[datetime, datetime]]:
    """Per stream and account the newest proven instant, and when that was pulled."""
    rows = con.execute(_PROVEN, [FILE_DROP]).fetchall()
    return {StreamRef(*names): (until, as_of) for *names, until, as_of in rows}


def drift_seen(con: duckdb.DuckDBPyConnection) -> dict[StreamRef, dict[str, int]]:
    """Per stream and account the unknown fields of its newest pull, with how often they came."""
    found: dict[StreamRef, dict[str, int]] = {}
    for connector, stream, shop_id, field, times in con.execute(_DRIFT).fetchall():
        found.setdefault(StreamRef(connector, stream, shop_id), {})[str(field)] = int(times)
    return found


def open_failures(con: duckdb.DuckDBPyConnection) -> list[OpenFailure]:
    """Failed windows, the newest word about each span, without what was proven after them."""
    left: dict[StreamRef, list[OpenFailure]] = {}
    for connector, stream, shop_id, start, end, status, code, cause, as_of in con.execute(
        _WINDOWS, [FILE_DROP]
    ).fetchall():
        ref = StreamRef(connector, stream, shop_id)
        kept = [rest for failure in left.get(ref, ()) for rest in _without(failure, start, end)]
        if status != "proven":
            kept.append(OpenFailure(ref, start, end, str(code), str(cause), as_of))
        left[ref] = kept
    return sorted((f for found in left.values() for f in found), key=lambda f: (str(f.ref), f.window_from))


def _without(failure: OpenFailure, start: datetime, end: datetime) -> Iterator[OpenFailure]:
    """What of a failed span lies outside a newer window, in up to two pieces."""
    before = (failure.window_from, min(failure.window_to, start))
    after = (max(failure.window_from, end), failure.window_to)
    for first, last in (before, after):
        if first < last:
            yield replace(failure, window_from=first, window_to=last)
