"""Corrections of locked periods and the law of conservation, as readers of the published file see them.

Belongs here: what the ledger says and what was recomputed, written into the tables that are published. Not here: the fold
(models/closing/corrections.py), recomputing (pipelines/closing/recomputed.py).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from models.closing.corrections import Balance, Corrections, Proposal
from models.closing.manifest import LockedPeriod
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows, run
from warehouse.store.sqltext import Sql

_FORGET = Sql(
    "delete from conservation as c where not exists"
    " (from signed_lock as l where l.period = c.period and l.version = c.version)"
)
_SUMS = Sql(
    "update conservation as c set approved = coalesce(s.approved, 0), open = coalesce(s.open, 0),"
    " rejected = coalesce(s.rejected, 0) from (select k.period, k.person_id, k.role_id, k.kpi_id, k.measure,"
    " sum(amount) filter (counts_as = 'approved') as approved, sum(amount) filter (counts_as = 'open') as open,"
    " sum(amount) filter (counts_as = 'rejected') as rejected from conservation as k"
    " left join correction as p using (period, person_id, role_id, kpi_id, measure) group by all) as s"
    " where c.period = s.period and c.person_id = s.person_id and c.role_id = s.role_id and c.kpi_id = s.kpi_id"
    " and c.measure = s.measure"
)
_DIFFERENCE = Sql(
    "update conservation set difference = coalesce(recomputed, 0) - coalesce(locked, 0) - approved - open - rejected"
)


def store_corrections(
    con: duckdb.DuckDBPyConnection, stands: Mapping[str, Corrections], locks: Iterable[LockedPeriod]
) -> None:
    """Replace the corrections by what the ledger says, and the sums of conservation with them.

    Args:
        con: the warehouse.
        stands: proposals by period.
        locks: locks in force; what was recomputed of another one is forgotten.
    """
    rows = [
        row
        for period, stand in sorted(stands.items())
        for proposal in stand.proposals.values()
        for row in _rows(period, proposal)
    ]
    with transaction(con):
        run(con, Sql("delete from correction"))
        insert_rows(con, "correction", rows)
        run(con, Sql("create or replace temp table signed_lock (period varchar, version integer)"))
        insert_rows(con, "signed_lock", [{"period": k.period, "version": k.version} for k in locks])
        run(con, _FORGET)
        run(con, _SUMS)
        run(con, _DIFFERENCE)


def store_balances(con: duckdb.DuckDBPyConnection, lock: LockedPeriod, found: Iterable[Balance]) -> None:
    """Replace what was recomputed of a locked period."""
    rows = [
        {
            "period": lock.period,
            "version": lock.version,
            "person_id": row.card[0],
            "role_id": row.card[1],
            "kpi_id": row.place[0],
            "measure": row.place[1],
            "locked": row.locked,
            "approved": row.approved,
            "open": row.open,
            "rejected": row.rejected,
            "recomputed": row.recomputed,
            "difference": row.difference,
        }
        for row in found
    ]
    with transaction(con):
        run(con, Sql("delete from conservation where period = ?"), [lock.period])
        insert_rows(con, "conservation", rows)


def _rows(period: str, proposal: Proposal) -> Iterable[dict[str, Any]]:
    for line in proposal.lines:
        for effect, amount in (("direct", line.direct), ("knock_on", line.knock_on)):
            if amount == 0:
                continue
            yield {
                "period": period,
                "number": proposal.number,
                "version": proposal.version,
                "person_id": proposal.card[0],
                "role_id": proposal.card[1],
                "kpi_id": line.kpi,
                "measure": line.measure,
                "effect": effect,
                "amount": amount,
                "state": proposal.state,
                "counts_as": proposal.counts_as or None,
                "into_period": proposal.into,
                "proposed_by": proposal.proposed_by,
                "decided_by": proposal.decided_by,
                "reason": proposal.reason,
            }
