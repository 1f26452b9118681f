"""Faults put into the SQL compiler on purpose: the second engine sees each, and the figure is held back.

Belongs here: the faults, and rows that each of them makes wrong. Not here: what the engines agree on (test_second_engine.py).
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

import warehouse.figures.fact_scan as scanning
import warehouse.figures.gaps as gaps
import warehouse.figures.plan as first_plan
import warehouse.figures.run as first_engine
from models.definitions.load import Definitions
from models.figure import Figure
from models.inputs import Actual
from models.periods import Period
from tests.warehouse import world as w
from tests.warehouse.figures.given import (
    HELD,
    D,
    definitions,
    insert_numbered,
    item,
    numerator,
    one,
    over,
    sell,
    two_shops,
)
from warehouse.facts.checks import run_check
from warehouse.figures.actuals import compute_daily, compute_spans
from warehouse.figures.compile import compile_family
from warehouse.figures.measures import KEYED, Credit, Measure
from warehouse.figures.second import trees
from warehouse.store.connect import open_warehouse
from warehouse.store.sqltext import Sql

DECEMBER = Period.parse("2011-12")
QTY = item("sum: qty")
REFUNDED, ASKED = "fact: refund, date: business_date", "fact: refund, date: requested_on"
VISITS = "fact: traffic, date: traffic_on"
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
    "converted": numerator(item("sum: paid_amount_base")),
    "third": numerator(item("percentile: paid_amount, percent: 33.3")),
    "loyal": numerator(
        item("count_groups: buyer_id, where: qty >= 3, having: {count_distinct: order_id, at_least: 2}")
    )
    + over(item("count_distinct: buyer_id")),
    "some": numerator(item("count_groups: sku_id, having: {sum: qty, at_least: 2.5}")),
    "dear": numerator(item("count_groups: sku_id, having: {sum: paid_amount, at_least: 12.4625}")),
    "buyer_days": numerator(item("count_distinct: [buyer_id, business_date]")),
    "bulk_skus": numerator(item("count_distinct: sku_id, where: qty >= 4"))
    + over(item("count_distinct: buyer_id")),
    "waited": numerator(item("sum: 'hours(paid_at, ordered_at)'")),
    "age_before": numerator(item("sum: 'days(period_end, business_date)', period: previous")),
    "refunds": numerator(item("count_distinct: refund_id", REFUNDED)),
    "refunded": numerator(item("count_distinct: refund_id", REFUNDED))
    + over(item("count_distinct: refund_id", ASKED)),
    "due": numerator(item("sum: due_amount", "fact: receipt, date: due_on")),
    "unpaid": numerator(item("sum: visitors, where: \"source != 'paid'\"", VISITS)),
    "told_unpaid": numerator(item("sum: visitors, where: \"source not in ('all', 'paid')\"", VISITS)),
}


def fill(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Rows on which every fault below changes a figure; Ann was away from la for some days in both months."""
    two_shops(con, folder)
    away = [
        w.own("shop", "la", "manager", "ann", "1", "2011-01-01", "2011-11-10"),
        w.own("shop", "la", "manager", "ann", "1", "2011-11-21", "2011-12-05"),
        w.own("shop", "la", "manager", "ann", "1", "2011-12-09"),
    ]
    w.put(con, "core_ownership", [*(row for row in HELD if row["scope_id"] == "uk"), *away])
    sell(
        con,
        ("la", "2011-11-07", "8", "z", "z", 6, "1"),
        ("la", "2011-11-15", "9", "z", "z", 6, "1"),
        ("uk", "2011-11-30", "1", "x", "a", 7, "2.25"),
        ("uk", "2011-12-01", "1", "x", "it's", 1, "9.75"),
        ("la", "2011-12-01", "1", "x", "its", 2, "1.5"),
        ("uk", "2011-12-02", "2", "x", "a", 3, "4.4"),
        ("uk", "2011-12-15", "3", "y", "b", 4, "6.66"),
        ("uk", "2011-12-16", "4", "y", "a", 5, "8.0625"),
        ("la", "2011-12-31", "2", "y", "c", 3, "7"),
    )
    con.execute(
        "update core_order_line set paid_amount_base = cast(paid_amount as decimal(26, 12)) * 7.12345678,"
        " ordered_at = timestamptz '2011-12-01 10:00:00.9+00', paid_at = timestamptz '2011-12-01 11:00:01.1+00'"
    )
    uk = {"platform": "shopify", "shop_id": "uk"}
    stocked = [
        {"snapshot_on": D("2011-12-01"), "sellable_qty": 1},
        {"snapshot_on": D("2011-12-31"), "sellable_qty": 9},
    ]
    insert_numbered(con, "inventory", {**uk, "warehouse": "w", "sku_id": "S"}, stocked, source_row_id="")
    refunds = [
        {**uk, "requested_on": D("2011-12-03"), "business_date": D("2011-12-20")},
        {
            "platform": "lazada",
            "shop_id": "la",
            "requested_on": D("2011-12-28"),
            "business_date": D("2011-12-29"),
        },
    ]
    insert_numbered(con, "refund", {"refund_id": "R"}, refunds, refund_line_id="R", source_row_id="R")
    receipts = [
        {"invoiced_on": D("2011-11-20"), "due_on": D("2011-12-10"), "due_amount": 40},
        {"invoiced_on": D("2012-01-05"), "due_amount": 100},
    ]
    insert_numbered(con, "receipt", uk, receipts, receipt_id="B", source_row_id="B")
    visits = [{"source": s, "visitors": n} for s, n in (("all", 50), ("paid", 3), ("organic", 7))]
    insert_numbered(con, "traffic", {**uk, "traffic_on": D("2011-12-20")}, visits, source_row_id="T")


@pytest.fixture(scope="module", name="filled")
def _filled() -> Iterator[duckdb.DuckDBPyConnection]:
    with TemporaryDirectory() as folder, open_warehouse(Path(folder) / "home") as con:
        fill(con, Path(folder))
        yield con


@pytest.fixture
def busy(filled: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The rows, and nothing found yet."""
    filled.execute("delete from engine_finding")
    return filled


def figures(
    con: duckdb.DuckDBPyConnection, known: Definitions | None = None
) -> dict[tuple[str, str], Actual]:
    found = compute_spans(con, known or definitions(**KPIS), [DECEMBER])
    return {(a.person_id, a.kpi_id): a for a in found}


def test_the_engines_agree_on_every_kind_of_aggregate(busy: duckdb.DuckDBPyConnection) -> None:
    found = figures(busy)

    assert {a.cause_code for a in found.values()} == {None, "M201", "M205", "M220"}
    assert {kpi for (person, kpi), a in found.items() if person == "ann" and a.cause_code} == {"unpaid"}
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
# These no other test was found to see: with the comparison switched off and all of them in the compiler together ("a break in a
# holding is held in the period before" alone, and without the runs of the sample), these tests passed: tests/warehouse/figures,
# every shipped KPI, the properties and golden cases over rows, tests/warehouse/published, test_morning, test_missed_day,
# test_live_replay, test_all_roles and test_reference. The rows and KPIs above were chosen so that each fault shows.
UNSEEN_TEXTS = {
    "a converted amount is added up with six places": ("as decimal(38, 12))", "as decimal(38, 6))", "converted"),
    "the fraction of a percent is lost": ("// 1000 +", "// 100 +", "third"),
    "rows that only the denominator counts reach the bound": ("filter (where p.own is not null and", "filter (where", "loyal"),
    "a bound loses its fraction": (">= 2.5 as met", ">= 2 as met", "some"),
    "the sum of a group is rounded to fen": ("as decimal(38, 4)) as x", "as decimal(38, 2)) as x", "dear"),
    "equal buyers of two platforms on one day are one": ("as k1, f.platform as k2", "as k1, '' as k2", "buyer_days"),
    "seconds are counted between clocks that were cut": (
        "((epoch_us(f.paid_at) - epoch_us(f.ordered_at)) // 1000000)", "date_diff('second', f.ordered_at, f.paid_at)", "waited",
    ),
    "unequal holds of a word that tells nothing": (
        "(case when f.source in ('all') then null else f.source end <>", "(f.source <>", "unpaid",
    ),
    "a list is negated without brackets": (
        "(not (case when f.source in ('all') then null else f.source end in ('paid') or f.source in ('all')))",
        "(not case when f.source in ('all') then null else f.source end in ('paid') or f.source in ('all'))", "told_unpaid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [*TEXTS, *UNSEEN_TEXTS])
def test_a_fault_of_the_sql_compiler_is_seen_and_its_figure_held_back(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right, wrong, kpi = (TEXTS | UNSEEN_TEXTS)[name]
    seeded: list[str] = []
    compiled = compile_family

    def faulty(*args: Any) -> Sql:
        text = compiled(*args)
        seeded.extend([text] if right in text else [])
        return Sql(text.replace(right, wrong))

    monkeypatch.setattr(first_engine, "compile_family", faulty)

    found = figures(busy, definitions(**{kpi: KPIS[kpi]}))

    assert seeded, f"no statement holds {right}: the fault was not seeded"
    assert (found["ann", kpi].value, found["ann", kpi].cause_code) == (None, "M240")
    assert run_check(busy, "engines_agree").failing >= 1


def _ends_begin(span: Any, days: Any) -> dict[str, object]:
    row = _SPAN_ROW(span, days)
    return row if days.kind != "end" else {**row, "from_on": span.start, "to_on": span.start}


def _same_days(span: Any, days: Any) -> dict[str, object]:
    row = _SPAN_ROW(span, days)
    return row if days.kind != "previous" else {**row, "from_on": span.start, "to_on": span.end}


def _own_end(span: Any, days: Any) -> dict[str, object]:
    return {**_SPAN_ROW(span, days), "end_on": span.end}


def _unscaled(_kpi: object, above: Decimal, below: Decimal) -> Figure:
    return Figure(above / max(below, Decimal(1)))


def _without_breaks(name: str) -> Sql:
    """The statement of which earlier days a holding is compared with, a column less to group by: a break is bridged."""
    return Sql(_STATEMENT(name).replace("n.share, n.valid_from", "n.share"))


def _of_any_day(*args: Any) -> Sql:
    return Sql(_UNDATED(*args).replace("coalesce(f.invoiced_on, s.to_on) <= s.to_on and ", ""))


def _lends_by_any_date(measure: Measure, scan: scanning.FactScan) -> Measure | None:
    lender = measure.lender
    return lender if lender is not None and lender.range == scan.range else None


def _credited_by_any_keys(measure: Measure, below: Any) -> Measure:
    of = next((m for m in below if {m.agg, measure.agg} <= KEYED and m.fact == measure.fact), None)
    return measure if of is None else replace(measure, credit=Credit(of.where, of.date, of.range))


_SPAN_ROW, _TERMS = first_engine._span_row, first_plan._terms
_STATEMENT, _UNDATED = first_engine.statement, gaps.compile_undated
# What stands in the places instead of what is right, and the KPI that it falsifies.
PATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "a snapshot is taken on the first day": ({"run._span_row": _ends_begin}, "stock"),
    "the period before is not shifted": ({"run._span_row": _same_days}, "growth"),
    "minus is read as plus": (
        {"plan._terms": lambda parts: tuple(first_plan.Term(t.measure, 1) for t in _TERMS(parts))},
        "growth",
    ),
    "the scale of a KPI is forgotten": ({"judge.divided": _unscaled}, "growth"),
}
# These no other test was found to see, as above.
UNSEEN_PATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "a break in a holding is held in the period before": ({"run.statement": _without_breaks}, "growth"),
    "the period before ends with the period": ({"run._span_row": _own_end}, "age_before"),
    "a receipt may be due before its invoice": ({"gaps.compile_undated": _of_any_day}, "due"),
    "a denominator of another date lends by the date of the numerator": (
        {
            f"{place}.lends_here": _lends_by_any_date
            for place in ("first_rows", "compile_distinct", "compile_doubts")
        },
        "refunded",
    ),
    "keys are credited as other keys of the denominator": (
        {"measures.Measure.credited_as": _credited_by_any_keys},
        "bulk_skus",
    ),
    "equal refund numbers of two shops are one refund": (
        {"fact_scan._SHOP_IDS": scanning._SHOP_IDS - {"refund_id"}},
        "refunds",
    ),
}


@pytest.mark.parametrize("name", [*PATCHES, *UNSEEN_PATCHES])
def test_a_fault_around_the_sql_is_seen_as_well(
    busy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    places, kpi = (PATCHES | UNSEEN_PATCHES)[name]
    for place, wrong in places.items():
        monkeypatch.setattr(f"warehouse.figures.{place}", wrong)

    found = figures(busy, definitions(**{kpi: KPIS[kpi]}))

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
