"""Credited + unowned + excluded = the whole: of every fact, for sums, rows and distinct keys, per role, shop and month.

What is credited comes from the compiled statements over a real DuckDB; what is unowned, excluded and the whole is counted here,
from the rows and from who was where on which day, in plain Python.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.aggregates import Agg, Having
from models.formulas import parse_expression
from models.tables import FACTS, ColumnType, Table
from tests.warehouse import world as w
from warehouse.figures.measures import Measure
from warehouse.figures.plan import Span
from warehouse.figures.run import read_figures
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

FIRST = date(2012, 1, 25)
SPANS = [
    Span("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
    Span("2012-03", date(2012, 3, 1), date(2012, 3, 31)),
]
SHOPS, IDS, PEOPLE, ROLES = ("s1", "s2"), ("x1", "x2", None), ("p1", "p2", "p3"), ("r1", "r2")
ALWAYS = date(2000, 1, 1)
Row = dict[str, Any]
# People own the rows that name them without a word in ownership.csv; a fact that nothing else owns has no rule to test here.
OWNED_FACTS = sorted(name for name, table in FACTS.items() if set(table.scopes) - {"person"})


@dataclass(frozen=True)
class World:
    """One company: rows of a fact, people and what they own."""

    table: Table
    day: str
    rows: list[Row]
    people: list[Row]
    owned: list[Row]

    def held(self, role: str, row: Row) -> Decimal:
        """Which part of a row somebody of the role holds."""
        day = row[self.day]
        here = {
            p["person_id"]
            for p in self.people
            if p["role_id"] == role and p["valid_from"] <= day and _lasts(p["valid_to"], p["leave_date"], day)
        }
        return sum(
            (
                o["share"]
                for o in self.owned
                if o["role_id"] == role
                and o["person_id"] in here
                and o["valid_from"] <= day
                and _lasts(o["valid_to"], None, day)
                and row[self.table.scopes[o["scope_type"]]] == o["scope_id"]
            ),
            Decimal(0),
        )

    def order(self, row: Row) -> tuple[Any, ...]:
        """Rows of a key in the order in which they may credit it."""
        return (row[self.day], *(row[name] for name in self.table.key))


def _lasts(to: date | None, left: date | None, day: date) -> bool:
    return all(last is None or day <= last for last in (to, left))


def _columns(table: Table) -> tuple[str, str | None, str | None]:
    """Date, a number to add up, and a text whose values repeat."""
    dates = [c.name for c in table.columns if c.type is ColumnType.DATE]
    day = (
        "business_date" if "business_date" in dates else next((d for d in dates if d in table.key), dates[0])
    )
    taken = {*table.key, *table.scopes.values(), "source_row_id"}
    number = next(
        (c.name for c in table.columns if c.type is ColumnType.NUMBER and c.name not in taken), None
    )
    text = next((c.name for c in table.columns if c.type is ColumnType.TEXT and c.name not in taken), None)
    return day, number, text


@st.composite
def worlds(draw: st.DrawFn) -> World:
    table = FACTS[draw(st.sampled_from(OWNED_FACTS))]
    day, number, text = _columns(table)
    days = st.integers(0, 70).map(lambda n: FIRST + timedelta(days=n))
    rows: dict[tuple[Any, ...], Row] = {}
    for i in range(draw(st.integers(0, 12))):
        on = draw(days)
        row: Row = dict.fromkeys(table.key, f"k{i}") | {"source_row_id": f"k{i}"}
        row |= {
            c.name: on for c in table.columns if c.type is ColumnType.DATE and c.name in {*table.key, day}
        }
        row |= {column: draw(st.sampled_from(IDS)) for column in sorted(set(table.scopes.values()))}
        row |= {name: row[name] or "x1" for name in table.key}
        row |= {"platform": "shopify", "shop_id": draw(st.sampled_from(SHOPS))}
        if number is not None:
            row[number] = draw(st.integers(0, 3))
        if text is not None:
            row[text] = draw(st.sampled_from(["a", "b", None]))
        if table.column("is_excluded") is not None:
            row["is_excluded"] = draw(st.booleans())
        rows[tuple(row[name] for name in table.key)] = row
    return World(table, day, list(rows.values()), draw(_people(days)), draw(_owned(table, days)))


@st.composite
def _people(draw: st.DrawFn, days: st.SearchStrategy[date]) -> list[Row]:
    """Who stays, who leaves by one date or the other, and who changes role."""
    found = []
    for name in PEOPLE:
        role, other = draw(st.permutations(ROLES))
        row: Row = {"person_id": name, "role_id": role, "valid_from": draw(st.sampled_from([ALWAYS, FIRST]))}
        row |= {"valid_to": None, "leave_date": None}
        match draw(st.sampled_from(["stays", "ends", "leaves", "moves"])):
            case "ends":
                row["valid_to"] = draw(days)
            case "leaves":
                row["leave_date"] = draw(days)
            case "moves":
                row["valid_to"] = draw(days)
                found.append(
                    {
                        **row,
                        "role_id": other,
                        "valid_from": row["valid_to"] + timedelta(days=1),
                        "valid_to": None,
                    }
                )
        found.append(row)
    return found


@st.composite
def _owned(draw: st.DrawFn, table: Table, days: st.SearchStrategy[date]) -> list[Row]:
    """Shares that change from day to day, with gaps; each role owns by one kind of scope."""
    found = []
    for role in ROLES:
        kind = draw(st.sampled_from(sorted(set(table.scopes) - {"person"})))
        names = SHOPS if table.scopes[kind] == "shop_id" else IDS[:2]
        # from the beginning by something, so that nobody's own rows count beside it
        found.append(w.own(kind, "elsewhere", role, "p1", "1", ALWAYS.isoformat()))
        for scope in names:
            starts = [ALWAYS, *sorted(set(draw(st.lists(days, max_size=2))))]
            ends = [day - timedelta(days=1) for day in starts[1:]]
            for start, end in zip(starts, [*ends, None], strict=True):
                left = 10
                for name in draw(st.permutations(PEOPLE)):
                    share = draw(st.integers(0, left))
                    left -= share
                    if share:
                        row = w.own(kind, str(scope), role, name, str(Decimal(share) / 10), start.isoformat())
                        found.append({**row, "valid_to": end})
    return found


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path_factory.mktemp("home")) as connection:
        yield connection


def _measures(world: World, shop: str) -> dict[str, Measure]:
    _, number, text = _columns(world.table)
    counted = " and not is_excluded" if world.table.column("is_excluded") is not None else ""
    where = parse_expression(f"shop_id = '{shop}'{counted}", "t:1")

    def measure(agg: Agg, **more: Any) -> Measure:
        return Measure(
            **{"fact": world.table.name, "agg": agg, "expr": None, "where": where, "date": world.day} | more
        )

    found = {"rows": measure("count")}
    if number is not None:
        found["sum"] = measure("sum", expr=parse_expression(number, "t:1"))
    if text is not None:
        found["keys"] = measure("count_distinct", keys=(text,))
        repeated = Having(agg="count", at_least=Decimal(2))
        found["groups"] = measure("count_groups", keys=(text,), having=repeated)
    return found


def _whole_and_uncredited(
    world: World, name: str, role: str, shop: str, span: Span
) -> tuple[Decimal, Decimal]:
    """The whole, and what of it is unowned or excluded."""
    _, number, text = _columns(world.table)
    here = [r for r in world.rows if r["shop_id"] == shop and span.start <= r[world.day] <= span.end]
    counting = [r for r in here if not r.get("is_excluded")]
    if name in {"rows", "sum"}:
        values = [(r, Decimal(1 if name == "rows" else r[number or ""])) for r in here]
        unowned = sum((v * (1 - world.held(role, r)) for r, v in values if r in counting), Decimal(0))
        excluded = sum((v for r, v in values if r not in counting), Decimal(0))
        return sum((v for _, v in values), Decimal(0)), unowned + excluded
    keys = {r[text or ""] for r in here} - {None}
    firsts: dict[Any, list[Row]] = {}
    for row in sorted(counting, key=world.order):
        firsts.setdefault(row[text or ""], []).append(row)
    counted = {
        key: rows for key, rows in firsts.items() if key is not None and (name == "keys" or len(rows) > 1)
    }
    excluded_keys = len(keys) - len(counted)
    return Decimal(len(keys)), sum(
        (1 - world.held(role, r[0]) for r in counted.values()), Decimal(excluded_keys)
    )


@given(world=worlds())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_credited_unowned_and_excluded_are_the_whole(con: duckdb.DuckDBPyConnection, world: World) -> None:
    w.put(con, "core_person", world.people)
    w.put(con, "core_ownership", world.owned)
    con.execute(f"delete from core_{world.table.name}")
    insert_rows(con, f"core_{world.table.name}", world.rows)
    measures = {(shop, name): m for shop in SHOPS for name, m in _measures(world, shop).items()}

    found = read_figures(con, {world.table.name: tuple(measures.values())}, SPANS, "span")

    for (shop, name), measure in measures.items():
        for role in ROLES:
            for span in SPANS:
                figures = (found.of(measure, (span.label, person, role)) for person in PEOPLE)
                credited = sum((figure.value or Decimal(0) for figure in figures), Decimal(0))
                whole, uncredited = _whole_and_uncredited(world, name, role, shop, span)
                assert credited + uncredited == whole, (world.table.name, name, role, shop, span.label)
