"""Rows into the warehouse: one transaction per window holds rows, load record, quarantine and cursor.

Belongs here: raw windows, their failures, company tables, source accounts. Not here: what the rows mean
(core.py).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from models.errors import WarehouseError
from models.loads import FILE_DROP, FailedWindow, LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.connect import transaction
from warehouse.sqltext import fill, identifier, literal, statement

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


def load_window(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> LoadResult:
    """Merge a proven window, record it and move the cursor, all or nothing; loading it again changes nothing.

    A connection with a memory limit keeps it unless this window needs more.

    Raises:
        WarehouseError: W201 when the records file does not hold what the window says.
    """
    try:
        return _load_once(con, window)
    except duckdb.OutOfMemoryException:
        _lift_memory_limit(con)
        return _load_once(con, window)


def _lift_memory_limit(con: duckdb.DuckDBPyConnection) -> None:
    # DuckDB 1.5's RESET restores the setting it shows, not the one it enforces: SET does both
    con.execute("reset memory_limit")
    (usual,) = _one(con, "select current_setting('memory_limit')")
    con.execute(f"set memory_limit = {literal(usual)}")


def _load_once(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> LoadResult:
    content = _load_id(window.ref, window.window_from, window.window_to, window.landing_sha256, window.as_of)
    with transaction(con):
        table = _raw_table(con, window.ref)
        distinct = _stage(con, window)
        seq = _next_seq(con)
        load_id = _new_id(con, window, content, seq)
        if load_id is None:
            return LoadResult(content, 0, 0, distinct)
        new, changed, gone = (
            (*_merge(con, window, table, seq), 0)
            if window.replaces is None
            else _replace(con, window, table, seq)
        )
        row = _window_row(window, load_id, seq, status="proven")
        _insert_window(con, row | {"new_rows": new, "changed_rows": changed})
        _quarantine(con, window, load_id)
        _advance(con, window)
    return LoadResult(load_id, new, changed, distinct - new - changed, gone)


def record_failure(con: duckdb.DuckDBPyConnection, window: FailedWindow) -> str:
    """Record why a window could not be pulled; nothing else changes. Returns the load id."""
    content = _load_id(window.ref, window.window_from, window.window_to, window.code, window.as_of)
    with transaction(con):
        seq = _next_seq(con)
        load_id = _new_id(con, window, content, seq)
        if load_id is not None:
            _insert_window(con, _window_row(window, load_id, seq, status="failed"))
    return load_id or content


def stream_state(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> tuple[str | None, datetime | None]:
    """Cursor and newest proven instant of a stream; (None, None) before its first load."""
    row = con.execute(
        "select cursor, covered_to from stream_cursor where connector = ? and stream = ? and shop_id = ?",
        [ref.connector, ref.stream, ref.shop_id],
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


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
    last = con.execute("select sha256, file from company_file where table_name = ?", [name]).fetchone()
    if last == (sha256, file):
        return False
    with transaction(con):
        con.execute(fill("delete from ${table}", table=identifier(name)))
        insert_rows(con, name, rows)
        con.execute("delete from company_file where table_name = ?", [name])
        con.execute(
            "insert into company_file values (?, ?, ?, ?, ?, ?)",
            [name, file, sha256, len(rows), quarantined, as_of],
        )
    return True


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
            "lookback": a.lookback,
            "finality_days": a.finality_days,
        }
        for a in accounts
    ]
    with transaction(con):
        con.execute("delete from source_account")
        insert_rows(con, "source_account", rows)


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert dictionaries into an existing table, exactly: Decimals travel as decimals, never as floats."""
    described = con.execute(fill("describe ${table}", table=identifier(table))).fetchall()
    columns = {str(name): str(kind) for name, kind, *_ in described}
    if not rows:
        return
    unknown = {key for row in rows for key in row} - columns.keys()
    if unknown:
        raise WarehouseError("W203", f"{table} has no such column", actual=", ".join(sorted(unknown)))
    arrays = [
        pa.array([_plain(row.get(name)) for row in rows], type=_arrow(kind)) for name, kind in columns.items()
    ]
    con.register("incoming_rows", pa.table(arrays, names=list(columns)))
    try:
        con.execute(
            fill(
                "insert into ${table} select ${casts} from incoming_rows",
                table=table,
                casts=", ".join(f"cast({identifier(name)} as {kind})" for name, kind in columns.items()),
            )
        )
    finally:
        con.unregister("incoming_rows")


def _plain(value: Any) -> Any:
    """All but lists and booleans travels as text and is cast by DuckDB, which refuses what does not fit."""
    if isinstance(value, float):
        raise WarehouseError(
            "W204", "a binary float on its way into the warehouse", actual=repr(value), remedy="use Decimal"
        )
    if value is None or isinstance(value, bool | list):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _arrow(kind: str) -> pa.DataType:
    if kind == "BOOLEAN":
        return pa.bool_()
    return pa.list_(pa.string()) if kind.endswith("[]") else pa.string()


def _load_id(ref: StreamRef, start: datetime, end: datetime, content: str, as_of: datetime) -> str:
    parts = [
        ref.connector,
        ref.stream,
        ref.shop_id,
        start.isoformat(),
        end.isoformat(),
        content,
        as_of.isoformat(),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _raw_table(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> str:
    table = identifier(ref.raw_table)
    con.execute(
        fill(
            "create table if not exists ${table} (shop_id varchar, record_key varchar, record_day date,"
            " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)",
            table=table,
        )
    )
    return table


def _stage(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> int:
    """Typed rows of the window's file, the newest version of each key; returns how many keys."""
    try:
        con.execute(statement("load/stage.sql"), [str(window.records_path)])
    except duckdb.OutOfMemoryException:
        raise  # says nothing about the records
    except duckdb.Error as error:
        raise _bad_records(window, str(error).splitlines()[0][:300]) from error
    total, broken, distinct = _one(
        con,
        "select count(*), count(*) filter (where record_key is null or record_day is null"
        " or version_at is null or row_hash is null or not is_whole),"
        " count(distinct record_key) from staged_all",
    )
    if total != window.rows or broken:
        raise _bad_records(
            window, f"{total} rows, {broken} of them without key, day, version, hash or payload"
        )
    con.execute(statement("load/newest.sql"))
    return int(distinct)


def _bad_records(window: PulledWindow, actual: str) -> WarehouseError:
    return WarehouseError(
        "W201",
        f"the records of a window are not the {window.rows} rows it was proven to have",
        where=f"{window.ref} {window.window_from.isoformat()}..{window.window_to.isoformat()}",
        actual=actual,
        remedy="pull the window again; its landing file is " + window.landing_file,
    )


def _merge(con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, seq: int) -> tuple[int, int]:
    """Insert unknown keys, replace older content; returns (new, changed)."""
    parameters = {"shop": window.ref.shop_id}
    con.execute(fill(statement("load/classify.sql"), table=table), parameters)
    new, changed = _one(
        con,
        "select count(*) filter (where action = 'new'), count(*) filter (where action = 'changed')"
        " from staged_action",
    )
    if new or changed:
        con.execute(
            fill(statement("load/merge.sql"), table=table),
            {**parameters, "seq": seq, "file": str(window.records_path)},
        )
    return int(new), int(changed)


def _replace(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, seq: int
) -> tuple[int, int, int]:
    """Make the rows of the window's days exactly its own; returns (new, changed, gone)."""
    first, last = window.replaces or ("", "")
    bounds = {"shop": window.ref.shop_id, "first": first, "last": last}
    con.execute(fill(statement("load/compare.sql"), table=table), bounds)
    new, changed, gone, elsewhere = _one(
        con,
        "select count(*) filter (where action = 'new'), count(*) filter (where action = 'changed'),"
        " count(*) filter (where action = 'gone'), min(record_key) filter (where action = 'elsewhere')"
        " from staged_action",
    )
    if elsewhere is not None:
        raise WarehouseError(
            "W205",
            "a row stands in two files",
            where=f"{window.ref} {first} to {last}",
            actual=str(elsewhere)[:120],
            remedy="keep it in the file of its days only",
        )
    if new or changed or gone:
        con.execute(fill(statement("load/drop_stale.sql"), table=table), {"shop": window.ref.shop_id})
        insert = {"shop": window.ref.shop_id, "seq": seq, "file": str(window.records_path)}
        con.execute(fill(statement("load/insert_new.sql"), table=table), insert)
    return int(new), int(changed), int(gone)


def _new_id(
    con: duckdb.DuckDBPyConnection, window: PulledWindow | FailedWindow, content: str, seq: int
) -> str | None:
    """The id of a load; None when it is in already. A file may go back to what it was: only its newest load counts."""
    if window.ref.connector != FILE_DROP:
        loaded = _one(con, "select count(*) from load_window where load_id = ?", [content])[0]
        return None if loaded else content
    ref = window.ref
    newest = con.execute(
        "select load_id from load_window where connector = ? and stream = ? and shop_id = ? and window_from = ?"
        " and window_to = ? order by load_seq desc limit 1",
        [ref.connector, ref.stream, ref.shop_id, window.window_from, window.window_to],
    ).fetchone()
    if newest is not None and str(newest[0]).startswith(content):
        return None
    return f"{content}-{seq}"


def _next_seq(con: duckdb.DuckDBPyConnection) -> int:
    return int(_one(con, "select coalesce(max(load_seq), 0) + 1 from load_window")[0])


def _one(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    row = con.execute(sql, parameters or []).fetchone()
    return row if row is not None else ()


def _window_row(
    window: PulledWindow | FailedWindow, load_id: str, seq: int, *, status: str
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
    con.execute("delete from stream_cursor where connector = ? and stream = ? and shop_id = ?", key)
    newest = window.cursor if window.cursor is not None else cursor
    con.execute("insert into stream_cursor values (?, ?, ?, ?, ?)", [*key, newest, window.window_to])
