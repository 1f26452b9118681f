"""Which fact files were taken in, under which digest; and the withdrawal of those that are no longer declared.

Belongs here: the bookkeeping of facts.yaml. Not here: merging rows (load.py), reading files (connectors/file_drop).
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from models.loads import FailedWindow, StreamRef
from warehouse.raw.load import next_seq, note_failure
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows
from warehouse.store.sqltext import fill, identifier, statement

WITHDRAWN = "C148"


@dataclass(frozen=True)
class KnownDrop:
    """A declared range of days and what became of its file."""

    ref: StreamRef
    first: date
    last: date
    zone: str
    file: str
    digest: str
    status: str  # proven or failed
    cause_code: str | None = None
    cause: str | None = None

    @property
    def range(self) -> tuple[str, str, date, date]:
        """Table, shop and days: the identity of a drop."""
        return self.ref.stream, self.ref.shop_id, self.first, self.last


def known_drops(con: duckdb.DuckDBPyConnection, connector: str) -> list[KnownDrop]:
    """Every drop taken in, in order."""
    rows = con.execute(
        "select table_name, shop_id, first_day, last_day, zone, file, digest, status, cause_code, cause from fact_drop"
        " order by all"
    ).fetchall()
    return [KnownDrop(StreamRef(connector, table, shop), *rest) for table, shop, *rest in rows]


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
    seq = next_seq(con)
    note_failure(con, window)
    table = identifier(ref.raw_table)
    found = con.execute("select count(*) from duckdb_tables() where table_name = ?", [table]).fetchone()
    if found == (0,):
        return
    stream = {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}
    span = {**stream, "start": window.window_from, "end": window.window_to}
    con.execute(fill(statement("load/keep_withdrawn.sql"), table=table), {**span, "seq": seq})
    con.execute(fill(statement("load/drop_withdrawn.sql"), table=table), span)


def _forget(con: duckdb.DuckDBPyConnection, drop: KnownDrop) -> None:
    con.execute(
        "delete from fact_drop where table_name = ? and shop_id = ? and first_day = ? and last_day = ?",
        list(drop.range),
    )
