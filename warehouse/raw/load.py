"""Rows into the warehouse: one transaction per window holds rows, history, load record, quarantine and cursor.

Belongs here: raw windows, their failures, company tables, source accounts. Not here: how rows replace others (merge.py), what
they mean (facts/build.py).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from models.errors import WarehouseError
from models.inputs import last_day
from models.loads import FILE_DROP, FailedWindow, LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.raw.merge import put_rows, raw_table, stage
from warehouse.raw.states import LoadStatus
from warehouse.store.connect import limit_resources, open_warehouse, transaction
from warehouse.store.memory import memory_limit
from warehouse.store.rows import insert_rows, only_value, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier
from warehouse.store.state import newest_load

LOAD_MEMORY = "72MB"  # what a window of some thousand records needs, measured; a larger one lifts it
COMPANY_TABLES = (
    "core_person",
    "core_ownership",
    "core_target",
    "core_rating",
    "core_cost",
    "core_rate",
    "core_sku",
    "ticket_sla",
)


@contextmanager
def open_for_loads(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with as much memory and as many threads as the windows of a pull need.

    A window is small: more memory would only cache what no load reads again, and a second thread reserves a second reader.
    """
    with open_warehouse(home) as con:
        limit_resources(con, LOAD_MEMORY, threads=1)
        yield con


def load_window(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> LoadResult:
    """Merge a proven window, record it and move the cursor, all or nothing; loading the same records again changes nothing.

    A landing file that is read otherwise than the last time is loaded again: its newest reading stands.

    A connection with a memory limit keeps it unless this window needs more (`open_for_loads`).

    Raises:
        WarehouseError: W201 when the records file does not hold what the window says, W205 and W208 when a row belongs to
            other days.
    """
    try:
        return _load_once(con, window)
    # the transaction was rolled back whole, so that the window can simply be loaded once more
    except duckdb.OutOfMemoryException:
        limit_resources(con, memory_limit())
        return _load_once(con, window)


def _load_once(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> LoadResult:
    with window.records_path.open("rb") as records:
        reading = hashlib.file_digest(records, "sha256").hexdigest()
    # The answers and what was made of them: a corrected declaration, or a new version of a connector, reads the same answers
    # into other records. The landing file of a fact file holds its records already.
    said = [window.landing_sha256] if window.ref.connector == FILE_DROP else [window.landing_sha256, reading]
    content = _load_id(window, *said)
    with transaction(con):
        table = raw_table(con, window.ref)
        distinct = stage(con, window)
        seq = next_seq(con)
        load_id = _new_id(con, window, content, seq)
        if load_id is None:
            return LoadResult(load_id=content, new_rows=0, changed_rows=0, unchanged_rows=distinct)
        moved = put_rows(con, window, table, seq, is_reread=load_id != content)
        row = _window_row(window, load_id, seq, status="proven")
        counts = {"new_rows": moved.new, "changed_rows": moved.changed, "gone_rows": moved.gone}
        _insert_window(con, row | counts | {"late_rows": moved.late})
        insert_rows(
            con,
            "load_drift",
            [{"load_id": load_id, "field": f, "n": n} for f, n in sorted(window.drift.items())],
        )
        _quarantine(con, window, load_id)
        # in the transaction of the rows: a cursor that is ahead of them would lose records
        _advance(con, window)
    return LoadResult(
        load_id=load_id,
        new_rows=moved.new,
        changed_rows=moved.changed,
        unchanged_rows=distinct - moved.new - moved.changed,
        gone_rows=moved.gone,
        late_rows=moved.late,
        shared_rows=moved.shared,
    )


def record_failure(con: duckdb.DuckDBPyConnection, window: FailedWindow) -> str:
    """Record why a window could not be pulled; nothing else changes. Returns the load id."""
    with transaction(con):
        return note_failure(con, window)


def note_failure(con: duckdb.DuckDBPyConnection, window: FailedWindow) -> str:
    """As `record_failure`, inside a transaction."""
    content = _load_id(window, window.code)
    seq = next_seq(con)
    load_id = _new_id(con, window, content, seq)
    if load_id is not None:
        _insert_window(con, _window_row(window, load_id, seq, status="failed"))
    return load_id or content


def stream_state(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> tuple[str | None, datetime | None]:
    """Cursor and newest proven instant of a stream; (None, None) before its first load."""
    sql = Sql(
        "select cursor, covered_to from stream_cursor where connector = ? and stream = ? and shop_id = ?"
    )
    rows = row_dicts(con, sql, [ref.connector, ref.stream, ref.shop_id])
    return (rows[0]["cursor"], rows[0]["covered_to"]) if rows else (None, None)


def replace_company_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    file: str,
    sha256: str,
    quarantined: int = 0,
    as_of: datetime | None = None,
) -> bool:
    """Replace a whole company table; False when the same file is in already.

    Args:
        con: the warehouse.
        name: one of `COMPANY_TABLES`.
        rows: typed values (Decimal, date, str, bool, int); absent keys are NULL.
        file: name shown to people.
        sha256: digest of the file; the same digest is not loaded twice.
        quarantined: rows of the file that were set aside.
        as_of: instant of the run, for the record.
    """
    if name not in COMPANY_TABLES:
        raise WarehouseError(
            "W202", "there is no such company table", actual=repr(name[:80]), remedy=", ".join(COMPANY_TABLES)
        )
    known = Sql("select count(*) > 0 from company_file where table_name = ? and sha256 = ? and file = ?")
    if only_value(con, known, [name, sha256, file]):
        return False
    if name == "core_person":
        # once, where people come in: whoever asks who was here on a day looks at valid_from and valid_to alone
        rows = [{**row, "valid_to": last_day(row.get("valid_to"), row.get("leave_date"))} for row in rows]
    with transaction(con):
        run(con, fill(Sql("delete from ${table}"), table=identifier(name)))
        insert_rows(con, name, rows)
        # in the same transaction: a run that is killed before its end reads the file again
        run(con, Sql("delete from company_file where table_name = ?"), [name])
        run(
            con,
            Sql("insert into company_file values (?, ?, ?, ?, ?, ?)"),
            [name, file, sha256, len(rows), quarantined, as_of],
        )
    return True


def company_file_digests(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Table and sha256 of every company file that is in, by table."""
    # in a fixed order: whoever asks makes one digest of the list
    files = row_dicts(con, Sql("select table_name, sha256 from company_file order by all"))
    return [(file["table_name"], file["sha256"]) for file in files]


def set_source_accounts(con: duckdb.DuckDBPyConnection, accounts: Iterable[SourceAccount]) -> None:
    """Replace the list of accounts with the one of sources.yaml."""
    rows = [
        {
            "connector": a.ref.connector,
            "stream": a.ref.stream,
            "shop_id": a.ref.shop_id,
            "feeds": list(a.feeds),
            "zone": a.zone,
            "platform": a.platform or a.ref.connector,
            "active_from": a.active_from,
            "active_to": a.active_to,
            "begins_on": a.begins_on,
            "lookback": a.lookback,
            "finality_days": a.finality_days,
            "only_flag": a.only,
        }
        for a in accounts
    ]
    with transaction(con):
        run(con, Sql("delete from source_account"))
        insert_rows(con, "source_account", rows)


def _load_id(window: PulledWindow | FailedWindow, *content: str) -> str:
    ref = window.ref
    parts = [
        ref.connector,
        ref.stream,
        ref.shop_id,
        window.window_from.isoformat(),
        window.window_to.isoformat(),
        *content,
        window.as_of.isoformat(),
    ]
    # 0x1f, the unit separator of ASCII (RFC 20), stands in no name: no two lists of parts give the same text.
    # 16 digits are 64 bits: among a million loads two are equal with a chance of 3 in 100 million.
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _new_id(
    con: duckdb.DuckDBPyConnection, window: PulledWindow | FailedWindow, content: str, seq: int
) -> str | None:
    """The id of a load; None when it is in already. What was read may go back to what it was: only its newest load counts."""
    newest = _newest_like(con, window, content)
    if newest is not None and newest.startswith(content):
        # no row, no record: the same records a second time leave everything as it is
        return None
    # without the number the same bytes say the same, whenever they came; with it they may come back
    return content if newest is None and window.ref.connector != FILE_DROP else f"{content}-{seq}"


def _newest_like(
    con: duckdb.DuckDBPyConnection, window: PulledWindow | FailedWindow, content: str
) -> str | None:
    """The id of the newest load that said the same, whichever way it was read then."""
    ref = window.ref
    newest = Sql(
        "select max_by(load_id, load_seq) from load_window where connector = ? and stream = ? and shop_id = ?"
        " and (? or load_id = ? or (landing_sha256 = ? and window_from = ? and window_to = ? and as_of = ?))"
    )
    # of all files of the shop, not of this one alone: another may since have taken over a row of it (merge.py)
    is_file = ref.connector == FILE_DROP
    landed = window.landing_sha256 if isinstance(window, PulledWindow) else None
    span = [window.window_from, window.window_to, window.as_of]
    found: str | None = only_value(
        con, newest, [ref.connector, ref.stream, ref.shop_id, is_file, content, landed, *span]
    )
    return found


def next_seq(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next load."""
    return newest_load(con) + 1


def _window_row(
    window: PulledWindow | FailedWindow, load_id: str, seq: int, *, status: LoadStatus
) -> dict[str, Any]:
    row = {
        "load_id": load_id,
        "load_seq": seq,
        "connector": window.ref.connector,
        "stream": window.ref.stream,
        "shop_id": window.ref.shop_id,
        "window_from": window.window_from,
        "window_to": window.window_to,
        "kind": window.kind,
        "requests": window.requests,
        "retries": window.retries,
        "waited_seconds": window.waited_seconds,
        "status": status,
        "as_of": window.as_of,
    }
    if isinstance(window, FailedWindow):
        return row | {"cause_code": window.code, "cause": window.cause}
    return row | {
        "pages": window.pages,
        "rows": window.rows,
        "quarantined": len(window.quarantined),
        "proof": window.proof,
        "landing_file": window.landing_file,
        "landing_sha256": window.landing_sha256,
        "first_day": window.replaces[0] if window.replaces else None,
        "last_day": window.replaces[1] if window.replaces else None,
    }


def _insert_window(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    insert_rows(con, "load_window", [row])


def _quarantine(con: duckdb.DuckDBPyConnection, window: PulledWindow, load_id: str) -> None:
    rows = [
        {
            "load_id": load_id,
            "connector": window.ref.connector,
            "stream": window.ref.stream,
            "shop_id": window.ref.shop_id,
            "source_file": window.landing_file,
            "row_number": q.row_number,
            "record_key": q.record_key,
            "cause_code": q.cause_code,
            "cause": q.cause,
        }
        for q in window.quarantined
    ]
    insert_rows(con, "quarantine", rows)


def _advance(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> None:
    """The cursor only moves forward: a backfill of older days leaves it alone."""
    ref = window.ref
    cursor, covered_to = stream_state(con, ref)
    if covered_to is not None and covered_to > window.window_to:
        return
    key = [ref.connector, ref.stream, ref.shop_id]
    run(con, Sql("delete from stream_cursor where connector = ? and stream = ? and shop_id = ?"), key)
    # a window that was read without a cursor must not make the stream forget the one it has
    newest = window.cursor if window.cursor is not None else cursor
    run(con, Sql("insert into stream_cursor values (?, ?, ?, ?, ?)"), [*key, newest, window.window_to])
