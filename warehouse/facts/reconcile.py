"""Platform total = credited + unowned + excluded, per month, shop and measure, in the shop's own currency.

A stream whose platform states a total that means the same as the sum of its lines has a statement that reads it from the
raw payloads, sql/reconcile/totals/<connector>_<stream>__<measure>.sql; nothing else has to be registered. The total of any
other stream is the sum of its own lines.

Belongs here: running the comparison and keeping it. Not here: judging a difference (checks.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from models.periods import Period
from models.tables import FACTS, Table
from warehouse.facts.feeds import Feed, present_feeds
from warehouse.facts.refused import refused_hidden
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows, only_column, records, run
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal, statement, statements

# A person's own rows lie inside what the shop's owner answers for: they are no second credit.
_NOT_COMPARED = frozenset({"person"})
_INTO_TOTAL = Sql("insert into reconciled_total\n${select}")


@dataclass(frozen=True)
class _Measure:
    """One compared figure: its fact decides the accountable role and, unless `by` narrows them, the scopes that own a row."""

    name: str
    fact: str
    by: frozenset[str] | None = None

    @property
    def table(self) -> Table:
        """The canonical table of its lines."""
        return FACTS[self.fact]

    def scopes(self, held: frozenset[str]) -> dict[str, str]:
        """Scope type -> column, for the types in `held` and always the shop."""
        wanted = (held - _NOT_COMPARED if self.by is None else held & self.by) | {"shop"}
        return {kind: column for kind, column in self.table.scopes.items() if kind in wanted}


_MEASURES = (
    _Measure("gmv", "order_line"),
    _Measure("orders", "order_line", by=frozenset({"shop"})),  # an order has many lines, but one shop
    _Measure("refunds", "refund"),
    _Measure("tickets", "ticket"),
    _Measure("live_gmv", "live_session"),
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
    run(con, statement("kpi/owner.sql"))
    feeds = present_feeds(con)
    rows = [
        row
        for measure in _MEASURES
        if (own := [feed for feed in feeds if feed.table == measure.fact])
        # no role is accountable: everything counts as unowned, and shows as such
        for row in _compare(con, measure, own, period, accountable_roles.get(measure.fact, ""))
    ]
    with transaction(con):
        run(con, Sql("delete from reconciliation where period = ?"), [period.id])
        insert_rows(con, "reconciliation", rows)
    return rows


def _compare(
    con: duckdb.DuckDBPyConnection, measure: _Measure, feeds: Sequence[Feed], period: Period, role: str
) -> list[dict[str, Any]]:
    scopes = measure.scopes(_held(con, role))
    span = {"start_on": period.start, "end_on": period.end}
    columns = _listed([*scopes.values(), *(feed.record for feed in feeds)])
    run(con, fill(statement(f"reconcile/{measure.name}.sql"), columns=columns), span)
    _total(con, measure, feeds, span)
    owner = Sql("(o.scope_type = ${kind} and o.scope_id = e.${column})")
    owners = (fill(owner, kind=literal(kind), column=identifier(c)) for kind, c in scopes.items())
    sql = fill(
        statement("reconcile/compare.sql"),
        scopes=_listed(scopes.values()),
        is_owner=joined(Sql(" or "), owners),
    )

    def compared(
        *, platform_total: Any, credited: Any, unowned: Any, excluded: Any, **shop: str
    ) -> dict[str, Any]:
        return {
            "period": period.id,
            **shop,
            "measure": measure.name,
            "platform_total": platform_total,
            "credited": credited,
            "unowned": unowned,
            "excluded": excluded,
            # In Python: two DECIMAL(38) of different scales do not always fit one DECIMAL(38).
            "difference": platform_total - credited - unowned - excluded,
        }

    return records(con, sql, {"role": role}, compared)


def _total(
    con: duckdb.DuckDBPyConnection, measure: _Measure, feeds: Sequence[Feed], span: Mapping[str, Any]
) -> None:
    """Fill `reconciled_total`: from the payloads of streams that state it, from the lines of all others."""
    run(con, statement("reconcile/total.sql"))
    stating = set(statements("reconcile/totals"))
    own = [feed for feed in feeds if f"{feed.stem}__{measure.name}" not in stating]
    for feed in feeds:
        # two ways to the total, never both for one stream: its sales would stand in it twice
        if feed not in own:
            select = statement(f"reconcile/totals/{feed.stem}__{measure.name}.sql")
            # what is kept out on one side of the equation is kept out on the other; its days are missing with their cause
            with refused_hidden(con, feed):
                run(con, fill(_INTO_TOTAL, select=select), span)
    if own:
        is_own = joined(Sql(" or "), (_origin(feed) for feed in own))
        run(con, fill(_INTO_TOTAL, select=fill(statement("reconcile/own.sql"), is_own=is_own)))


def _origin(feed: Feed) -> Sql:
    return fill(
        statement("reconcile/origin.sql"),
        raw=feed.raw_table,
        stem=literal(feed.stem),
        record=identifier(feed.record),
    )


def _held(con: duckdb.DuckDBPyConnection, role: str) -> frozenset[str]:
    """The scope types by which a role owns anything: no other column can decide."""
    sql = Sql("select distinct scope_type from kpi_owner where role_id = ?")
    return frozenset(str(kind) for kind in only_column(con, sql, [role]))


def _listed(columns: Iterable[str]) -> Sql:
    return listed(identifier(name) for name in dict.fromkeys(columns))
