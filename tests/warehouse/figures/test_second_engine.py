"""Two engines: equal over random rows and definitions, and a fault of the first is seen before its figure is published."""

import ast
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import warehouse.figures.plan as first_plan
import warehouse.figures.run as first_engine
from models.definitions.composites import parts_of
from models.definitions.load import Definitions, load_definitions
from models.figure import Figure
from models.inputs import Actual
from models.periods import Period
from models.tables import FACTS
from tests.warehouse import world as w
from tests.warehouse.figures.given import (
    LINES,
    D,
    account,
    definitions,
    insert_numbered,
    item,
    numerator,
    one,
    over,
    people,
)
from warehouse.facts.checks import run_check
from warehouse.figures.actuals import compute_daily, compute_spans
from warehouse.figures.compile import compile_family
from warehouse.figures.second import trees
from warehouse.figures.second.engine import Asked, SpanRows, asked_of
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows
from warehouse.store.sqltext import Sql, statement

ROOT = Path(__file__).resolve().parents[3]
DECEMBER = Period.parse("2011-12")
QTY = item("sum: qty")
KPIS = {
    "units": numerator(QTY),
    "paid": numerator(item("sum: paid_amount * qty")),
    "capped": numerator(item("sum: 'least(paid_amount, 5)'")),
    "quoted": numerator(item("count: rows, where: \"sku_id = 'it''s'\"")),
    "orders": numerator(item("count_distinct: order_id")),
    "repeat": numerator(item("count_groups: buyer_id, having: {count_distinct: order_id, at_least: 2}"))
    + over(item("count_distinct: buyer_id")),
    "moving": numerator(item("count_groups: sku_id, having: {sum: qty, above: 3}")),
    "high": numerator(item("percentile: paid_amount, percent: 90")),
    "growth": numerator(QTY, item("sum: qty, sign: minus, period: previous"))
    + over(item("sum: qty, period: previous"))
    + "scale: 100",
    "stock": numerator(item("sum: sellable_qty, at: end", "fact: inventory, date: snapshot_on")),
    "largest": numerator(item("max: paid_amount")),
}


def shop(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The shops uk and la feed lines and stock, whole in two months of 2011; Ann holds 0.6 of uk until 15 December, then all."""
    platforms = {w.UK: "shopify", w.LA: "lazada"}
    set_source_accounts(
        con, [account(ref, "order_line", "inventory", platform=p) for ref, p in platforms.items()]
    )
    for ref in (w.UK, w.LA):
        w.load(con, folder, ref, [], end="2012-01-10T00:00+00:00")
    people(con, "ann", "bob")
    held = [
        w.own("shop", "uk", "manager", "ann", "0.6", "2011-01-01", "2011-12-15"),
        w.own("shop", "uk", "manager", "bob", "0.4", "2011-01-01", "2011-12-15"),
        w.own("shop", "uk", "manager", "ann", "1", "2011-12-16"),
        w.own("shop", "la", "manager", "ann", "1"),
    ]
    w.put(con, "core_ownership", held)


def sell(con: duckdb.DuckDBPyConnection, *rows: tuple[str, str, str, str, str, int, str]) -> None:
    """Lines as shop, day, order, buyer, SKU, quantity and amount; the platform follows from the shop."""
    lines = [
        {
            "platform": "shopify" if shop == "uk" else "lazada", "shop_id": shop, "order_id": order, "buyer_id": buyer,
            "sku_id": sku, "business_date": D(day), "qty": qty, "paid_amount": Decimal(amount),
        }
        for shop, day, order, buyer, sku, qty, amount in rows
    ]  # fmt: skip
    insert_numbered(con, "order_line", {"is_excluded": False}, lines, line_id="L", source_row_id="L")


def stock(con: duckdb.DuckDBPyConnection, *rows: tuple[str, int]) -> None:
    common = {"platform": "shopify", "shop_id": "uk", "warehouse": "w", "sku_id": "S", "source_row_id": "1"}
    insert_rows(con, "core_inventory", [{**common, "snapshot_on": D(d), "sellable_qty": n} for d, n in rows])


@pytest.fixture
def busy(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Rows on which every fault below would change a figure."""
    shop(con, tmp_path)
    sell(
        con,
        ("uk", "2011-11-30", "1", "x", "a", 7, "2.25"),
        ("uk", "2011-12-01", "1", "x", "it's", 1, "9.75"),
        ("la", "2011-12-01", "1", "x", "its", 2, "1.5"),
        ("uk", "2011-12-02", "2", "x", "a", 3, "4.4"),
        ("uk", "2011-12-15", "3", "y", "b", 4, "6.66"),
        ("uk", "2011-12-16", "4", "y", "a", 5, "8.0625"),
        ("la", "2011-12-31", "2", "y", "c", 3, "7"),
    )
    stock(con, ("2011-12-01", 1), ("2011-12-31", 9))
    return con


def figures(
    con: duckdb.DuckDBPyConnection, known: Definitions | None = None
) -> dict[tuple[str, str], Actual]:
    found = compute_spans(con, known or definitions(**KPIS), [DECEMBER])
    return {(a.person_id, a.kpi_id): a for a in found}


def test_the_engines_agree_on_every_kind_of_aggregate(busy: duckdb.DuckDBPyConnection) -> None:
    found = figures(busy)

    assert {a.cause_code for a in found.values()} == {None, "M201", "M205"}
    assert found["ann", "units"].value == Decimal("14.8")
    assert run_check(busy, "engines_agree").passed


# What stands in a compiled statement, and what a fault would make of it; and the KPI that it falsifies.
TEXTS = {
    "the share is ignored": (" * o.share)", ")", "units"),
    "the first day held is lost": ("p.day between o.valid_from and", "p.day > o.valid_from and p.day <=", "units"),
    "the last day held is lost": ("p.day between o.valid_from and o.valid_to", "p.day < o.valid_to", "units"),
    "the places of a product are lost": ("as decimal(38, 4))", "as decimal(38, 1))", "paid"),
    "at least is read as above": (">= 2 as met", "> 2 as met", "repeat"),
    "above is read as at least": ("> 3 as met", ">= 3 as met", "moving"),
    "the neighbour of a percentile is the next one": ("// 100 + 1)", "// 100 + 2)", "high"),
    "equal order numbers of two shops are one order": ("f.platform as k1, f.shop_id as k2", "'' as k1, '' as k2", "orders"),
    "equal buyers of two platforms are one buyer": ("f.platform as k1", "'' as k1", "repeat"),
    "a quote in a constant is lost": ("'it''s'", "'its'", "quoted"),
    "an extreme takes the other end": ("max(", "min(", "largest"),
    "the smaller value is the larger": ("least(f.paid_amount", "greatest(f.paid_amount", "capped"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_fault_of_the_sql_compiler_is_seen_and_its_figure_held_back(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right, wrong, kpi = TEXTS[name]
    seeded: list[str] = []
    compiled = compile_family

    def faulty(*args: Any) -> Sql:
        text = compiled(*args)
        seeded.extend([text] if right in text else [])
        return Sql(text.replace(right, wrong))

    monkeypatch.setattr(first_engine, "compile_family", faulty)

    found = figures(busy)

    assert seeded, f"no statement holds {right}: the fault was not seeded"
    held_back = {key[1] for key, a in found.items() if a.cause_code == "M240"}
    assert kpi in held_back
    assert all(a.value is None and a.cause_code == "M240" for key, a in found.items() if key == ("ann", kpi))
    assert run_check(busy, "engines_agree").failing >= 1


def _ends_begin(span: Any, days: Any) -> dict[str, object]:
    row = _SPAN_ROW(span, days)
    return row if days.kind != "end" else {**row, "from_on": span.start, "to_on": span.start}


def _same_days(span: Any, days: Any) -> dict[str, object]:
    row = _SPAN_ROW(span, days)
    return row if days.kind != "previous" else {**row, "from_on": span.start, "to_on": span.end}


def _unscaled(_kpi: object, above: Decimal, below: Decimal) -> Figure:
    return Figure(above / max(below, Decimal(1)))


_SPAN_ROW, _TERMS = first_engine._span_row, first_plan._terms
PATCHES: dict[str, tuple[str, Callable[..., Any], str]] = {
    "a snapshot is taken on the first day": ("warehouse.figures.run._span_row", _ends_begin, "stock"),
    "the period before is not shifted": ("warehouse.figures.run._span_row", _same_days, "growth"),
    "minus is read as plus": (
        "warehouse.figures.plan._terms",
        lambda parts: tuple(first_plan.Term(t.measure, 1) for t in _TERMS(parts)),
        "growth",
    ),
    "the scale of a KPI is forgotten": ("warehouse.figures.judge.divided", _unscaled, "growth"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_fault_around_the_sql_is_seen_as_well(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place, wrong, kpi = PATCHES[name]
    monkeypatch.setattr(place, wrong)

    found = figures(busy)

    assert (found["ann", kpi].value, found["ann", kpi].cause_code) == (None, "M240")


def test_both_numbers_of_a_disagreement_are_told_and_all_else_is_published(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = compile_family
    monkeypatch.setattr(
        first_engine, "compile_family", lambda *a: Sql(compiled(*a).replace("sum(f.qty)", "sum(f.qty + 1)"))
    )

    found = figures(
        busy, definitions(units=numerator(QTY), orders=numerator(item("count_distinct: order_id")))
    )

    told = "two engines disagree on units: numerator: 19.6 by SQL, 14.8 by Polars"
    assert (found["ann", "units"].value, found["ann", "units"].cause) == (None, told)
    assert found["ann", "orders"].value is not None
    assert "units" in run_check(busy, "engines_agree").samples[0]


def test_a_figure_that_was_held_back_is_looked_at_again_whenever_its_day_is_computed(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, days = definitions(units=numerator(QTY)), [D("2011-12-02"), D("2011-12-15")]
    compiled = compile_family
    with monkeypatch.context() as patch:
        patch.setattr(first_engine, "compile_family", lambda *a: Sql(compiled(*a).replace("o.share", "1")))
        compute_daily(busy, known, days[:1])
        again = compute_daily(busy, known, days)
    mended = compute_daily(busy, known, days)

    assert [one(again, "units", label=str(day)).cause_code for day in days] == ["M240", "M240"]
    assert [one(mended, "units", label=str(day)).value for day in days] == [Decimal("1.8"), Decimal("2.4")]
    assert run_check(busy, "engines_agree").passed


def test_a_kpi_that_only_one_engine_computes_is_published_and_told(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(trees._SIGNS, "<")
    known = definitions(units=numerator(QTY), few=numerator(item("sum: qty, where: qty < 4")))

    found = figures(busy, known)

    assert [found["ann", kpi].value for kpi in ("units", "few")] == [Decimal("14.8"), Decimal("7.4")]
    check = run_check(busy, "engines_agree")
    assert (check.failing, "W340" in check.samples[0], "kpi_id=few" in check.samples[0]) == (1, True, True)


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
        shop(con, tmp_path)
        until = str(change - timedelta(days=1))
        held = [("ann", str(share), "2011-01-01", until), ("bob", str(1 - share), "2011-01-01", until)]
        rows = [w.own("shop", "uk", "manager", *row) for row in (*held, ("bob", str(share), str(change)))]
        w.put(con, "core_ownership", [*rows, w.own("shop", "la", "manager", "ann", "1")])
        sell(con, *lines)

        found = compute_spans(
            con, definitions(one=numerator(what), rate=numerator(what) + over(QTY)), [DECEMBER]
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
    shop(con, tmp_path)
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
    shop(con, tmp_path)
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
    shop(con, tmp_path)
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
    shop(con, tmp_path)
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
