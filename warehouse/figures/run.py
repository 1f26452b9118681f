"""Runs compiled KPI statements: what is a measure for a person, role and span, and why is it unknown.

Belongs here: holdings and spans put in place, SQL results as Python Decimals. Not here: the sentence that says which row is
unknown (gaps.py), ratios and status (judge.py), storage (actuals.py).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import duckdb

from models.causes import Cause
from models.definitions.ranges import Range
from models.errors import WarehouseError
from models.money import add, divide, multiply
from models.tables import FACTS, Table
from warehouse.figures.compile import Family, compile_family, families, output_columns
from warehouse.figures.fact_scan import FactScan, Grain, Key, bounds_of
from warehouse.figures.first_rows import ranged, ranking
from warehouse.figures.gaps import ANYBODY, read_gaps, read_undated
from warehouse.figures.measures import KEYED, ORDERED, Measure, ranges_of
from warehouse.figures.plan import Span
from warehouse.store.rows import insert_rows, only_value, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier, statement


@dataclass(frozen=True)
class MeasureResult:
    """One measure of one person: its exact value, the rows behind it, and how many of them lack a value.

    `n_seen`: the rows of a snapshot's day, whether they count or not.
    """

    value: Decimal | None
    n_rows: int
    n_null: int
    n_seen: int = 0


NO_ROWS = MeasureResult(None, 0, 0)


@dataclass(frozen=True)
class MeasureResults:
    """All results of a computation; looked up by measure and key."""

    values: Mapping[Measure, Mapping[Key, MeasureResult]]
    gaps: Mapping[Measure, Mapping[Key, Cause]]

    def of(self, measure: Measure, key: Key) -> MeasureResult:
        """The result; a sum or count over no row is 0, a statistic of no row or a snapshot never taken is unknown."""
        result = self.values.get(measure, {}).get(key, NO_ROWS)
        was_taken = not measure.range.is_snapshot or result.n_seen > 0
        # no row is an answer for a sum, rows without a value are none
        if result.value is None and result.n_null == 0 and measure.is_additive and was_taken:
            return MeasureResult(Decimal(0), result.n_rows, 0, result.n_seen)
        return result

    def gap(self, measure: Measure, key: Key) -> Cause:
        """Which row lacks the value: one of the person's own, else any by which a key of the person's may be credited."""
        gaps = self.gaps.get(measure, {})
        otherwise = Cause("M204", f"a {measure.fact} lacks a value")
        return gaps.get(key) or gaps.get((key[0], *ANYBODY)) or otherwise


@dataclass(frozen=True)
class _HeldFact:
    """One fact over some days; `table` names only scopes that somebody holds, `roles` in which roles."""

    table: Table
    roles: Mapping[str, frozenset[str]]  # by scope type
    grain: Grain
    days: Mapping[Range, tuple[date, date]]

    def for_roles(self, roles: Collection[str]) -> "_HeldFact":
        """The fact with the scopes that somebody in the roles holds; no role = every role."""
        scopes = {
            kind: column
            for kind, column in self.table.scopes.items()
            if not roles or not self.roles[kind].isdisjoint(roles)
        }
        return replace(self, table=replace(self.table, scopes=scopes))

    def scans(self, measure: Measure, roles: tuple[str, ...]) -> tuple[FactScan, ...]:
        """Whose rows decide whether a measure counts, one scan for each range, with the span joined to every row."""
        return tuple(
            FactScan(
                table=self.table, date=measure.date, range=days, grain=self.grain, by_span=True, roles=roles
            )
            for days in measure.judged
        )

    def bounds(self, ranges: Sequence[Range]) -> dict[str, date]:
        """First and last day over all spans, for every range, as the parameters of a statement."""
        names_and_days = (zip(bounds_of(days), self.days[days], strict=True) for days in ranges)
        return {name: day for pairs in names_and_days for name, day in pairs}


def read_figures(
    con: duckdb.DuckDBPyConnection,
    measures: Mapping[str, Sequence[Measure]],
    spans: Sequence[Span],
    grain: Grain,
    roles: Mapping[Measure, Collection[str]] | None = None,
) -> MeasureResults:
    """Compute every measure for every span, person and role that asks for it: one statement per family of measures.

    `measures`: by fact. `roles`: who asks for a measure; None = every role asks for every measure. Leaves kpi_held and
    kpi_held_then behind.

    Raises:
        WarehouseError: W403 when a result does not fit 38 digits, W404 when one would be no exact number.
    """
    roles = roles or {}
    days = _prepare(con, spans, ranges_of(m for of_fact in measures.values() for m in of_fact))
    values: dict[Measure, dict[Key, MeasureResult]] = {}
    gaps: dict[Measure, dict[Key, Cause]] = {}
    for name, of_fact in measures.items():
        asking = set().union(*(roles.get(m, ()) for m in of_fact))
        read = {one: days[one] for one in ranges_of(of_fact)}
        held_fact = _held(con, FACTS[name], asking, grain, read)
        with _ranked(con, of_fact, held_fact):
            for family in families(of_fact, roles):
                held = held_fact.for_roles(family.roles)
                if not held.table.scopes:
                    continue  # nobody who asks holds anything of it: nothing to read
                results = _compute(con, family, held)
                for measure in family.measures:
                    gaps[measure] = _unknown(con, measure, held, family.roles, results[measure])
                values.update(results)
    return MeasureResults(values, gaps)


@contextmanager
def _ranked(con: duckdb.DuckDBPyConnection, measures: Sequence[Measure], held: _HeldFact) -> Iterator[None]:
    """The tables by which counts of keys find first rows, for as long as one fact is read."""
    asked = ranged(measures) if held.table.scopes else {}
    scans = {
        day: FactScan(table=held.table, date=day, range=ranges[0], grain=held.grain, ranked=True)
        for day, ranges in asked.items()
    }
    try:
        for day, ranges in asked.items():
            bounds = [held.days[one] for one in ranges]
            days = {"first": min(first for first, _ in bounds), "last": max(last for _, last in bounds)}
            run(con, ranking([m for m in measures if m.agg in KEYED], scans[day]), days)
        yield
    finally:
        for scan in scans.values():
            run(con, fill(Sql("drop table if exists temp.${name}"), name=scan.fact))


def _unknown(
    con: duckdb.DuckDBPyConnection,
    measure: Measure,
    held: _HeldFact,
    roles: tuple[str, ...],
    results: dict[Key, MeasureResult],
) -> dict[Key, Cause]:
    """Why a measure is unknown, by key; rows whose day is not known come on top of what the results count."""
    # the row that lacks a value is looked for only where there is one: it costs a scan of its own
    gaps = _gaps(con, measure, held, roles) if any(result.n_null for result in results.values()) else {}
    undated = read_undated(con, measure, held.scans(measure, roles))
    unplaced = {key: gap.cause(measure.fact) for key, gap in undated.items()}
    if measure.keys:
        unplaced |= {(label, *ANYBODY): cause for (label, *_), cause in unplaced.items()}
    _mark_unknown(results, {key: gap.rows for key, gap in undated.items()})
    return unplaced | gaps


def _gaps(
    con: duckdb.DuckDBPyConnection, measure: Measure, held: _HeldFact, roles: tuple[str, ...]
) -> dict[Key, Cause]:
    """The first row that makes a measure unknown, by key: of its own rows before those that lend it their credit."""
    lender = measure.lender
    lent = {} if lender is None else _gaps(con, lender, held, roles)
    return lent | read_gaps(con, measure, held.scans(measure, roles), held.bounds(measure.judged))


def _mark_unknown(results: dict[Key, MeasureResult], rows: Mapping[Key, int]) -> None:
    """Rows whose day is not known, on top of the unknown rows of the asked days."""
    for key, n in rows.items():
        found = results.get(key, NO_ROWS)
        results[key] = replace(found, n_null=found.n_null + n)


def _prepare(
    con: duckdb.DuckDBPyConnection, spans: Sequence[Span], ranges: Sequence[Range]
) -> dict[Range, tuple[date, date]]:
    """Fill kpi_span and kpi_counterpart; the first and last day of every range over all spans."""
    run(con, statement("kpi/owner.sql"))
    run(con, statement("kpi/held.sql"))
    run(con, statement("kpi/held_then.sql"))
    run(con, statement("kpi/counterpart.sql"))
    run(con, statement("kpi/span.sql"))
    insert_rows(con, "kpi_span", [_span_row(span, days) for span in spans for days in ranges])
    insert_rows(
        con,
        "kpi_counterpart",
        [row for span in spans for days in ranges if days.is_shifted for row in _counterparts(span, days)],
    )
    of_spans = {days: [span.days_of(days) for span in spans] for days in ranges}
    return {
        days: (min(first for first, _ in all_), max(last for _, last in all_))
        for days, all_ in of_spans.items()
    }


def _span_row(span: Span, days: Range) -> dict[str, object]:
    first, last = span.days_of(days)
    # in a shifted range, such as the period before, period_start and period_end mean the ends of that one
    start, end = (first, last) if days.is_shifted else (span.start, span.end)
    return {
        "label": span.label,
        "range_id": days.id,
        "start_on": start,
        "end_on": end,
        "from_on": first,
        "to_on": last,
    }


def _counterparts(span: Span, days: Range) -> Iterator[dict[str, object]]:
    for then_on, now_on in days.counterparts(span.start, span.end, to_date=span.to_date):
        yield {"label": span.label, "range_id": days.id, "then_on": then_on, "now_on": now_on}


def _held(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    roles: Collection[str],
    grain: Grain,
    days: Mapping[Range, tuple[date, date]],
) -> _HeldFact:
    """Fill kpi_held, and kpi_held_then where an earlier range is read, for a fact; the fact with the scopes that are held."""
    scopes = {kind: c for kind, c in table.scopes.items() if kind != "person" or _names_people(con, table, c)}
    run(con, statement("kpi/hold.sql"), {"fact": table.name, "scopes": list(scopes), "roles": sorted(roles)})
    if any(one.is_shifted for one in days):
        run(con, statement("kpi/hold_then.sql"), {"fact": table.name})
    sql = Sql("select scope_type, list(distinct role_id) as roles from kpi_held where fact = ? group by all")
    held = {row["scope_type"]: frozenset(row["roles"]) for row in row_dicts(con, sql, [table.name])}
    kept = {kind: column for kind, column in scopes.items() if kind in held}
    return _HeldFact(replace(table, scopes=kept), held, grain, days)


def _names_people(con: duckdb.DuckDBPyConnection, table: Table, column: str) -> bool:
    """Whether the rows of a fact say whose they are: where none does, nobody's own rows are known."""
    # an empty table says nothing against its naming people
    sql = Sql("select count(${name}) > 0 or count(*) = 0 from ${fact}")
    fact, name = identifier(f"core_{table.name}"), identifier(column)
    return bool(only_value(con, fill(sql, name=name, fact=fact)))


def _compute(
    con: duckdb.DuckDBPyConnection, family: Family, held: _HeldFact
) -> dict[Measure, dict[Key, MeasureResult]]:
    fact, measures = held.table.name, family.measures
    try:
        cursor = run(con, compile_family(family, held.table, held.grain), held.bounds(ranges_of(measures)))
    except duckdb.OutOfRangeException as error:
        raise WarehouseError(
            "W403",
            f"a KPI over {fact} does not fit 38 digits",
            actual=str(error).splitlines()[0][:200],
            remedy="multiply fewer money columns in its formula",
        ) from error
    names = [d[0] for d in cursor.description or []]
    # DuckDB turns to DOUBLE without a word where an expression has no exact type
    inexact = [d[0] for d in cursor.description or [] if str(d[1]) in {"DOUBLE", "FLOAT"}]
    if inexact:
        raise WarehouseError(
            "W404", f"a KPI over {fact} would be computed in binary floats", actual=", ".join(inexact)
        )
    results: dict[Measure, dict[Key, MeasureResult]] = {m: {} for m in measures}
    outputs = [(measure, output_columns(number, measure)) for number, measure in enumerate(measures)]
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        key = (row["label"], row["person_id"], row["role_id"])
        for measure, columns in outputs:
            results[measure][key] = _result(row, columns, measure)
    return results


def _result(row: Mapping[str, object], columns: Sequence[str], measure: Measure) -> MeasureResult:
    numbers = [_decimal(row[name]) for name in columns]
    n_figures = 2 if measure.agg in ORDERED else 1
    n_rows, n_null, *n_seen = (int(n or 0) for n in numbers[n_figures:])
    value = numbers[0] if n_figures == 1 else _interpolate(numbers[0], numbers[1], n_rows, measure.percentile)
    return MeasureResult(value, n_rows, n_null, *n_seen)


def _interpolate(low: Decimal | None, high: Decimal | None, n: int, percent: Decimal) -> Decimal | None:
    """Linear between the two neighbours, as DuckDB's quantile_cont, but exact.

    quantile_cont computes in binary floats (https://duckdb.org/docs/stable/sql/functions/aggregates).
    """
    if low is None or high is None or n == 0:
        return None
    top, bottom = percent.as_integer_ratio()
    # what is left of the division: its whole part has chosen the neighbours in SQL
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
