"""Dictionaries into an existing table, exactly.

Belongs here: the one bulk insert. Not here: which rows (the wings that call it), merging (raw/merge.py).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from models.errors import WarehouseError
from warehouse.store.sqltext import fill, identifier


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
