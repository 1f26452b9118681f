"""How what is stored came to be: which load moved which rows of a day, the versions of a record, fields nobody declared.

Belongs here: questions about the past of raw rows. Not here: filling the history (merge.py), rendering the answers.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from models.loads import StreamRef
from warehouse.store.sqltext import fill, identifier, statement


@dataclass(frozen=True)
class Movement:
    """What one load did to the rows of one day."""

    load_seq: int
    as_of: datetime | None
    landing_file: str | None
    new_rows: int
    changed_rows: int
    gone_rows: int


@dataclass(frozen=True)
class Version:
    """One state of a record, from one load until another replaced it."""

    load_seq: int
    replaced_by: int | None
    day: date
    payload: dict[str, Any]


def movements(con: duckdb.DuckDBPyConnection, ref: StreamRef, day: date) -> list[Movement]:
    """Every load that brought, changed or took away records of a day, oldest first."""
    if not _has_rows(con, ref):
        return []
    sql = fill(statement("history/movements.sql"), table=identifier(ref.raw_table))
    rows = con.execute(sql, {**_stream(ref), "day": day}).fetchall()
    return [
        Movement(seq, _instant(us), file, new, changed, gone) for seq, us, file, new, changed, gone in rows
    ]


def versions(con: duckdb.DuckDBPyConnection, ref: StreamRef, record_key: str) -> list[Version]:
    """Every stored state of a record, oldest first; one that left has no state without a successor."""
    if not _has_rows(con, ref):
        return []
    sql = fill(statement("history/versions.sql"), table=identifier(ref.raw_table))
    rows = con.execute(sql, {**_stream(ref), "key": record_key}).fetchall()
    return [Version(seq, by, day, json.loads(payload)) for seq, by, day, payload in rows]


def drift(con: duckdb.DuckDBPyConnection, ref: StreamRef, *, since: int = 0) -> dict[str, int]:
    """Fields that came without being declared, with how often, in the loads after a sequence number."""
    rows = con.execute(statement("history/drift.sql"), {**_stream(ref), "since": since}).fetchall()
    return {field: int(n) for field, n in rows}


def _stream(ref: StreamRef) -> dict[str, str]:
    return {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}


def _has_rows(con: duckdb.DuckDBPyConnection, ref: StreamRef) -> bool:
    found = con.execute(
        "select count(*) from duckdb_tables() where table_name = ?", [identifier(ref.raw_table)]
    ).fetchone()
    return found != (0,)


def _instant(microseconds: int | None) -> datetime | None:
    return (
        None
        if microseconds is None
        else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    )
