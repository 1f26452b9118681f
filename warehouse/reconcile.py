"""Platform total = credited + unowned + excluded, per month, shop and measure, in the shop's own currency.

Belongs here: running the comparison and keeping it. Not here: judging a difference (checks.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from models.periods import Period
from warehouse.connect import transaction
from warehouse.load import insert_rows
from warehouse.sqltext import statement


@dataclass(frozen=True)
class _Measure:
    """One compared figure: its fact decides the accountable role, its raw table must exist."""

    name: str
    fact: str
    raw_table: str


_MEASURES = (
    _Measure("gmv", "order_line", "raw_shopify_orders"),
    _Measure("orders", "order_line", "raw_shopify_orders"),
    _Measure("refunds", "refund", "raw_shopify_orders"),
    _Measure("tickets", "ticket", "raw_zendesk_tickets"),
)


def reconcile(
    con: duckdb.DuckDBPyConnection, period: Period, accountable_roles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Compare and store a period; returns its rows.

    Args:
        con: the warehouse, canonical tables built.
        period: any period; months are usual.
        accountable_roles: fact -> the role that must own every row of it.
    """
    con.execute(statement("kpi/owner.sql"))
    tables = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    rows = [
        row
        for measure in _MEASURES
        if measure.raw_table in tables
        for row in _compare(con, measure, period, accountable_roles.get(measure.fact, ""))
    ]
    with transaction(con):
        con.execute("delete from reconciliation where period = ?", [period.id])
        insert_rows(con, "reconciliation", rows)
    return rows


def _compare(
    con: duckdb.DuckDBPyConnection, measure: _Measure, period: Period, role: str
) -> list[dict[str, Any]]:
    found = con.execute(
        statement(f"reconcile/{measure.name}.sql"),
        {"start_on": period.start, "end_on": period.end, "role": role},
    ).fetchall()
    return [
        {
            "period": period.id,
            "platform": platform,
            "shop_id": shop,
            "measure": measure.name,
            "platform_total": total,
            "credited": credited,
            "unowned": unowned,
            "excluded": excluded,
            "difference": total - credited - unowned - excluded,
        }
        for platform, shop, total, credited, unowned, excluded in found
    ]
