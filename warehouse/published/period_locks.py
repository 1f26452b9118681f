"""How periods and cards stand, as readers of the published file see it.

Belongs here: what the ledger says, written into the tables that are published, and the lock of a period read back. Not here: the
ledger (warehouse/ledger), the snapshot (warehouse/locked).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from models.closing.manifest import LockedPeriod
from warehouse.published.query import published
from warehouse.store.connect import transaction
from warehouse.store.rows import has_table, insert_rows, run
from warehouse.store.sqltext import Sql


@dataclass(frozen=True, kw_only=True)
class PublishedLock:
    """Which version of a period is locked, since when, by whom, and the entry of the ledger that says so."""

    period: str
    version: int
    locked_on: date
    locked_by: str
    manifest_hash: str
    entry: int
    entry_hash: str


def store_standing(
    con: duckdb.DuckDBPyConnection,
    locks: Iterable[LockedPeriod],
    states: Mapping[tuple[str, str], str],
) -> None:
    """Replace the locks, and the state of every card; `states` by period and person, every other card is open."""
    with transaction(con):
        run(con, Sql("delete from period_lock"))
        insert_rows(
            con,
            "period_lock",
            [
                {
                    "period": lock.period,
                    "version": lock.version,
                    "locked_on": lock.on,
                    "locked_by": lock.actor,
                    "manifest_hash": lock.manifest_hash,
                    "entry": lock.entry.seq,
                    "entry_hash": lock.entry.hash,
                }
                for lock in locks
            ],
        )
        run(con, Sql("update scorecard set state = 'open' where state is distinct from 'open'"))
        columns = Sql(
            "create or replace temp table card_state (period varchar, person_id varchar, state varchar)"
        )
        run(con, columns)
        rows = [{"period": p, "person_id": who, "state": s} for (p, who), s in sorted(states.items())]
        insert_rows(con, "card_state", rows)
        sql = Sql(
            "update scorecard as c set state = s.state from card_state as s"
            " where c.period = s.period and c.person_id = s.person_id"
        )
        run(con, sql)


def lock_of(con: duckdb.DuckDBPyConnection, period: str) -> PublishedLock | None:
    """The lock of a period in the published file; None while it is not locked, and in a file of an older version."""
    if not has_table(con, "period_lock"):
        return None
    sql = Sql(
        "select period, version, locked_on, locked_by, manifest_hash, entry, entry_hash from period_lock where period = ?"
    )
    return next(iter(published(con, sql, [period], PublishedLock)), None)
