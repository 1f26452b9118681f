"""Runs compiled KPI statements: what is a measure for a person, role and span, and why is it unknown.

Belongs here: SQL results as Python Decimals. Not here: ratios, status, storage (actuals.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from models.causes import Cause
from models.errors import WarehouseError
from models.money import add, divide, multiply
from models.tables import FACTS
from warehouse.compile import Grain, Measure, compile_fact, compile_gap, output_columns
from warehouse.load import insert_rows
from warehouse.plan import Span
from warehouse.sqltext import statement

Key = tuple[str, str, str]  # label, person, role


@dataclass(frozen=True)
class Figure:
    """One measure of one person: its exact value, the rows behind it, and how many of them lack a value."""

    value: Decimal | None
    n_rows: int
    n_null: int


NOTHING = Figure(None, 0, 0)


@dataclass(frozen=True)
class Figures:
    """All figures of a computation; asked by measure and key."""

    values: Mapping[Measure, Mapping[Key, Figure]]
    gaps: Mapping[Measure, Mapping[Key, Cause]]

    def of(self, measure: Measure, key: Key) -> Figure:
        """The figure; a sum or count over no row is 0, a statistic of no row is unknown."""
        found = self.values.get(measure, {}).get(key, NOTHING)
        if found.value is None and found.n_null == 0 and measure.agg not in {"median", "percentile"}:
            return Figure(Decimal(0), found.n_rows, 0)
        return found

    def gap(self, measure: Measure, key: Key) -> Cause:
        """Which row lacks the value."""
        return self.gaps.get(measure, {}).get(key, Cause("M204", f"a {measure.fact} lacks a value"))


def read_figures(
    con: duckdb.DuckDBPyConnection,
    measures: Mapping[str, Sequence[Measure]],
    spans: Sequence[Span],
    grain: Grain,
) -> Figures:
    """Compute every measure for every span, person and role: one statement per fact."""
    _prepare(con, spans)
    bounds = {"lo": min(s.start for s in spans), "hi": max(s.end for s in spans)}
    values: dict[Measure, dict[Key, Figure]] = {}
    gaps: dict[Measure, dict[Key, Cause]] = {}
    for fact, asked in measures.items():
        values.update(_run(con, fact, asked, bounds, grain))
        for measure in asked:
            if any(f.n_null for f in values[measure].values()):
                gaps[measure] = _gaps(con, measure, bounds, grain)
    return Figures(values, gaps)


def _prepare(con: duckdb.DuckDBPyConnection, spans: Sequence[Span]) -> None:
    con.execute(statement("kpi/owner.sql"))
    con.execute(statement("kpi/span.sql"))
    insert_rows(con, "kpi_span", [{"label": s.label, "start_on": s.start, "end_on": s.end} for s in spans])


def _run(
    con: duckdb.DuckDBPyConnection,
    fact: str,
    measures: Sequence[Measure],
    bounds: Mapping[str, date],
    grain: Grain,
) -> dict[Measure, dict[Key, Figure]]:
    try:
        cursor = con.execute(compile_fact(measures, FACTS[fact], grain), dict(bounds))
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
    *figures, n, null = [_decimal(row[name]) for name in output_columns(number, measure)]
    n_rows, n_null = int(n or 0), int(null or 0)
    value = (
        figures[0] if len(figures) == 1 else _interpolate(figures[0], figures[1], n_rows, measure.percentile)
    )
    return Figure(value, n_rows, n_null)


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
    con: duckdb.DuckDBPyConnection, measure: Measure, bounds: Mapping[str, date], grain: Grain
) -> dict[Key, Cause]:
    rows = con.execute(compile_gap(measure, FACTS[measure.fact], grain), dict(bounds)).fetchall()
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
