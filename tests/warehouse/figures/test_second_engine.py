"""Two engines: equal over random rows and definitions. What the second makes of a fault of the first: test_seeded_faults.py."""

import ast
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.composites import parts_of
from models.definitions.load import load_definitions
from models.periods import Period
from models.tables import FACTS
from tests.warehouse import world as w
from tests.warehouse.figures.given import (
    LINES,
    D,
    definitions,
    item,
    numerator,
    over,
    sell,
    two_shops,
)
from warehouse.figures.actuals import compute_daily, compute_spans
from warehouse.figures.second.engine import Asked, SpanRows, asked_of
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows
from warehouse.store.sqltext import statement

DECEMBER = Period.parse("2011-12")
ROOT = Path(__file__).resolve().parents[3]
AGGREGATES = st.sampled_from(
    [
        "sum: qty", "sum: 'qty * paid_amount - 0.125'", "count: rows", "min: paid_amount", "max: 'abs(paid_amount)'",
        "median: paid_amount", "percentile: 'qty * 3', percent: 33.3", "count_distinct: order_id", "count_distinct: buyer_id",
        "count_distinct: [sku_id, shop_id]", "count_groups: buyer_id, having: {count_distinct: order_id, at_least: 2}",
        "count_groups: sku_id, having: {sum: paid_amount, above: 1.5}",
        "count_groups: order_id, having: {count: rows, at_least: 2}",
        "count_groups: sku_id, having: {active_in: previous}",
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    ["", ", where: qty >= 2", ", where: \"sku_id in ('a', 'c') or not (qty = 1)\"", ", where: business_date > period_start"]
)  # fmt: skip
REACH = st.sampled_from(["", ", period: previous", ", period: last_year", ", window: 9", ", window: all"])
DAY_OF = st.integers(0, 60).map(lambda n: D("2011-11-01") + timedelta(days=n))
LINE = st.tuples(
    st.sampled_from(["uk", "la"]), DAY_OF.map(str), st.sampled_from("123"), st.sampled_from("xyz"), st.sampled_from("abc"),
    st.integers(-2, 5), st.decimals(-9, 9, places=4).map(str),
)  # fmt: skip


@given(
    agg=AGGREGATES,
    where=CONDITIONS,
    reach=REACH,
    lines=st.lists(LINE, max_size=12),
    share=st.decimals("0.1", "0.9", places=6),
    change=DAY_OF,
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_engines_agree_over_random_rows_holdings_and_definitions(
    tmp_path: Path, agg: str, where: str, reach: str, lines: list[Any], share: Decimal, change: date
) -> None:  # fmt: skip
    what = item(agg + where + ("" if "active_in" in agg else reach))
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        two_shops(con, tmp_path)
        until = str(change - timedelta(days=1))
        held = [("ann", str(share), "2011-01-01", until), ("bob", str(1 - share), "2011-01-01", until)]
        rows = [w.own("shop", "uk", "manager", *row) for row in (*held, ("bob", str(share), str(change)))]
        w.put(con, "core_ownership", [*rows, w.own("shop", "la", "manager", "ann", "1")])
        sell(con, *lines)

        found = compute_spans(
            con, definitions(one=numerator(what), rate=numerator(what) + over(item("sum: qty"))), [DECEMBER]
        )
        daily = compute_daily(con, definitions(one=numerator(what)), [D("2011-12-16")])

    assert [(a.person_id, a.kpi_id, a.cause) for a in [*found, *daily] if a.cause_code == "M240"] == []


def measured(
    con: duckdb.DuckDBPyConnection, what: str, days: tuple[str, str], fact: str = LINES
) -> dict[str, tuple[Any, int]]:
    """What the second engine alone finds: by person the value and the number of unknown rows."""
    known = definitions(k=numerator(item(what, fact)))
    [aggregate] = parts_of(known.kpi("k", D(days[1])), lambda name: known.kpi(name, D(days[1]))).numerator
    con.execute(statement("kpi/owner.sql"))
    con.execute(statement("kpi/held.sql"))
    kinds = [kind for kind in FACTS[aggregate.fact].scopes if kind != "person"]
    con.execute(statement("kpi/hold.sql"), {"fact": aggregate.fact, "scopes": kinds, "roles": []})
    asked = Asked(aggregate)
    found = SpanRows(con, (D(days[0]), D(days[1]))).measured({asked: {"manager"}})[asked]
    return {person: (f.value, f.unknown) for (person, _), f in sorted(found.items())}


MONTH = ("2011-12-01", "2011-12-31")


def test_a_row_whose_condition_is_null_is_unknown_and_false_and_null_is_false(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    two_shops(con, tmp_path)
    sell(con, ("la", "2011-12-03", "1", "x", "a", 2, "1"), ("la", "2011-12-04", "2", "y", "b", 3, "1"))
    con.execute("update core_order_line set country = case when qty = 2 then 'GB' end")

    assert measured(con, "sum: qty, where: \"country = 'GB'\"", MONTH)["ann"] == (2, 1)
    assert measured(con, "sum: qty, where: \"country = 'GB' and qty < 3\"", MONTH)["ann"] == (2, 0)
    assert measured(con, "count_distinct: buyer_id, where: \"country = 'GB'\"", MONTH)["ann"] == (1, 1)
    assert measured(con, "median: qty, where: \"country = 'GB' or qty = 3\"", MONTH)["ann"] == (
        Decimal("2.5"),
        0,
    )


def test_a_word_that_tells_nothing_apart_is_neither_another_word_nor_not_another_word(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    two_shops(con, tmp_path)
    common = {"platform": "lazada", "shop_id": "la", "traffic_on": D("2011-12-05")}
    rows = [("all", 50), ("paid", 7)]
    insert_rows(
        con, "core_traffic", [{**common, "source": s, "visitors": n, "source_row_id": s} for s, n in rows]
    )
    fact = "fact: traffic, date: traffic_on"

    found = {
        condition: measured(con, f'sum: visitors, where: "{condition}"', MONTH, fact)["ann"]
        for condition in (
            "source = 'paid'",
            "source != 'paid'",
            "source = 'all'",
            "source in ('paid', 'live')",
        )
    }

    assert list(found.values()) == [(7, 1), (0, 1), (50, 0), (7, 1)]


def test_a_key_is_credited_by_its_first_row_of_the_span_and_counts_once(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    two_shops(con, tmp_path)
    sell(
        con,
        ("uk", "2011-12-10", "1", "x", "a", 1, "1"),
        ("uk", "2011-12-20", "2", "x", "a", 1, "1"),
        ("uk", "2011-12-20", "3", "y", "b", 1, "1"),
        ("la", "2011-12-10", "4", "x", "b", 1, "1"),
    )

    buyers = measured(con, "count_distinct: buyer_id", MONTH)
    skus = measured(con, "count_distinct: sku_id", MONTH)

    # x of uk: 0.6 and 0.4 of the 10th; y: Ann alone; x of la is somebody else
    assert buyers == {"ann": (Decimal("2.6"), 0), "bob": (Decimal("0.4"), 0)}
    assert skus == {"ann": (Decimal("1.6"), 0), "bob": (Decimal("0.4"), 0)}


def test_an_earlier_day_counts_for_who_held_the_scope_then_and_holds_it_on_the_same_day_now(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    two_shops(con, tmp_path)
    sell(con, ("uk", "2011-11-15", "1", "x", "a", 100, "1"), ("uk", "2011-11-16", "2", "x", "a", 10, "1"))

    # with the shares of December: Bob holds nothing from the 16th on
    assert measured(con, "sum: qty, period: previous", MONTH) == {"ann": (70, 0), "bob": (40, 0)}


def test_the_second_engine_imports_nothing_of_the_first_compiler() -> None:
    banned = {
        f"warehouse.figures.{name}"
        for name in ("compile", "compile_distinct", "compile_gaps", "expressions", "fact_scan")
    }
    for file in sorted((ROOT / "warehouse/figures/second").glob("*.py")):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not banned & imported, file.name


def test_both_engines_compute_every_shipped_kpi(con: duckdb.DuckDBPyConnection) -> None:
    texts = {str(p): p.read_text("utf-8") for p in sorted((ROOT / "kpi_definitions/kpis").glob("*.yaml"))}
    known = load_definitions(texts)
    con.execute(statement("kpi/held.sql"))
    kinds = [(name, kind) for name, table in FACTS.items() for kind in table.scopes]
    everything = {
        "scope_id": "s",
        "role_id": "r",
        "person_id": "p",
        "share": 1,
        "valid_from": D("2020-01-01"),
    }
    insert_rows(
        con,
        "kpi_held",
        [{**everything, "fact": f, "scope_type": k, "valid_to": D("2030-01-01")} for f, k in kinds],
    )
    rows, day = SpanRows(con, (D("2026-10-01"), D("2026-10-31"))), D("2026-10-31")
    asked: dict[Asked, str] = {}
    for kpi_id in sorted(known.kpis):
        parts = parts_of(known.kpi(kpi_id, day), lambda name: known.kpi(name, day))
        above, below = asked_of(parts.numerator, parts.denominator)
        asked.update(dict.fromkeys([*above, *below], kpi_id))

    found = [
        who for group in rows.groups(asked) for who in rows.measured({one: {"r"} for one in group}).values()
    ]

    assert len(asked) > 150
    assert {f.value for who in found for f in who.values()} <= {0, None}
