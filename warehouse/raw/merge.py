"""The rows of a proven window into its raw table: merged by version, or in the place of all that its days held.

Belongs here: staging, comparing, replacing, and the history of what stood before. Not here: the record of the load, cursors,
quarantine (load.py).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from models.errors import WarehouseError
from models.loads import FILE_DROP, PulledWindow, StreamRef
from models.tables import FACTS
from warehouse.store.rows import only_record, only_value, run
from warehouse.store.sqltext import Sql, fill, identifier, statement

_STAGED = Sql(
    "select count(*) as total, count(distinct record_key) as n_keys,"
    " count(*) filter (where record_key is null or record_day is null or version_at is null or row_hash is null"
    " or not is_whole) as broken from staged_all"
)
_MOVED = Sql(
    "select count(*) filter (where action = 'new') as new, count(*) filter (where action = 'changed') as changed,"
    " count(*) filter (where action = 'gone') as gone from staged_action"
)
_ACTION_DAYS = Sql("select min(record_day) as first, max(record_day) as last from staged_action")


@dataclass(frozen=True)
class Moved:
    """How many rows a window brought, changed, took away; how many of these lie on days that were final, or in another file."""

    new: int
    changed: int
    gone: int
    late: int = 0
    shared: int = 0


@dataclass(frozen=True)
class StagedRows:
    """Rows of a window's file: all, those that lack something, and how many keys they have."""

    total: int
    n_keys: int
    broken: int


@dataclass(frozen=True)
class DayBounds:
    """The first and last day of some records."""

    first: date | None
    last: date | None


def raw_table(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> Sql:
    """The stream's raw table, created if need be."""
    table = identifier(ref.raw_table)
    # no primary key: an index must fit in memory and slows every load; a blocking check looks for keys that stand twice
    # (https://duckdb.org/docs/stable/guides/performance/indexing)
    columns = Sql(
        "create table if not exists ${table} (shop_id varchar, record_key varchar, record_day date,"
        " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)"
    )
    run(con, fill(columns, table=table))
    return table


def stage(con: duckdb.DuckDBPyConnection, window: PulledWindow) -> int:
    """Typed rows of the window's file, the newest version of each key; returns how many keys.

    Raises:
        WarehouseError: W201 when the file does not hold what the window says.
    """
    try:
        run(con, _reading_file("load/stage.sql"), {"file": str(window.records_path)})
    except duckdb.OutOfMemoryException:
        raise  # says nothing about the records
    except duckdb.Error as error:
        # the first line says what is wrong, those below it quote the statement
        raise _bad_records(window, str(error).splitlines()[0][:300]) from error
    staged = only_record(con, _STAGED, (), StagedRows)
    if staged.total != window.rows or staged.broken:
        told = f"{staged.total} rows, {staged.broken} of them without key, day, version, hash or payload"
        raise _bad_records(window, told)
    run(con, statement("load/newest.sql"))
    return staged.n_keys


def _reading_file(path: str, **parts: Sql) -> Sql:
    """A statement that reads the records of the parameter `file`."""
    return fill(statement(path), record_file=statement("load/record_file.sql"), **parts)


def _bad_records(window: PulledWindow, actual: str) -> WarehouseError:
    return WarehouseError(
        "W201",
        f"the records of a window are not the {window.rows} rows it was proven to have",
        where=_where(window),
        actual=actual,
        remedy="pull the window again; its landing file is " + window.landing_file,
    )


def put_rows(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, seq: int, *, is_reread: bool = False
) -> Moved:
    """Bring the staged rows in; what they replace goes to record_history.

    Args:
        con: the warehouse.
        window: the window they are of; its rows are staged.
        table: the raw table.
        seq: the number of the load.
        is_reread: whether the landing file was loaded before, and is read otherwise now.

    Raises:
        WarehouseError: W205 when a row stands under another day too, W208 when one lies outside the window's days.
    """
    shared, left = 0, Moved(0, 0, 0)
    if window.replaces is None:
        left = _leave(con, window, table, seq) if is_reread else left
        _merge(con, window, table, seq)
    else:
        shared = _replace(con, window, table, window.replaces, seq)
    moved = _with_late(con, window, seq, replace(_moved(con), shared=shared))
    return replace(moved, gone=moved.gone + left.gone, late=moved.late + left.late)


def _with_late(con: duckdb.DuckDBPyConnection, window: PulledWindow, seq: int, moved: Moved) -> Moved:
    if not (moved.new or moved.changed or moved.gone):
        return moved
    late = only_value(con, statement("load/late.sql"), {**_stream(window), "seq": seq})
    return replace(moved, late=int(late))


def _leave(con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, seq: int) -> Moved:
    """Take out what the earlier reading of a landing file put under other keys or days: it would stand twice."""
    landed = {**_stream(window), "landed": window.landing_sha256}
    run(con, fill(statement("load/reread.sql"), table=table), landed)
    moved = _moved(con)
    if moved.gone:
        days = only_record(con, _ACTION_DAYS, (), DayBounds)
        _keep_old(con, window, table, seq, days)
        bounds = {"shop": window.ref.shop_id, "first": days.first, "last": days.last}
        run(con, fill(statement("load/drop_stale.sql"), table=table), bounds)
    return _with_late(con, window, seq, moved)


def _moved(con: duckdb.DuckDBPyConnection) -> Moved:
    return only_record(con, _MOVED, (), Moved)


def _merge(con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, seq: int) -> None:
    """Insert unknown keys, replace older content."""
    parameters = {"shop": window.ref.shop_id}
    run(con, fill(statement("load/classify.sql"), table=table), {**parameters, "as_of": window.as_of})
    moved = _moved(con)
    # before the merge, which overwrites the old versions
    if moved.changed:
        _keep_old(con, window, table, seq, only_record(con, _ACTION_DAYS, (), DayBounds))
    if moved.new or moved.changed:
        run(
            con,
            _reading_file("load/merge.sql", table=table),
            {**parameters, "seq": seq, "file": str(window.records_path)},
        )


def _replace(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, days: tuple[date, date], seq: int
) -> int:
    """Make the rows of the window's days exactly its own; a later pull of a day stands before an earlier one.

    Returns how many of them stand in another file too.
    """
    is_day = window.kind == "day"
    bounds = {"shop": window.ref.shop_id, "first": days[0], "last": days[1]}
    _require_own_days(con, window, days)
    # before the comparison, which leaves the days alone that a later pull has already stated
    run(con, statement("load/newer_day.sql"), {**_stream(window), **bounds, "as_of": window.as_of})
    run(con, fill(statement("load/compare.sql"), table=table), {**bounds, "is_day": is_day})
    key = only_value(con, Sql("select min(record_key) from staged_action where action = 'elsewhere'"))
    # only where the cheap question found nothing: these read all days of the shop
    shared = 0
    if key is None and (both := _may_share(window)):
        shared, key = _settle_shared(con, window, table, {**bounds, **both, "seq": seq})
    elif key is None:
        sql = fill(statement("load/elsewhere.sql"), table=table)
        key = only_value(con, sql, {**bounds, "is_day": is_day})
    if key is not None:
        raise _elsewhere(window, days, str(key))
    # nothing is written for days that are unchanged: their rows keep the load that brought them
    if only_value(con, Sql("select count(*) from staged_action where action <> 'unchanged'")):
        # before the delete, which takes the old versions away
        _keep_old(con, window, table, seq, DayBounds(*days))
        run(con, fill(statement("load/drop_stale.sql"), table=table), bounds)
        insert = {"shop": window.ref.shop_id, "seq": seq, "file": str(window.records_path)}
        run(con, _reading_file("load/insert_new.sql", table=table), insert)
    return shared


def _may_share(window: PulledWindow) -> dict[str, str]:
    """Where the payload of a row tells when it came to count and how much it is; nothing where a row stands in one file only."""
    fact = FACTS.get(window.ref.stream) if window.ref.connector == FILE_DROP else None
    if fact is None or not fact.bounded_by:
        return {}
    day = fact.column(fact.own_days[0])
    amount = next(c.name for c in fact.given if c.required and c.unit == "own currency")
    return {
        "settled": f"$.{day.derived.of[0] if day and day.derived else fact.own_days[0]}",
        "amount": f"$.{amount}",
    }


def _settle_shared(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, parameters: dict[str, Any]
) -> tuple[int, str | None]:
    """Rows that stand in another file too count once, from the file that knows more; how many, and one that both contradict."""
    keys = ("shop", "first", "last", "settled", "amount")
    shared = _reading_file("load/shared.sql", table=table)
    run(con, shared, {key: parameters[key] for key in keys} | {"file": str(window.records_path)})
    key = only_value(con, Sql("select min(record_key) from shared_row where not agrees"))
    count = int(only_value(con, Sql("select count(*) from shared_row")))
    if key is None and count:
        run(con, statement("load/yield_shared.sql"))
        keep = {**_stream(window), "seq": parameters["seq"]}
        run(con, fill(statement("load/keep_shared.sql"), table=table), keep)
        run(con, fill(statement("load/drop_shared.sql"), table=table), {"shop": window.ref.shop_id})
    return count, key


def _elsewhere(window: PulledWindow, days: tuple[date, date], key: str) -> WarehouseError:
    is_day = window.kind == "day"
    return WarehouseError(
        "W205",
        "a record stands on two days" if is_day else "a row stands in two files",
        where=f"{window.ref} {days[0]} to {days[1]}",
        actual=key[:120],
        remedy="let the record's key contain its day"
        if is_day
        else "keep it in the file of its days only; if the two differ in day or amount, download the older file again",
    )


def _require_own_days(con: duckdb.DuckDBPyConnection, window: PulledWindow, days: tuple[date, date]) -> None:
    sql = Sql("select min(record_key) from staged where record_day not between ? and ?")
    outside = only_value(con, sql, days)
    if outside is not None:
        raise WarehouseError(
            "W208",
            "a record lies outside the days its window speaks for",
            where=f"{window.ref} {days[0]} to {days[1]}",
            actual=str(outside)[:120],
            remedy="let the record's day be one of the window's local days",
        )


def _keep_old(
    con: duckdb.DuckDBPyConnection, window: PulledWindow, table: Sql, seq: int, days: DayBounds
) -> None:
    parameters = {**_stream(window), "seq": seq, "first": days.first, "last": days.last}
    run(con, fill(statement("load/keep_old.sql"), table=table), parameters)


def _stream(window: PulledWindow) -> dict[str, Any]:
    ref = window.ref
    return {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}


def _where(window: PulledWindow) -> str:
    return f"{window.ref} {window.window_from.isoformat()}..{window.window_to.isoformat()}"
