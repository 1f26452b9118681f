"""Runs compiled KPI statements: what is a measure for a person, role and span, and why is it unknown.

Belongs here: holdings and spans put in place, SQL results as Python Decimals. Not here: ratios, status, storage
(actuals.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import duckdb

from models.causes import Cause
from models.definitions.ranges import Range
from models.errors import WarehouseError
from models.money import add, divide, multiply
from models.tables import FACTS, Table
from warehouse.figures.compile import Family, compile_family, compile_gap, families, output_columns
from warehouse.figures.fact_scan import Grain, bounds_of
from warehouse.figures.measures import ORDERED, Measure, ranges_of
from warehouse.figures.plan import Span
from warehouse.store.rows import insert_rows
from warehouse.store.sqltext import fill, identifier, statement

Key = tuple[str, str, str]  # label, person, role


@dataclass(frozen=True)
class Figure:
    """One measure of one person: its exact value, the rows behind it, and how many of them lack a value.

    `n_seen`: the rows of a snapshot's day, whether they count or not.
    """

    value: Decimal | None
    n_rows: int
    n_null: int
    n_seen: int = 0


NOTHING = Figure(None, 0, 0)


@dataclass(frozen=True)
class Figures:
    """All figures of a computation; asked by measure and key."""

    values: Mapping[Measure, Mapping[Key, Figure]]
    gaps: Mapping[Measure, Mapping[Key, Cause]]

    def of(self, measure: Measure, key: Key) -> Figure:
        """The figure; a sum or count over no row is 0, a statistic of no row or a snapshot never taken is unknown."""
        found = self.values.get(measure, {}).get(key, NOTHING)
        was_taken = not measure.range.is_snapshot or found.n_seen > 0
        if found.value is None and found.n_null == 0 and measure.is_additive and was_taken:
            return Figure(Decimal(0), found.n_rows, 0, found.n_seen)
        return found

    def gap(self, measure: Measure, key: Key) -> Cause:
        """Which row lacks the value."""
        return self.gaps.get(measure, {}).get(key, Cause("M204", f"a {measure.fact} lacks a value"))


@dataclass(frozen=True)
class _Asked:
    """One fact with what is asked of it; `table` names only scopes that somebody holds, `held` in which roles."""

    table: Table
    held: Mapping[str, frozenset[str]]  # roles by scope type
    grain: Grain
    days: Mapping[Range, tuple[date, date]]

    def table_for(self, roles: Collection[str]) -> Table:
        """The fact with the scopes that somebody in the roles holds; no role = every role."""
        scopes = {
            kind: column
            for kind, column in self.table.scopes.items()
            if not roles or not self.held[kind].isdisjoint(roles)
        }
        return replace(self.table, scopes=scopes)

    def bounds(self, measures: Sequence[Measure]) -> dict[str, date]:
        """First and last day over all spans, for every range that the measures read."""
        found: dict[str, date] = {}
        for reach in ranges_of(measures):
            found.update(zip(bounds_of(reach), self.days[reach], strict=True))
        return found


def read_figures(
    con: duckdb.DuckDBPyConnection,
    measures: Mapping[str, Sequence[Measure]],
    spans: Sequence[Span],
    grain: Grain,
    roles: Mapping[Measure, Collection[str]] | None = None,
) -> Figures:
    """Compute every measure for every span, person and role that asks for it: one statement per family of measures.

    `roles`: who asks for a measure; None = every role asks for every measure. Leaves kpi_held behind.
    """
    roles = roles or {}
    days = _prepare(con, spans, ranges_of(m for asked in measures.values() for m in asked))
    values: dict[Measure, dict[Key, Figure]] = {}
    gaps: dict[Measure, dict[Key, Cause]] = {}
    for fact, asked in measures.items():
        of_fact = _held(con, FACTS[fact], set().union(*(roles.get(m, ()) for m in asked)), grain, days)
        for family in families(asked, roles):
            table = of_fact.table_for(family.roles)
            if not table.scopes:
                continue  # nobody who asks holds anything of it: nothing to read
            found = _run(con, family, replace(of_fact, table=table))
            values.update(found)
            for measure in family.measures:
                if any(f.n_null for f in found[measure].values()):
                    gaps[measure] = _gaps(con, measure, family.roles, replace(of_fact, table=table))
    return Figures(values, gaps)


def _prepare(
    con: duckdb.DuckDBPyConnection, spans: Sequence[Span], ranges: Sequence[Range]
) -> dict[Range, tuple[date, date]]:
    """Fill kpi_span; the first and last day of every range over all spans."""
    con.execute(statement("kpi/owner.sql"))
    con.execute(statement("kpi/held.sql"))
    con.execute(statement("kpi/span.sql"))
    rows = [_span_row(span, reach) for span in spans for reach in ranges]
    insert_rows(con, "kpi_span", rows)
    days = {reach: [span.days_of(reach) for span in spans] for reach in ranges}
    return {
        reach: (min(first for first, _ in all_), max(last for _, last in all_))
        for reach, all_ in days.items()
    }


def _span_row(span: Span, reach: Range) -> dict[str, object]:
    first, last = span.days_of(reach)
    start, end = (first, last) if reach.is_shifted else (span.start, span.end)
    return {
        "label": span.label,
        "range_id": reach.id,
        "start_on": start,
        "end_on": end,
        "from_on": first,
        "to_on": last,
    }


def _held(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    roles: Collection[str],
    grain: Grain,
    days: Mapping[Range, tuple[date, date]],
) -> _Asked:
    """Fill kpi_held for a fact; the fact with the scopes that somebody holds."""
    scopes = {kind: c for kind, c in table.scopes.items() if kind != "person" or _names_people(con, table, c)}
    con.execute(
        statement("kpi/hold.sql"), {"fact": table.name, "scopes": list(scopes), "roles": sorted(roles)}
    )
    found = con.execute(
        "select scope_type, list(distinct role_id) from kpi_held where fact = ? group by all", [table.name]
    ).fetchall()
    held = {scope: frozenset(holders) for scope, holders in found}
    kept = {kind: column for kind, column in scopes.items() if kind in held}
    return _Asked(replace(table, scopes=kept), held, grain, days)


def _names_people(con: duckdb.DuckDBPyConnection, table: Table, column: str) -> bool:
    """Whether the rows of a fact say whose they are: where none does, nobody's own rows are known."""
    fact, name = identifier(f"core_{table.name}"), identifier(column)
    sql = fill("select count(${name}) > 0 or count(*) = 0 from ${fact}", name=name, fact=fact)
    return con.execute(sql).fetchone() == (True,)


def _run(con: duckdb.DuckDBPyConnection, family: Family, asked: _Asked) -> dict[Measure, dict[Key, Figure]]:
    fact, measures = asked.table.name, family.measures
    try:
        cursor = con.execute(compile_family(family, asked.table, asked.grain), asked.bounds(measures))
    except duckdb.OutOfRangeException as error:
        raise WarehouseError(
            "W403",
            f"a KPI over {fact} does not fit 38 digits",
            actual=str(error).splitlines()[0][:200],
            remedy="multiply fewer money columns in its formula",
        ) from error
    names = [d[0] for d in cursor.description or []]
    inexact = [d[0] for d in cursor.description or [] if str(d[1]) in {"DOUBLE", "FLOAT"}]
    if inexact:
        raise WarehouseError(
            "W404", f"a KPI over {fact} would be computed in binary floats", actual=", ".join(inexact)
        )
    found: dict[Measure, dict[Key, Figure]] = {m: {} for m in measures}
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        key = (row["label"], row["person_id"], row["role_id"])
        for number, measure in enumerate(measures):
            found[measure][key] = _figure(row, number, measure)
    return found


def _figure(row: Mapping[str, object], number: int, measure: Measure) -> Figure:
    given = [_decimal(row[name]) for name in output_columns(number, measure)]
    count = 2 if measure.agg in ORDERED else 1
    n_rows, n_null, *seen = (int(n or 0) for n in given[count:])
    value = given[0] if count == 1 else _interpolate(given[0], given[1], n_rows, measure.percentile)
    return Figure(value, n_rows, n_null, *seen)


def _interpolate(low: Decimal | None, high: Decimal | None, n: int, percent: Decimal) -> Decimal | None:
    """Linear between the two neighbours, as DuckDB's quantile_cont, but exact."""
    if low is None or high is None or n == 0:
        return None
    top, bottom = percent.as_integer_ratio()
    remainder = Decimal((n - 1) * top % (100 * bottom))
    return add(low, multiply(add(high, -low), divide(remainder, Decimal(100 * bottom))))


def _decimal(value: object) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise WarehouseError(
        "W404", "a KPI statement returned something that is no exact number", actual=type(value).__name__
    )


def _gaps(
    con: duckdb.DuckDBPyConnection, measure: Measure, roles: tuple[str, ...], asked: _Asked
) -> dict[Key, Cause]:
    bounds = dict(zip(bounds_of(measure.range), asked.days[measure.range], strict=True))
    rows = con.execute(compile_gap(measure, asked.table, asked.grain, roles), bounds).fetchall()
    return {(label, person, role): _cause(measure, reason) for label, person, role, reason in rows}


def _cause(measure: Measure, reason: str) -> Cause:
    kind, _, rest = reason.partition("|")
    subject, _, day = rest.rpartition("|")
    match kind:
        case "rate":
            return Cause("M202", f"no exchange rate for {subject} on {day}; add it to rates.csv")
        case "cost":
            return Cause(
                "M203", f"no cost for SKU {subject or '(none stated)'} on {day}; add it to costs.csv"
            )
        case _:
            return Cause("M204", f"{measure.fact} {subject} of {day} lacks a value")
