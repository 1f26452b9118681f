"""Statements run, their rows as objects, and dictionaries put into an existing table, exactly.

Belongs here: the one call that executes SQL, rows by column name, the one bulk insert. Not here: what becomes SQL
(sqltext.py), which rows (the wings that call it), merging (raw/merge.py).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from models.errors import WarehouseError
from warehouse.store.sqltext import Sql, fill, identifier, listed, type_name

T = TypeVar("T")

Parameters = Sequence[Any] | Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def run(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters = ()) -> duckdb.DuckDBPyConnection:
    """Run one statement; the connection then holds its rows. Nothing else in the product executes SQL of the warehouse."""
    return con.execute(sql, parameters)


def records(
    con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters, make: Callable[..., T]
) -> list[T]:
    """Every row as `make(column=value, ...)`: a column that moves in the SELECT cannot land in another field.

    `make` is a dataclass whose fields are the columns, or a function with keyword parameters.
    """
    cursor = run(con, sql, parameters)
    names = column_names(cursor)
    return [make(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def row_dicts(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """Every row as a dictionary by column name, for rows that are looked at once and passed on."""
    return records(con, sql, parameters, dict[str, Any])


def first_record(
    con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters, make: Callable[..., T]
) -> T | None:
    """The first row as `records` makes it; None when there is no row."""
    return next(iter(records(con, sql, parameters, make)), None)


def only_record(
    con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters, make: Callable[..., T]
) -> T:
    """The row of a statement that always has exactly one, such as a SELECT of counts."""
    [record] = records(con, sql, parameters, make)
    return record


def only_column(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters = ()) -> list[Any]:
    """The values of a statement with one column, in order."""
    return [value for (value,) in run(con, sql, parameters).fetchall()]


def only_value(con: duckdb.DuckDBPyConnection, sql: Sql, parameters: Parameters = ()) -> Any:
    """The value of a statement with one column and at most one row; None when there is no row."""
    return next(iter(only_column(con, sql, parameters)), None)


def column_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the columns of the statement that ran last."""
    return [str(column[0]) for column in cursor.description or []]


def has_table(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a database file that is open holds the table; temporary tables do not count."""
    sql = Sql("select count(*) > 0 from duckdb_tables() where table_name = ? and not temporary")
    return bool(only_value(con, sql, [table]))


def instant(microseconds: int) -> datetime:
    """An instant from `epoch_us(...)`.

    A TIMESTAMPTZ that is fetched as it is comes in the zone of the connection, made by the package pytz; a whole number of
    microseconds since 1970 is the same on every reader's machine.
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert dictionaries into an existing table, exactly: Decimals travel as decimals, never as floats.

    Raises:
        WarehouseError: W203 when a key is no column of the table, W204 when a value is a binary float.
    """
    columns = column_types(con, identifier(table))
    if not rows:
        return
    unknown = {key for row in rows for key in row} - columns.keys()
    if unknown:
        raise WarehouseError("W203", f"{table} has no such column", actual=", ".join(sorted(unknown)))
    arrays = [
        pa.array([_plain(row.get(name)) for row in rows], type=_arrow(kind)) for name, kind in columns.items()
    ]
    # by name: the look-up of Python variables as tables is switched off (connect.py)
    con.register("incoming_rows", pa.table(arrays, names=list(columns)))
    try:
        cast = Sql("cast(${name} as ${kind})")
        sql = fill(
            Sql("insert into ${table} select ${casts} from incoming_rows"),
            table=identifier(table),
            casts=listed(
                fill(cast, name=identifier(name), kind=type_name(kind)) for name, kind in columns.items()
            ),
        )
        run(con, sql)
    finally:
        # a registered table is held in memory as long as the connection knows its name
        con.unregister("incoming_rows")


def column_types(con: duckdb.DuckDBPyConnection, source: Sql) -> dict[str, str]:
    """Names and types of the columns of a table or SELECT, in order, as DuckDB writes them."""
    described = row_dicts(con, fill(Sql("describe ${source}"), source=source))
    return {str(column["column_name"]): str(column["column_type"]) for column in described}


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
