"""By which row a key is credited, as SQL: the rank of the row, and who holds it.

Belongs here: what sure rows (compile_distinct.py) and doubtful ones (compile_doubts.py) of a key have in common. Not here: how
keys are counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.definitions.ranges import Range
from warehouse.figures.fact_scan import FactScan, of
from warehouse.figures.measures import KEYED, Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

P = Sql("p")
RANK = Sql("f.at")  # a row by which a key may be credited, of a ranked scan: the least comes first


def ranking(measures: Sequence[Measure], scan: FactScan) -> Sql:
    """The table that ranked scans of a fact by one date read: its rows in the order in which they credit a key.

    The order is by day and then by the table's key. A rank is a number, where the row itself would be carried along with every
    key and span. One table for all ranges: rows are sorted once, and a part of them is in the same order.
    Parameters: first and last, the days of all ranges.
    """
    read = {name for m in measures for one in (m, m.lender) if one is not None for name in one.columns}
    keys = [identifier(name) for name in scan.table.key]
    needed = {*read, *scan.table.key, *scan.table.scopes.values(), scan.date, "platform", "shop_id"}
    return fill(
        Sql(
            "create or replace temp table ${name} as\nselect row_number() over (order by ${order}) as at, ${columns}\n"
            "from ${core} as f\nwhere f.${day} between $$first and $$last"
        ),
        name=scan.fact,
        order=of(Sql("f"), [scan.day, *keys]),
        columns=of(Sql("f"), [identifier(name) for name in sorted(needed)]),
        core=scan.core,
        day=scan.day,
    )


def ranged(measures: Iterable[Measure]) -> dict[str, tuple[Range, ...]]:
    """By date column: the ranges of days whose rows credit keys, of the measures that count keys."""
    found: dict[str, list[Range]] = {}
    for measure in (m for m in measures if m.agg in KEYED):
        for one in (measure, measure.lender):
            if one is not None:
                found.setdefault(one.date, []).append(one.range)
    return {date: tuple(dict.fromkeys(ranges)) for date, ranges in found.items()}


def placed(source: Sql, rank: Sql, carried: Sequence[Sql], scan: FactScan) -> Sql:
    """What a source of ranks carries, with what says who holds the rows: their days and their scopes."""
    return fill(
        Sql("select ${carried}, ${place}\nfrom ${source} as c inner join ${rows} as f on f.at = c.${rank}"),
        carried=of(Sql("c"), carried),
        place=place_here(scan),
        source=source,
        rows=scan.fact,
        rank=rank,
    )


def place_here(scan: FactScan) -> Sql:
    """What says who holds a row of the scan: its day and its scopes."""
    scope = Sql("f.${column} as ${scope}")
    scopes = (fill(scope, column=identifier(column), scope=_scope(column)) for column in _columns(scan))
    return listed([fill(Sql("f.${day} as day"), day=scan.day), *scopes])


def holders(source: Sql, carried: Sequence[Sql], scan: FactScan) -> Sql:
    """Who holds a scope of rows on their days, with the share: of a source of labels, places and what it carries."""
    scoped = (
        fill(
            Sql("select label, ${carried}, day, ${kind} as scope_type, ${scope} as scope_id from ${source}"),
            carried=listed(carried),
            kind=literal(kind),
            scope=_scope(column),
            source=source,
        )
        for kind, column in scan.table.scopes.items()
    )
    return fill(
        Sql("select p.label, o.person_id, o.role_id, o.share, ${carried}\nfrom (${scoped}) as p\n${owner}"),
        carried=of(P, carried),
        # all: a check refuses a role that could own one row through two kinds of scope (sql/checks/one_scope_type.sql)
        scoped=joined(Sql("\nunion all\n"), scoped),
        # the label is known: the holdings of an earlier period are those of its span
        owner=replace(scan, by_span=True).owner_join,
    )


def lends_here(measure: Measure, scan: FactScan) -> Measure | None:
    """The denominator that lends its credit by rows of the same scan."""
    lender = measure.lender
    return lender if lender is not None and (lender.range, lender.date) == (scan.range, scan.date) else None


def elsewhere(measure: Measure, scan: FactScan) -> FactScan | None:
    """The scan of the rows that a denominator lends its credit by, where it is another one."""
    lender = measure.lender
    if lender is None or lends_here(measure, scan) is not None:
        return None
    return replace(scan, range=lender.range, date=lender.date, by_span=True)


def _columns(scan: FactScan) -> list[str]:
    # once each: two kinds of scope may read the same column
    return list(dict.fromkeys(scan.table.scopes.values()))


def _scope(column: str) -> Sql:
    return identifier(f"s_{column}")
