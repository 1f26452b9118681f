"""The canonical tables of the registry as tables of the warehouse: created where absent, widened where a column is new.

Belongs here: DDL that follows from models/tables. Not here: bookkeeping and company tables (migrations/), what
fills them (build.py).
"""

import hashlib

import duckdb

from models.tables import FACTS, Table
from warehouse.store.sqltext import fill, identifier

_STATE = "tables"


def tables_digest() -> str:
    """Digest of every canonical table's columns, rules included: another one means that all must be built anew."""
    return hashlib.sha256(repr(list(FACTS.values())).encode()).hexdigest()


def bring_up_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create and widen canonical tables; nothing is done when the registry is the one of the last time."""
    digest = tables_digest()
    if con.execute("select inputs from core_state where name = ?", [_STATE]).fetchone() == (digest,):
        return
    for table in FACTS.values():
        con.execute(_create(table))
        _widen(con, table)
    con.execute("delete from core_state where name = ?", [_STATE])
    con.execute("insert into core_state values (?, 0, ?)", [_STATE, digest])


def _create(table: Table) -> str:
    columns = ", ".join(f"{identifier(c.name)} {c.sql_type}" for c in table.columns)
    return fill(
        "create table if not exists ${name} (${columns})",
        name=identifier(f"core_{table.name}"),
        columns=columns,
    )


def _widen(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Columns are only ever added: an older row holds NULL there until it is built anew."""
    name = identifier(f"core_{table.name}")
    there = {row[0] for row in con.execute(fill("describe ${name}", name=name)).fetchall()}
    for column in table.columns:
        if column.name not in there:
            con.execute(
                fill(
                    "alter table ${name} add column ${column} ${kind}",
                    name=name,
                    column=identifier(column.name),
                    kind=column.sql_type,
                )
            )
