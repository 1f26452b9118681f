"""By which row a key is credited, as SQL: the row as a value that can be compared, and who holds it.

Belongs here: what sure rows (compile_distinct.py) and doubtful ones (compile_doubts.py) of a key have in common. Not here: how
keys are counted.
"""

from collections.abc import Sequence
from dataclasses import replace

from warehouse.figures.fact_scan import FactScan, of
from warehouse.figures.measures import Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

P = Sql("p")


def row(scan: FactScan) -> Sql:
    """A row by which a key may be credited: its day, what tells it from others of the day, its scopes; compared in this order."""
    ids = listed(
        fill(Sql("${name} := f.${column}"), name=identifier(f"i{i}"), column=identifier(column))
        for i, column in enumerate(scan.table.key)
    )
    owned = listed(
        fill(Sql("${name} := f.${column}"), name=_scope(column), column=identifier(column))
        for column in _columns(scan)
    )
    return fill(Sql("struct_pack(d := f.${day}, ${ids}, ${owned})"), day=scan.day, ids=ids, owned=owned)


def place(name: Sql, scan: FactScan) -> Sql:
    """What says who holds a row: its day and its scopes."""
    scope = Sql("${row}[${text}] as ${scope}")
    scopes = (
        fill(scope, row=name, text=literal(f"s_{column}"), scope=_scope(column)) for column in _columns(scan)
    )
    return listed([fill(Sql("${row}['d'] as day"), row=name), *scopes])


def place_here(scan: FactScan) -> Sql:
    """The same, of a row of the scan."""
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
