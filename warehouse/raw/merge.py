"""The rows of a proven window into its raw table: merged by version, or in the place of all that its days held.

Belongs here: staging, comparing, replacing, and the history of what stood before. Not here: the record of the load, cursors,
quarantine (load.py).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from models.errors import WarehouseError
from models.loads import PulledWindow, StreamRef
from warehouse.store.sqltext import fill, identifier, statement


@dataclass(frozen=True)
class Moved:
    """How many rows a window brought, changed, took away; and how many of these lie on days that were final."""

    new: int
    changed: int
    gone: int
    late: int


def raw_table(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> str:
    """The stream's raw table, created if need be."""
    table = identifier(ref.raw_table)
    con.execute(
        fill(
            "create table if not exists ${table} (shop_id varchar, record_key varchar, record_day date,"
            " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)",
            table=table,
        )
    )
    return table


def stage(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> int:
    """Typed rows of the window's file, the newest version of each key; returns how many keys.

    Raises:
        WarehouseError: W201 when the file does not hold what the window says.
    """
    try:
        con.execute(statement("load/stage.sql"), [str(window.records_path)])
    except duckdb.OutOfMemoryException:
        raise  # says nothing about the records
    except duckdb.Error as error:
        raise _bad_records(window, str(error).splitlines()[0][:300]) from error
    total, broken, distinct = one(
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
        where=_where(window),
        actual=actual,
        remedy="pull the window again; its landing file is " + window.landing_file,
    )


def put_rows(con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, seq: int) -> Moved:
    """Bring the staged rows in; what they replace goes to record_history.

    Raises:
        WarehouseError: W205 when a row stands under another day too, W208 when one lies outside the window's days.
    """
    if window.replaces is None:
        _merge(con, window, table, seq)
    else:
        _replace(con, window, table, window.replaces, seq)
    new, changed, gone = one(
        con,
        "select count(*) filter (where action = 'new'), count(*) filter (where action = 'changed'),"
        " count(*) filter (where action = 'gone') from staged_action",
    )
    late = (
        one(con, statement("load/late.sql"), {**_stream(window), "seq": seq})[0]
        if new or changed or gone
        else 0
    )
    return Moved(int(new), int(changed), int(gone), int(late))


def _merge(con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, seq: int) -> None:
    """Insert unknown keys, replace older content."""
    parameters = {"shop": window.ref.shop_id}
    con.execute(fill(statement("load/classify.sql"), table=table), parameters)
    first, last, new, changed = one(
        con,
        "select min(record_day), max(record_day), count(*) filter (where action = 'new'),"
        " count(*) filter (where action = 'changed') from staged_action",
    )
    if changed:
        _keep_old(con, window, table, (first, last), seq)
    if new or changed:
        con.execute(
            fill(statement("load/merge.sql"), table=table),
            {**parameters, "seq": seq, "file": str(window.records_path)},
        )


def _replace(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, days: tuple[date, date], seq: int
) -> None:
    """Make the rows of the window's days exactly its own; a later pull of a day stands before an earlier one."""
    is_day = window.kind == "day"
    bounds = {"shop": window.ref.shop_id, "first": days[0], "last": days[1]}
    _require_own_days(con, window, days)
    con.execute(statement("load/newer_day.sql"), {**_stream(window), **bounds, "as_of": window.as_of})
    con.execute(fill(statement("load/compare.sql"), table=table), {**bounds, "is_day": is_day})
    found = one(con, "select min(record_key) from staged_action where action = 'elsewhere'")[0]
    if found is None:
        found = one(con, fill(statement("load/elsewhere.sql"), table=table), {**bounds, "is_day": is_day})[0]
    if found is not None:
        raise _elsewhere(window, days, found)
    if one(con, "select count(*) from staged_action where action <> 'unchanged'")[0]:
        _keep_old(con, window, table, days, seq)
        con.execute(fill(statement("load/drop_stale.sql"), table=table), bounds)
        insert = {"shop": window.ref.shop_id, "seq": seq, "file": str(window.records_path)}
        con.execute(fill(statement("load/insert_new.sql"), table=table), insert)


def _elsewhere(window: PulledWindow, days: tuple[date, date], key: str) -> WarehouseError:
    is_day = window.kind == "day"
    return WarehouseError(
        "W205",
        "a record stands on two days" if is_day else "a row stands in two files",
        where=f"{window.ref} {days[0]} to {days[1]}",
        actual=key[:120],
        remedy="let the record's key contain its day" if is_day else "keep it in the file of its days only",
    )


def _require_own_days(con: duckdb.DuckDBPyConnection, window: PulledWindow, days: tuple[date, date]) -> None:
    outside = one(
        con, "select min(record_key) from staged where record_day not between $1 and $2", list(days)
    )[0]
    if outside is not None:
        raise WarehouseError(
            "W208",
            "a record lies outside the days its window speaks for",
            where=f"{window.ref} {days[0]} to {days[1]}",
            actual=str(outside)[:120],
            remedy="let the record's day be one of the window's local days",
        )


def _keep_old(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: str, days: tuple[date, date], seq: int
) -> None:
    parameters = {**_stream(window), "seq": seq, "first": days[0], "last": days[1]}
    con.execute(fill(statement("load/keep_old.sql"), table=table), parameters)


def _stream(window: PulledWindow) -> dict[str, Any]:
    ref = window.ref
    return {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}


def _where(window: PulledWindow) -> str:
    return f"{window.ref} {window.window_from.isoformat()}..{window.window_to.isoformat()}"


def one(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | dict[str, Any] | None = None
) -> tuple[Any, ...]:
    """The first row of a query; nothing when there is none."""
    row = con.execute(sql, parameters or []).fetchone()
    return row if row is not None else ()
