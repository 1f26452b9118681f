"""Which fact files were taken in, under which digest; and the withdrawal of those that are no longer declared.

Belongs here: the bookkeeping of facts.yaml. Not here: merging rows (load.py), reading files (connectors/file_drop).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from models.loads import FailedWindow, StreamRef
from warehouse.raw.load import next_seq, note_failure
from warehouse.raw.states import LoadStatus
from warehouse.store.connect import transaction
from warehouse.store.rows import has_table, insert_rows, records, run
from warehouse.store.sqltext import Sql, fill, identifier, statement

# By this code a rebuild tells a withdrawal, which takes rows out again, from a pull that failed.
WITHDRAWN = "C148"


@dataclass(frozen=True, kw_only=True)
class KnownDrop:
    """A declared range of days and what became of its file."""

    ref: StreamRef
    first: date
    last: date
    zone: str
    file: str
    digest: str
    status: LoadStatus
    cause_code: str | None = None
    cause: str | None = None

    @property
    def range(self) -> tuple[str, str, date, date]:
        """Table, shop and days: the identity of a drop."""
        return self.ref.stream, self.ref.shop_id, self.first, self.last


def known_drops(con: duckdb.DuckDBPyConnection, connector: str) -> list[KnownDrop]:
    """Every drop taken in, in order."""
    sql = Sql(
        "select table_name, shop_id, first_day as first, last_day as last, zone, file, digest, status, cause_code, cause"
        " from fact_drop order by all"
    )

    def drop(*, table_name: str, shop_id: str, **rest: Any) -> KnownDrop:
        return KnownDrop(ref=StreamRef(connector, table_name, shop_id), **rest)

    return records(con, sql, (), drop)


def note_drop(con: duckdb.DuckDBPyConnection, drop: KnownDrop) -> None:
    """Remember a drop. A run that was killed before this line takes the file in again, which changes nothing."""
    row = {
        "table_name": drop.ref.stream,
        "shop_id": drop.ref.shop_id,
        "first_day": drop.first,
        "last_day": drop.last,
        "zone": drop.zone,
        "file": drop.file,
        "digest": drop.digest,
        "status": drop.status,
        "cause_code": drop.cause_code,
        "cause": drop.cause,
    }
    with transaction(con):
        _forget(con, drop)
        insert_rows(con, "fact_drop", [row])


def withdraw(con: duckdb.DuckDBPyConnection, drop: KnownDrop, window: FailedWindow) -> None:
    """Take the rows of a drop out again, with `window` that says why: all or nothing."""
    with transaction(con):
        take_out(con, window)
        _forget(con, drop)


def take_out(con: duckdb.DuckDBPyConnection, window: FailedWindow) -> None:
    """Record a withdrawal and delete the raw rows that the windows of its span brought, inside a transaction."""
    ref = window.ref
    # before the withdrawal is recorded, which gets this number: the history names it as what replaced the rows
    seq = next_seq(con)
    note_failure(con, window)
    table = identifier(ref.raw_table)
    if not has_table(con, table):
        return
    stream = {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}
    span = {**stream, "start": window.window_from, "end": window.window_to}
    windows = statement("load/withdrawn_loads.sql")
    # the history first: it reads the rows that the next statement deletes
    run(con, fill(statement("load/keep_withdrawn.sql"), table=table, loads=windows), {**span, "seq": seq})
    run(con, fill(statement("load/drop_withdrawn.sql"), table=table, loads=windows), span)


def _forget(con: duckdb.DuckDBPyConnection, drop: KnownDrop) -> None:
    sql = Sql("delete from fact_drop where table_name = ? and shop_id = ? and first_day = ? and last_day = ?")
    run(con, sql, drop.range)
