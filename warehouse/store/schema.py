"""The canonical tables of the registry as tables of the warehouse: created where absent, widened where a column is new.

Belongs here: DDL that follows from models/tables. Not here: bookkeeping and company tables (migrations/), what
fills them (facts/build.py).
"""

import hashlib

import duckdb

from models.tables import FACTS, Column, Table
from warehouse.store.rows import column_types, run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, type_name
from warehouse.store.state import BuildState, last_state, note_state

_STATE = "tables"


def tables_digest() -> str:
    """Digest of every canonical table's columns, rules included: another one means that all must be built anew."""
    return hashlib.sha256(repr(list(FACTS.values())).encode()).hexdigest()


def bring_up_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create and widen canonical tables; nothing is done when the registry is the one of the last time."""
    # 0: no load ever changes which columns there are
    state = BuildState(0, tables_digest())
    if last_state(con, _STATE) == state:
        return
    for table in FACTS.values():
        run(con, _create(table))
        _widen(con, table)
    note_state(con, _STATE, state)


def _create(table: Table) -> Sql:
    return fill(
        Sql("create table if not exists ${name} (${columns})"),
        name=identifier(f"core_{table.name}"),
        columns=listed(_column(column) for column in table.columns),
    )


def _column(column: Column) -> Sql:
    return joined(Sql(" "), (identifier(column.name), type_name(column.sql_type)))


def _widen(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Columns are only ever added: an older row holds NULL there until it is built anew."""
    name = identifier(f"core_{table.name}")
    there = column_types(con, name)
    for column in table.columns:
        if column.name not in there:
            run(
                con,
                fill(Sql("alter table ${name} add column ${column}"), name=name, column=_column(column)),
            )
