"""Up to which load and under which inputs something was built or computed: one row of core_state a name.

Belongs here: reading and replacing that row. Not here: what is built from it (facts/build.py, figures/computed.py,
schema.py).
"""

from dataclasses import dataclass

import duckdb

from warehouse.store.rows import first_record, only_value, run
from warehouse.store.sqltext import Sql


@dataclass(frozen=True)
class BuildState:
    """The newest load that was taken account of, and the digest of everything beside loads."""

    load_seq: int
    inputs: str


def last_state(con: duckdb.DuckDBPyConnection, name: str) -> BuildState | None:
    """The state under a name; None before the first time."""
    sql = Sql("select load_seq, inputs from core_state where name = ?")
    return first_record(con, sql, [name], BuildState)


def note_state(con: duckdb.DuckDBPyConnection, name: str, state: BuildState) -> None:
    """Replace the state under a name, inside a transaction."""
    run(con, Sql("delete from core_state where name = ?"), [name])
    run(con, Sql("insert into core_state values (?, ?, ?)"), [name, state.load_seq, state.inputs])


def newest_load(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest load; 0 before the first."""
    return int(only_value(con, Sql("select coalesce(max(load_seq), 0) from load_window")))
