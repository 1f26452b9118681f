"""One empty cell: a figure stays as it is, or is missing, or the definitions say what empty means. It is never another number.

Every cell of one small October (tests/kpi_definitions/month.py) that some shipped KPI reads is emptied, one at a time: each
time in a world of its own, a shop and a person of that number.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from models.formulas import ColumnName, Expr, FunctionCall, IsNull, children, columns
from models.tables import FACTS, ColumnType, Derivation, Table
from tests.kpi_definitions import month
from tests.kpi_definitions.shipped import DEFINITIONS
from warehouse.figures.measures import Measure
from warehouse.figures.plan import MeasuredPerson, Span, measures_by_fact, plan_kpi
from warehouse.figures.run import MeasureResults, read_figures
from warehouse.store.connect import open_warehouse

SPAN = Span("2026-10", date(2026, 10, 1), date(2026, 10, 31))
PLANS = [plan for name in DEFINITIONS.kpis if (plan := plan_kpi(DEFINITIONS, name, SPAN.end)) is not None]
MEASURES = measures_by_fact([MeasuredPerson(SPAN, "p0", "r", tuple(PLANS))])
EDGE = 9  # rows from either end of a table; the month of stock has four alike rows for each day

Cell = tuple[int, str]  # row number and column


def read_columns(measure: Measure) -> set[str]:
    """What a measure reads of a row, its date too; not the scopes: a row that names nobody is nobody's."""
    return {*measure.columns, measure.date}


def cannot_be_empty(table: Table, name: str) -> bool:
    """The registry refuses a row without it, or without what it is made from."""
    column = table.column(name)
    assert column is not None
    if column.required or name in {"platform", "shop_id", "source_row_id"}:
        return True
    made = column.derived if column.derived and not column.given else None
    if made is None or made.rule is not Derivation.LOCAL_DAY:
        return False
    return any(source.required for of in made.of if (source := table.column(of)) is not None)


def says_what_empty_means(node: Expr | None, name: str) -> bool:
    """Whether an expression asks whether the column is empty, or puts something in its place."""
    if node is None:
        return False
    asks = isinstance(node, IsNull) or (isinstance(node, FunctionCall) and node.name == "coalesce")
    if asks and name in columns(node):
        return True
    return any(
        says_what_empty_means(child, name) for child in children(node) if not isinstance(child, ColumnName)
    )


def has_a_meaning(measure: Measure, name: str) -> bool:
    """The definition says what empty means, or the registry: a day of what has not happened, unlike one that is lost."""
    table = FACTS[measure.fact]
    column = table.column(name)
    parts = (measure.expr, measure.where, measure.summed)
    if any(says_what_empty_means(part, name) for part in parts):
        return True
    # a day and its instant are empty together
    pair = f"{name.removesuffix('_on')}_at"
    if name.endswith("_on") and any(says_what_empty_means(part, pair) for part in parts):
        return True
    return name == measure.date and column is not None and column.lost is None


def cells(fact: str, rows: Sequence[dict[str, Any]]) -> list[Cell]:
    """The cells that some KPI reads and that may be empty."""
    table = FACTS[fact]
    read = set().union(*(read_columns(m) for m in MEASURES[fact]))
    names = sorted(name for name in read if not cannot_be_empty(table, name))
    numbers = [i for i in range(len(rows)) if i < EDGE or i >= len(rows) - EDGE]
    return [(i, name) for i in numbers for name in names if rows[i].get(name) is not None]


def counted(fact: str) -> set[str]:
    """The texts that some KPI counts as keys, or within a key."""
    names = {name for m in MEASURES[fact] for name in (*m.keys, *(m.having.keys if m.having else ()))}
    return {c.name for c in FACTS[fact].columns if c.name in names and c.type is ColumnType.TEXT}


def spread(con: duckdb.DuckDBPyConnection, fact: str, worlds: Sequence[Cell | None]) -> None:
    """Every row once per world, with the cell of that world empty and with keys of its own; world 0 is whole."""
    table, core = FACTS[fact], f"core_{fact}"
    con.execute(f"create or replace temp table base as select * from {core}")
    con.execute("create or replace temp table world (n integer, row_number varchar, column_name varchar)")
    con.executemany(
        "insert into world values (?, ?, ?)",
        [(n, None if cell is None else str(cell[0]), cell and cell[1]) for n, cell in enumerate(worlds)],
    )
    blank = "case when w.row_number = b.source_row_id and w.column_name = '{0}' then null else {1} end as {0}"
    emptied = {name for _, name in filter(None, worlds)}
    held = {column: kind for kind, column in table.scopes.items() if kind in {"shop", "person"}}
    # a key that occurs in two worlds would be credited to one of them
    own = {name: f"b.{name} || '@' || w.n" for name in counted(fact)}
    changed = {name: blank.format(name, own.get(name, f"b.{name}")) for name in emptied | own.keys()}
    for name, kind in {**held, "shop_id": "shop"}.items():
        old, new = ("s1", "'s' || w.n") if kind == "shop" else ("p", "'p' || w.n")
        changed[name] = f"case when b.{name} = '{old}' then {new} else b.{name} end as {name}"
    con.execute(f"delete from {core}")
    con.execute(
        f"insert into {core} by name select b.* replace ({', '.join(changed.values())}) from base as b cross join world as w"
    )


@pytest.fixture(scope="module", name="con")
def _con() -> Iterator[duckdb.DuckDBPyConnection]:
    with TemporaryDirectory() as folder, open_warehouse(Path(folder)) as con:
        yield con


def figures(con: duckdb.DuckDBPyConnection, fact: str) -> tuple[list[Cell | None], MeasureResults]:
    rows = [{**month.SHOP, "source_row_id": str(n), **row} for n, row in enumerate(month.TABLES[fact])]
    for row in rows:
        marks = ", ".join(f"? as {name}" for name in row)
        con.execute(f"insert into core_{fact} by name select {marks}", list(row.values()))
    worlds: list[Cell | None] = [None, *cells(fact, rows)]
    spread(con, fact, worlds)
    con.execute("delete from core_person")
    con.execute("delete from core_ownership")
    of_world = "'p' || n as person_id, 'r' as role_id, date '2025-01-01' as valid_from"
    con.execute(f"insert into core_person by name select {of_world}, 'p' || n as name from world")
    con.execute(
        f"insert into core_ownership by name select {of_world}, 'shop' as scope_type, 's' || n as scope_id, 1 as share"
        " from world"
    )
    return worlds, read_figures(con, {fact: MEASURES[fact]}, [SPAN], "span")


@pytest.mark.parametrize("fact", sorted(MEASURES))
def test_an_empty_cell_leaves_a_figure_as_it_is_or_missing_but_never_another_number(
    con: duckdb.DuckDBPyConnection, fact: str
) -> None:
    worlds, found = figures(con, fact)

    wrong: dict[str, list[Cell]] = defaultdict(list)
    for measure in MEASURES[fact]:
        whole = found.of(measure, (SPAN.label, "p0", "r"))
        for n, cell in enumerate(worlds):
            if cell is None:
                continue
            result = found.of(measure, (SPAN.label, f"p{n}", "r"))
            same_or_missing = result.n_null > 0 or result.value is None or result.value == whole.value
            if not same_or_missing and not has_a_meaning(measure, cell[1]):
                wrong[str(measure)].append(cell)
    assert wrong == {}


def test_most_cells_make_some_figure_missing(con: duckdb.DuckDBPyConnection) -> None:
    """The test above would hold of figures that read nothing, too."""
    worlds, found = figures(con, "order_line")

    missing = {
        cell
        for n, cell in enumerate(worlds)
        if cell is not None
        and any(found.of(m, (SPAN.label, f"p{n}", "r")).n_null for m in MEASURES["order_line"])
    }

    assert {name for _, name in missing} >= {"is_excluded", "line_type", "channel", "is_new_sku", "sku_id"}
