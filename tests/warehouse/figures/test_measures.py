"""Every aggregate over every range of days: equal to a plain reading of the rows, whatever is asked beside it."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.aggregates import Aggregate, read_items
from models.definitions.strict_yaml import parse
from tests.warehouse import world as w
from tests.warehouse.figures import plain_reading as plain
from tests.warehouse.figures.days_by_hand import DAYS, RANGES, SPANS, D, stands_for
from warehouse.figures.measures import Measure
from warehouse.figures.plan import Span
from warehouse.figures.run import MeasureResult, MeasureResults, read_figures
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

Expected = Callable[[plain.Owned], Decimal | None]
NEW_BUYERS = "count_distinct: buyer_id, where: buyer_first_on >= period_start"
KNOWN = "where: qty is not null"
CASES: dict[str, Expected] = {
    "sum: qty": lambda o: plain.total(o, lambda r: r["qty"]),
    f"sum: qty, {KNOWN}": lambda o: plain.total(o, lambda r: r["qty"], lambda r: r["qty"] is not None),
    "sum: 'least(coalesce(qty, 0), 3)'": lambda o: plain.total(o, lambda r: min(r["qty"] or 0, 3)),
    "sum: 'days(period_start, business_date)'": lambda o: plain.total(
        o, lambda r: (o.start - r["business_date"]).days
    ),
    "count: rows": lambda o: plain.total(o, lambda r: 1),
    "count: rows, where: buyer_first_on >= period_start": lambda o: plain.total(o, lambda r: 1, plain.new(o)),
    "count_distinct: order_id": lambda o: plain.distinct(o, "order_id"),
    "count_distinct: order_id, where: order_id is not null": lambda o: plain.distinct(
        o, "order_id", keep=plain.named("order_id")
    ),
    "count_distinct: [buyer_id, business_date]": lambda o: plain.distinct(o, "buyer_id", "business_date"),
    "count_distinct: buyer_id, where: buyer_first_on >= period_start": lambda o: plain.distinct(
        o, "buyer_id", keep=plain.new(o)
    ),
    "count_distinct: buyer_id, where: buyer_id is not null and buyer_first_on >= period_start": lambda o: (
        plain.distinct(o, "buyer_id", keep=plain.both(plain.named("buyer_id"), plain.new(o)))
    ),
    "median: qty": lambda o: (
        plain.interpolated(plain.kept(o), 50) if len(plain.kept(o)) == len(o.rows) else None
    ),
    f"min: qty, {KNOWN}": lambda o: Decimal(min(plain.kept(o))) if plain.kept(o) else None,
    f"max: qty * 2, {KNOWN}": lambda o: Decimal(2 * max(plain.kept(o))) if plain.kept(o) else None,
    f"median: qty, {KNOWN}": lambda o: plain.interpolated(plain.kept(o), 50),
    f"percentile: qty, percent: 90, {KNOWN}": lambda o: plain.interpolated(plain.kept(o), 90),
    "count_groups: buyer_id, having: {count: rows, at_least: 2}": lambda o: plain.groups(
        o, lambda rows: len(rows) > 1
    ),
    "count_groups: buyer_id, where: buyer_id is not null, having: {count_distinct: order_id, at_least: 2}": (
        lambda o: plain.groups(
            o, lambda rows: plain.orders(rows) > 1, plain.named("buyer_id"), plain.named("order_id")
        )
    ),
    "count_groups: buyer_id, where: buyer_first_on >= period_start, having: {sum: 'coalesce(qty, 0)', above: 3}": (
        lambda o: plain.groups(o, lambda rows: sum(row["qty"] or 0 for row in rows) > 3, plain.new(o))
    ),
    "count_groups: buyer_id, having: {sum: qty, above: 3}": lambda o: plain.groups(
        o, lambda rows: sum(row["qty"] for row in rows) > 3, is_told=plain.named("qty")
    ),
    "count_groups: buyer_id, having: {active_in: previous}": plain.active_before,
    "count_groups: buyer_id, where: buyer_first_on >= period_start, having: {active_in: previous}": (
        lambda o: plain.active_before(o, plain.new)
    ),
}
# above, below and its range: what is counted above takes the credit of what is counted below
RATES: dict[tuple[str, str, str], Callable[[plain.Owned, plain.Owned], Decimal | None]] = {
    ("count_distinct: buyer_id, where: qty >= 2", "count_distinct: buyer_id", "current"): lambda a, b: (
        plain.distinct(a, "buyer_id", keep=_many, lender=(b, plain.always))
    ),
    ("count_distinct: buyer_id, where: qty >= 2", NEW_BUYERS, "current"): lambda a, b: plain.distinct(
        a, "buyer_id", keep=_many, lender=(b, plain.new(b))
    ),
    ("count_distinct: buyer_id, where: qty >= 2", NEW_BUYERS, "last_year"): lambda a, b: plain.distinct(
        a, "buyer_id", keep=_many, lender=(b, plain.new(b))
    ),
    ("count_groups: buyer_id, where: qty >= 2, having: {count: rows, at_least: 2}", NEW_BUYERS, "current"): (
        lambda a, b: plain.groups(a, lambda rows: len(rows) > 1, _many, lender=(b, plain.new(b)))
    ),
    ("count_groups: buyer_id, having: {active_in: previous}", NEW_BUYERS, "previous"): lambda a, b: (
        plain.active_before(a, lender=(b, plain.new(b)))
    ),
}


def _many(row: plain.Row) -> bool | None:
    return None if row["qty"] is None else row["qty"] >= 2


ADDITIVE = ("sum", "count")


def measure(form: str, reach: str = "current") -> Measure:
    text = ", ".join(filter(None, ["fact: order_line", form, "date: business_date", RANGES[reach]]))
    [item] = read_items(parse(f"items: [{{{text}}}]", "t").entries["items"], "items")
    assert isinstance(item, Aggregate)
    return Measure.of(item)


def fits(form: str, reach: str) -> bool:
    if "active_in" in form:
        return reach == "current"
    return not (form.startswith("count_groups") and reach in {"start", "end"})


MEASURES = {(form, reach): measure(form, reach) for form in CASES for reach in RANGES if fits(form, reach)}

DAY = st.one_of(
    st.sampled_from(
        [D(x) for x in ("2011-03-31", "2011-12-31", "2012-01-01", "2012-02-20", "2012-02-21", "2012-02-29",
                        "2012-03-01", "2012-03-30", "2012-03-31", "2012-12-31")]
    ),
    st.dates(D("2010-12-30"), D("2013-01-02")),
)  # fmt: skip
LINE = st.tuples(
    DAY,
    st.sampled_from(["uk", "la"]),
    st.sampled_from(["G1", None]),
    st.sampled_from(["b1", "b2", None]),
    st.sampled_from(["O1", "O2", None]),
    st.one_of(st.integers(0, 4), st.none()),
    st.sampled_from([D("2010-01-01"), D("2012-02-01"), D("2012-03-01"), None]),
)
NAMES = ("business_date", "shop_id", "sku_group", "buyer_id", "order_id", "qty", "buyer_first_on")


def world(con: duckdb.DuckDBPyConnection, rows: list[plain.Row], share: Decimal, change: date) -> None:
    """Ann and Bob share uk until a day, Cid has it after; Dee owns group G1, Ann all of la."""
    w.company(con)
    people = [(p, "r") for p in ("ann", "bob", "cid")] + [("dee", "buyer")]
    w.put(
        con, "core_person", [{"person_id": p, "role_id": r, "valid_from": D("2010-01-01")} for p, r in people]
    )
    last = date.fromordinal(change.toordinal() - 1).isoformat()
    w.put(
        con,
        "core_ownership",
        [
            w.own("shop", "uk", "r", "ann", str(share), "2010-01-01", last),
            w.own("shop", "uk", "r", "bob", str(1 - share), "2010-01-01", last),
            w.own("shop", "uk", "r", "cid", "1", change.isoformat()),
            w.own("shop", "la", "r", "ann", "1", "2010-01-01"),
            w.own("sku_group", "G1", "buyer", "dee", "1", "2010-01-01"),
        ],
    )
    insert_rows(con, "core_order_line", rows)


def share_on(row: plain.Row, day: date, person: str, share: Decimal, change: date) -> Decimal | None:
    """What a person holds of the row's scope on a day."""
    uk = row["shop_id"] == "uk"
    held = day < change
    match person:
        case "ann":
            return (share if held else None) if uk else Decimal(1)
        case "bob":
            return 1 - share if uk and held else None
        case "cid":
            return Decimal(1) if uk and not held else None
        case _:
            return Decimal(1) if row["sku_group"] == "G1" else None


def owned(
    rows: list[plain.Row], person: str, label: str, reach: str, share: Decimal, change: date
) -> plain.Owned:
    def within(days: tuple[str, str]) -> list[plain.Row]:
        low, high = map(D, days)
        return [row for row in rows if low <= row["business_date"] <= high]

    def credit(row: plain.Row) -> Decimal | None:
        day = row["business_date"]
        # of an earlier day whoever holds it now, with what is held now
        on = stands_for(day, label, reach) if reach in {"previous", "last_year"} else day
        return share_on(row, on, person, share, change)

    days = DAYS[label]
    start = days[reach if reach in {"previous", "last_year"} else "current"][0]
    inside = within(days[reach])
    mine = [(row, found) for row in inside if (found := credit(row)) is not None]
    before = owned(rows, person, label, "previous", share, change) if reach == "current" else None
    return plain.Owned(mine, inside, lambda row: credit(row) or Decimal(0), D(start), before)


HISTORY: dict[str, Any] = {
    "lines": st.lists(LINE, max_size=14),
    "share": st.decimals("0.000001", "0.999999", places=6),
    "change": st.dates(D("2011-01-01"), D("2012-12-31")),
}
PEOPLE = (("ann", "r"), ("bob", "r"), ("cid", "r"), ("dee", "buyer"))
any_history = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def order_lines(lines: list[Any]) -> list[plain.Row]:
    common = {"platform": "shopify"}
    ids = [{"line_id": f"L{i}", "source_row_id": f"L{i}"} for i in range(len(lines))]
    return [dict(zip(NAMES, line, strict=True)) | common | own for line, own in zip(lines, ids, strict=True)]


def known(result: MeasureResult) -> Decimal | None:
    return None if result.n_null else result.value


@given(**HISTORY, asked=st.sampled_from([reach for reach in RANGES if reach != "current"]))
@any_history
def test_every_aggregate_over_every_range_equals_a_plain_reading_of_the_rows(
    tmp_path: Path, lines: list[Any], asked: str, share: Decimal, change: date
) -> None:
    measures = {key: m for key, m in MEASURES.items() if key[1] in {"current", asked}}
    rows = order_lines(lines)
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        world(con, rows, share, change)

        figures = read_figures(con, {"order_line": tuple(measures.values())}, SPANS, "span")

    for ((form, reach), one), (person, role), span in product(measures.items(), PEOPLE, SPANS):
        mine = owned(rows, person, span.label, reach, share, change)
        expected = CASES[form](mine)
        if reach in {"start", "end"} and not mine.rows:
            expected = None
        found = known(figures.of(one, (span.label, person, role)))
        assert found == expected, (form, reach, person, span.label)


@given(**HISTORY)
@any_history
def test_what_a_rate_counts_above_is_credited_as_what_it_counts_below_and_as_unknown(
    tmp_path: Path, lines: list[Any], share: Decimal, change: date
) -> None:
    measures = {key: measure(key[0]).credited_as([measure(*key[1:])]) for key in RATES}
    rows = order_lines(lines)
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        world(con, rows, share, change)

        figures = read_figures(con, {"order_line": tuple(measures.values())}, SPANS, "span")

    for (form, one), (person, role), span in product(measures.items(), PEOPLE, SPANS):
        above, below = (owned(rows, person, span.label, at, share, change) for at in ("current", form[2]))
        found = known(figures.of(one, (span.label, person, role)))
        assert found == RATES[form](above, below), (form, person, span.label)


@pytest.fixture
def filled(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    rows = [
        {
            "platform": "shopify", "shop_id": "uk" if i % 3 else "la", "line_id": f"L{i}", "source_row_id": f"L{i}",
            "order_id": f"O{i // 2}", "buyer_id": f"b{i % 11}", "sku_group": f"G{i % 2}", "qty": i % 5,
            "buyer_first_on": D("2012-02-01"), "business_date": date.fromordinal(D("2012-01-15").toordinal() + i % 90),
        }
        for i in range(300)
    ]  # fmt: skip
    world(con, rows, Decimal("0.3"), D("2012-03-10"))
    return con


def _values(figures: MeasureResults, asked: Iterable[Measure], label: str) -> list[MeasureResult]:
    people = [(p, "buyer" if p == "dee" else "r") for p in ("ann", "bob", "cid", "dee")]
    return [figures.of(one, (label, *key)) for one in asked for key in people]


@pytest.mark.parametrize("reach", ["current", "previous", "window_40"])
def test_asking_for_many_spans_at_once_changes_no_figure(
    filled: duckdb.DuckDBPyConnection, reach: str
) -> None:
    asked = tuple(m for (_, at), m in MEASURES.items() if at == reach)

    together = read_figures(filled, {"order_line": asked}, SPANS, "span")

    for span in SPANS:
        alone = read_figures(filled, {"order_line": asked}, [span], "span")
        assert _values(together, asked, span.label) == _values(alone, asked, span.label)


@pytest.mark.parametrize("reach", [reach for reach in RANGES if reach != "current"])
def test_a_day_has_the_same_figures_in_both_grains(filled: duckdb.DuckDBPyConnection, reach: str) -> None:
    days = [D(x) for x in ("2012-02-28", "2012-02-29", "2012-03-01", "2012-03-10")]
    spans = [Span(day.isoformat(), day, day) for day in days]
    asked = {"order_line": tuple(m for (_, at), m in MEASURES.items() if at in {"current", reach})}

    by_day = read_figures(filled, asked, spans, "day")

    assert by_day == read_figures(filled, asked, spans, "span")


def test_the_day_before_is_the_previous_period_of_a_day(filled: duckdb.DuckDBPyConnection) -> None:
    spans = [Span(x, D(x), D(x)) for x in ("2012-02-29", "2012-03-01")]
    today, before = measure("count: rows"), measure("count: rows", "previous")

    figures = read_figures(filled, {"order_line": (today, before)}, spans, "day")

    assert figures.of(before, ("2012-03-01", "ann", "r")) == figures.of(today, ("2012-02-29", "ann", "r"))
    assert figures.of(before, ("2012-03-01", "ann", "r")).n_rows > 0


def test_what_days_add_up_to_is_the_month(filled: duckdb.DuckDBPyConnection) -> None:
    asked = (measure("sum: qty"), measure("count: rows"))
    days = [Span(f"{d}", date(2012, 3, d), date(2012, 3, d)) for d in range(1, 32)]

    daily = read_figures(filled, {"order_line": asked}, days, "day")
    month = read_figures(filled, {"order_line": asked}, SPANS[:1], "span")

    for one in asked:
        for person in ("ann", "bob", "cid"):
            added = sum(
                (daily.of(one, (day.label, person, "r")).value or Decimal(0) for day in days), Decimal(0)
            )
            assert added == month.of(one, ("2012-03", person, "r")).value


def test_a_group_is_credited_like_a_key_so_that_a_rate_stays_a_rate(
    filled: duckdb.DuckDBPyConnection,
) -> None:
    """Ann owns some buyers' rows whole and some shared: every buyer still counts alike above and below, and once in all."""
    groups = measure("count_groups: buyer_id, having: {count: rows, at_least: 1}")
    keys = measure("count_distinct: buyer_id")

    figures = read_figures(filled, {"order_line": (groups, keys)}, SPANS, "span")

    credited = {
        one: [figures.of(one, ("2012-Q1", person, "r")).value for person in ("ann", "bob", "cid")]
        for one in (groups, keys)
    }
    assert credited[groups] == credited[keys]
    # every buyer was there before cid took the shop over
    assert credited[keys][2] == 0
    assert sum(value or 0 for value in credited[keys]) == 11


def test_a_null_in_the_sum_of_a_group_is_counted_not_skipped(filled: duckdb.DuckDBPyConnection) -> None:
    filled.execute("update core_order_line set qty = null where line_id = 'L60'")  # of 2012-03-15, shop la
    groups = measure("count_groups: buyer_id, having: {sum: qty, at_least: 1}")

    figures = read_figures(filled, {"order_line": (groups,)}, SPANS[:1], "span")

    assert figures.of(groups, ("2012-03", "ann", "r")).n_null == 1
    assert figures.gap(groups, ("2012-03", "ann", "r")).text == "order_line L60 of 2012-03-15 lacks a value"
    assert figures.of(groups, ("2012-03", "cid", "r")).n_null == 0
