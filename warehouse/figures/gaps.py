"""Why a measure is unknown for a person, role and span: the first unknown row, as the sentence of a cause.

Belongs here: running the statements of compile_gaps.py, and what they say as causes M202 to M204, M220 and M221. Not here:
figures (run.py), causes of arithmetic (models.figure) and of proof (judge.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from models.causes import Cause
from models.tables import FACTS, Table
from warehouse.figures.compile_gaps import compile_gap, compile_undated, lost_day
from warehouse.figures.fact_scan import FactScan, Key, bounds_of
from warehouse.figures.measures import Measure
from warehouse.store.rows import only_column, records
from warehouse.store.sqltext import Sql

ANYBODY = ("", "")  # in place of a person and role: of all rows, whoever holds them


@dataclass(frozen=True, kw_only=True)
class ValueGap:
    """A row of `compile_gap`."""

    label: str
    person_id: str
    role_id: str
    kind: Literal["condition", "rate", "cost", "fee", "value"]
    subject: str
    columns: str
    day: date
    rows: int

    def cause(self, fact: str) -> Cause:
        """What is missing, and where it is to be added."""
        match self.kind:
            case "condition":
                return Cause("M220", self._undecided(FACTS[fact]))
            case "rate":
                return Cause(
                    "M202", f"no exchange rate for {self.subject} on {self.day}; add it to rates.csv"
                )
            case "cost":
                sku = self.subject or "(none stated)"
                return Cause("M203", f"no cost for SKU {sku} on {self.day}; add it to costs.csv")
            case "fee":
                return Cause(
                    "M203",
                    f"costs.csv states no {self.columns} for SKU {self.subject} on {self.day}; fill it in,"
                    " or say once in company.yaml that `empty_fees: zero` is meant",
                )
            case "value":
                return Cause("M204", f"{fact} {self.subject} of {self.day} lacks a value")

    def _undecided(self, table: Table) -> str:
        """In both languages, for whoever keeps the files: the columns, how many rows, one of them by its visible keys."""
        found = [c for name in self.columns.split(", ") if (c := table.column(name)) is not None]
        vague = sorted({word for column in found for word in column.untold})
        named = " and ".join(c.name for c in found), "、".join(f"{c.name}（{c.zh}）" for c in found)
        means = (
            f" or says {' or '.join(vague)}" if vague else "",
            f"或只写 {'、'.join(vague)}" if vague else "",
        )
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        row = f"the row of {self.day}" + (f" with {self.subject}" if self.subject else "")
        return (
            f"{named[0]} of {table.name} is empty{means[0]} in {rows}, so that nobody can tell whether they count;"
            f" e.g. {row}"
            f" / 表 {table.name} 有 {self.rows} 行的 {named[1]}为空{means[1]}，无法判断是否计入；"
            f"例如 {self.day} 的一行{f'：{self.subject}' if self.subject else ''}"
        )


@dataclass(frozen=True, kw_only=True)
class UndatedGap:
    """A row of `compile_undated`."""

    label: str
    person_id: str
    role_id: str
    rows: int
    subject: str
    date: str

    def cause(self, fact: str) -> Cause:
        """How many rows may belong to the span, and one of them."""
        return Cause(
            "M221",
            f"{_rows(self.rows, fact)} not state {self.date}, and may belong to {self.label}; e.g. {self.subject}",
        )


def read_gaps(
    con: duckdb.DuckDBPyConnection,
    measure: Measure,
    scans: Sequence[FactScan],
    bounds: Mapping[str, date],
) -> dict[Key, Cause]:
    """The first row that makes a measure unknown, by key; of the measure's own range before that of the period before.

    For keys that are counted, the first of all rows for `ANYBODY`, too.
    """
    found: dict[Key, Cause] = {}
    for scan in scans:
        days = {name: bounds[name] for name in bounds_of(scan.range)}
        gaps = records(con, compile_gap(measure, scan), days, ValueGap)
        if measure.keys:
            # whoever is credited with a key may hold none of the rows that leave it open
            gaps += records(con, compile_gap(measure, scan, of_holders=False), days, ValueGap)
        priced = _priced(con, gaps)
        found = {
            _key(gap): _unconverted(gap, priced[gap.subject, gap.day])
            if (gap.subject, gap.day) in priced
            else gap.cause(measure.fact)
            for gap in gaps
        } | found
    return found


def _priced(con: duckdb.DuckDBPyConnection, gaps: Sequence[ValueGap]) -> dict[tuple[str, date], str]:
    """SKU and day -> currency of a cost that stands in costs.csv all the same: it could not be converted."""
    asked = sorted({(gap.subject, gap.day) for gap in gaps if gap.kind == "cost"})
    sql = Sql(
        "select currency from core_cost where sku_id = ? and valid_from <= ? order by valid_from desc limit 1"
    )
    found = {of: only_column(con, sql, list(of)) for of in asked}
    return {of: currencies[0] for of, currencies in found.items() if currencies}


def _unconverted(gap: ValueGap, currency: str) -> Cause:
    return Cause(
        "M202",
        f"no exchange rate for {currency} on {gap.day}, in which costs.csv states the cost of SKU {gap.subject};"
        " add it to rates.csv",
    )


def read_undated(
    con: duckdb.DuckDBPyConnection, measure: Measure, scans: Sequence[FactScan]
) -> dict[Key, UndatedGap]:
    """Rows that may belong to a span and do not say so, by key; none where the measure's date is never merely unknown."""
    lost = lost_day(measure, scans[0].table)
    if lost is None:
        return {}
    found: dict[Key, UndatedGap] = {}
    for scan in scans:

        def gap(**row: object) -> UndatedGap:
            return UndatedGap(**row, date=measure.date)  # type: ignore[arg-type]

        found = {
            _key(one): one for one in records(con, compile_undated(measure, lost, scan), (), gap)
        } | found
    return found


def _key(gap: ValueGap | UndatedGap) -> Key:
    return gap.label, gap.person_id, gap.role_id


def _rows(n: int, fact: str) -> str:
    return f"1 row of {fact} does" if n == 1 else f"{n} rows of {fact} do"
