"""How what is stored came to be: which load moved which rows of a day, the versions of a record, fields nobody declared.

Belongs here: questions about the past of raw rows. Not here: filling the history (merge.py), rendering the answers.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from models.loads import StreamRef
from warehouse.store.rows import has_table, instant, records, row_dicts
from warehouse.store.sqltext import fill, identifier, statement


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What one load did to the rows of one day."""

    load_seq: int
    as_of: datetime | None
    landing_file: str | None
    new_rows: int
    changed_rows: int
    gone_rows: int


@dataclass(frozen=True)
class RecordVersion:
    """One state of a record, from one load until another replaced it."""

    load_seq: int
    replaced_by: int | None
    day: date
    payload: dict[str, Any]


def movements(con: duckdb.DuckDBPyConnection, ref: StreamRef, day: date) -> list[Movement]:
    """Every load that brought, changed or took away records of a day, oldest first."""
    table = identifier(ref.raw_table)
    # the first load makes a raw table: an account that was never pulled has no past
    if not has_table(con, table):
        return []
    sql = fill(statement("history/movements.sql"), table=table)

    def movement(*, as_of_us: int | None, **moved: Any) -> Movement:
        return Movement(as_of=None if as_of_us is None else instant(as_of_us), **moved)

    return records(con, sql, {**_stream(ref), "day": day}, movement)


def versions(con: duckdb.DuckDBPyConnection, ref: StreamRef, record_key: str) -> list[RecordVersion]:
    """Every stored state of a record, oldest first; one that left has no state without a successor."""
    table = identifier(ref.raw_table)
    if not has_table(con, table):
        return []
    sql = fill(statement("history/versions.sql"), table=table)

    def version(*, payload: str, **stood: Any) -> RecordVersion:
        return RecordVersion(payload=json.loads(payload), **stood)

    return records(con, sql, {**_stream(ref), "key": record_key}, version)


def drift(con: duckdb.DuckDBPyConnection, ref: StreamRef, *, since: int = 0) -> dict[str, int]:
    """Fields that came without being declared, with how often, in the loads after a sequence number."""
    fields = row_dicts(con, statement("history/drift.sql"), {**_stream(ref), "since": since})
    return {str(found["field"]): int(found["n"]) for found in fields}


def _stream(ref: StreamRef) -> dict[str, str]:
    return {"connector": ref.connector, "stream": ref.stream, "shop": ref.shop_id}
