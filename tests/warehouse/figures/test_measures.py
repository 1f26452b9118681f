"""Every aggregate over every range of days: equal to a plain reading of the rows, whatever is asked beside it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
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
from warehouse.figures.measures import Measure
from warehouse.figures.plan import Span
from warehouse.figures.run import MeasureResult, MeasureResults, read_figures
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

D = date.fromisoformat
SPANS = [
    Span("2012-03", D("2012-03-01"), D("2012-03-31")),
    Span("2012-Q1", D("2012-01-01"), D("2012-03-31")),
    Span("2012", D("2012-01-01"), D("2012-12-31")),
    Span("2012-03-30", D("2012-03-01"), D("2012-03-30"), to_date=True),
]
# label -> range -> the days whose rows count, written out by hand
DAYS: dict[str, dict[str, tuple[str, str]]] = {
    "2012-03": {
        "current": ("2012-03-01", "2012-03-31"),
        "previous": ("2012-02-01", "2012-02-29"),
        "last_year": ("2011-03-01", "2011-03-31"),
        "window_40": ("2012-02-21", "2012-03-31"),
        "all": ("0001-01-01", "2012-03-31"),
        "start": ("2012-03-01", "2012-03-01"),
        "end": ("2012-03-31", "2012-03-31"),
    },
    "2012-Q1": {
        "current": ("2012-01-01", "2012-03-31"),
        "previous": ("2011-10-01", "2011-12-31"),
        "last_year": ("2011-01-01", "2011-03-31"),
        "window_40": ("2012-02-21", "2012-03-31"),
        "all": ("0001-01-01", "2012-03-31"),
        "start": ("2012-01-01", "2012-01-01"),
        "end": ("2012-03-31", "2012-03-31"),
    },
    "2012": {
        "current": ("2012-01-01", "2012-12-31"),
        "previous": ("2011-01-01", "2011-12-31"),
        "last_year": ("2011-01-01", "2011-12-31"),
        "window_40": ("2012-11-22", "2012-12-31"),
        "all": ("0001-01-01", "2012-12-31"),
        "start": ("2012-01-01", "2012-01-01"),
        "end": ("2012-12-31", "2012-12-31"),
    },
    "2012-03-30": {
        "current": ("2012-03-01", "2012-03-30"),
        "previous": ("2012-02-01", "2012-02-29"),
        "last_year": ("2011-03-01", "2011-03-30"),
        "window_40": ("2012-02-20", "2012-03-30"),
        "all": ("0001-01-01", "2012-03-30"),
        "start": ("2012-03-01", "2012-03-01"),
        "end": ("2012-03-30", "2012-03-30"),
    },
}
RANGES = {
    "current": "",
    "previous": "period: previous",
    "last_year": "period: last_year",
    "window_40": "window: 40",
    "all": "window: all",
    "start": "at: start",
    "end": "at: end",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Owned:
    """The rows of a range, all of them and those that a person owns, each with the share; `start` is what period_start means."""

    rows: list[tuple[Row, Decimal]]
    all: list[Row]
    all_before: list[Row]
    share: Callable[[Row], Decimal]
    start: date


def _total(owned: Owned, value: Callable[[Row], int | None], keep: Callable[[Row], bool]) -> Decimal | None:
    kept = [(value(row), share) for row, share in owned.rows if keep(row)]
    if any(v is None for v, _ in kept):
        return None
    return sum((share * v for v, share in kept if v is not None), Decimal(0))


def _first_rows(rows: list[Row], *names: str) -> dict[tuple[Any, ...], Row]:
    """Every key with the row it is credited by: the first in time, of one day the one with the smallest key of the table."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda r: (r["business_date"], r["platform"], r["shop_id"], r["line_id"])):
        key = tuple(row[name] for name in names)
        if None not in key:
            # shop orders are told apart by shop
            found.setdefault((*key, row["shop_id"]) if "order_id" in names else key, row)
    return found


def _keys(owned: Owned, *names: str, keep: Callable[[Row], bool] = lambda row: True) -> Decimal:
    firsts = _first_rows([row for row in owned.all if keep(row)], *names)
    return sum((owned.share(row) for row in firsts.values()), Decimal(0))


def _groups(owned: Owned, reached: Callable[[list[Row]], bool]) -> Decimal:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in owned.all:
        rows[row["buyer_id"]].append(row)
    firsts = _first_rows(owned.all, "buyer_id")
    return sum((owned.share(row) for (buyer,), row in firsts.items() if reached(rows[buyer])), Decimal(0))


def _kept(owned: Owned) -> list[int]:
    return sorted(row["qty"] for row, _ in owned.rows if row["qty"] is not None)


def _interpolated(values: list[int], percent: int) -> Decimal | None:
    if not values:
        return None
    whole, rest = divmod((len(values) - 1) * percent, 100)
    high = values[min(whole + 1, len(values) - 1)]
    return Decimal(values[whole]) + Decimal(high - values[whole]) * rest / 100


def _orders(rows: list[Row]) -> int:
    return len({(row["shop_id"], row["order_id"]) for row in rows if row["order_id"] is not None})


Expected = Callable[[Owned], Decimal | None]
KNOWN = "where: qty is not null"
CASES: dict[str, Expected] = {
    "sum: qty": lambda o: _total(o, lambda r: r["qty"], lambda r: True),
    f"sum: qty, {KNOWN}": lambda o: _total(o, lambda r: r["qty"], lambda r: r["qty"] is not None),
    "sum: 'least(coalesce(qty, 0), 3)'": lambda o: _total(o, lambda r: min(r["qty"] or 0, 3), lambda r: True),
    "sum: 'days(period_start, business_date)'": lambda o: _total(
        o, lambda r: (o.start - r["business_date"]).days, lambda r: True
    ),
    "count: rows": lambda o: _total(o, lambda r: 1, lambda r: True),
    "count: rows, where: buyer_first_on >= period_start": lambda o: _total(
        o, lambda r: 1, lambda r: r["buyer_first_on"] >= o.start
    ),
    "count_distinct: order_id": lambda o: _keys(o, "order_id"),
    "count_distinct: [buyer_id, business_date]": lambda o: _keys(o, "buyer_id", "business_date"),
    "count_distinct: buyer_id, where: buyer_first_on >= period_start": lambda o: _keys(
        o, "buyer_id", keep=lambda row: row["buyer_first_on"] >= o.start
    ),
    f"min: qty, {KNOWN}": lambda o: Decimal(min(_kept(o))) if _kept(o) else None,
    f"max: qty * 2, {KNOWN}": lambda o: Decimal(2 * max(_kept(o))) if _kept(o) else None,
    f"median: qty, {KNOWN}": lambda o: _interpolated(_kept(o), 50),
    f"percentile: qty, percent: 90, {KNOWN}": lambda o: _interpolated(_kept(o), 90),
    "count_groups: buyer_id, having: {count: rows, at_least: 2}": lambda o: _groups(
        o, lambda rows: len(rows) > 1
    ),
    "count_groups: buyer_id, having: {count_distinct: order_id, at_least: 2}": lambda o: _groups(
        o, lambda rows: _orders(rows) > 1
    ),
    "count_groups: buyer_id, having: {sum: 'coalesce(qty, 0)', above: 3}": lambda o: _groups(
        o, lambda rows: sum(row["qty"] or 0 for row in rows) > 3
    ),
    "count_groups: buyer_id, having: {active_in: previous}": lambda o: _groups(
        o, lambda rows: rows[0]["buyer_id"] in {row["buyer_id"] for row in o.all_before}
    ),
}
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
    st.sampled_from([D("2010-01-01"), D("2012-02-01"), D("2012-03-01")]),
)
NAMES = ("business_date", "shop_id", "sku_group", "buyer_id", "order_id", "qty", "buyer_first_on")


def world(con: duckdb.DuckDBPyConnection, rows: list[Row], share: Decimal, change: date) -> None:
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


def share_on(row: Row, day: date, person: str, share: Decimal, change: date) -> Decimal | None:
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


# How many months lie between a day and the day of the span it is compared with, and that span.
MONTHS = {
    "2012-03": (1, "2012-03-01", "2012-03-31"),
    "2012-Q1": (3, "2012-01-01", "2012-03-31"),
    "2012": (12, "2012-01-01", "2012-12-31"),
    "2012-03-30": (1, "2012-03-01", "2012-03-30"),
}


def stands_for(day: date, label: str, reach: str) -> date:
    """The day of the span that a day of an earlier period stands beside."""
    months, first, last = MONTHS[label]
    number = day.month - 1 + (12 if reach == "last_year" else months)
    month = date(day.year + number // 12, number % 12 + 1, 1)
    later = [month + timedelta(days=n) for n in range(day.day)]
    same = [d for d in later if d.month == month.month][-1]
    return min(max(same, D(first)), D(last))


def owned(rows: list[Row], person: str, label: str, reach: str, share: Decimal, change: date) -> Owned:
    def within(days: tuple[str, str]) -> list[Row]:
        low, high = map(D, days)
        return [row for row in rows if low <= row["business_date"] <= high]

    def credit(row: Row) -> Decimal | None:
        then = share_on(row, row["business_date"], person, share, change)
        if then is None or reach not in {"previous", "last_year"}:
            return then
        # of an earlier day whoever held it then and holds it now, with what is held now
        return share_on(row, stands_for(row["business_date"], label, reach), person, share, change)

    days = DAYS[label]
    start = days[reach if reach in {"previous", "last_year"} else "current"][0]
    inside = within(days[reach])
    mine = [(row, found) for row in inside if (found := credit(row)) is not None]
    return Owned(mine, inside, within(days["previous"]), lambda row: credit(row) or Decimal(0), D(start))


@given(
    lines=st.lists(LINE, max_size=14),
    asked=st.sampled_from([reach for reach in RANGES if reach != "current"]),
    share=st.decimals("0.000001", "0.999999", places=6),
    change=st.dates(D("2011-01-01"), D("2012-12-31")),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_aggregate_over_every_range_equals_a_plain_reading_of_the_rows(
    tmp_path: Path, lines: list[Any], asked: str, share: Decimal, change: date
) -> None:
    measures = {key: m for key, m in MEASURES.items() if key[1] in {"current", asked}}
    rows = [
        {
            **dict(zip(NAMES, line, strict=True)),
            "platform": "shopify",
            "line_id": f"L{i}",
            "source_row_id": f"L{i}",
        }
        for i, line in enumerate(lines)
    ]
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        world(con, rows, share, change)

        figures = read_figures(con, {"order_line": tuple(measures.values())}, SPANS, "span")

    for (form, reach), one in measures.items():
        for person, role in (("ann", "r"), ("bob", "r"), ("cid", "r"), ("dee", "buyer")):
            for span in SPANS:
                mine = owned(rows, person, span.label, reach, share, change)
                expected = CASES[form](mine)
                if reach in {"start", "end"} and not _seen(form, mine):
                    expected = None
                found = figures.of(one, (span.label, person, role))
                assert (found.value if not found.n_null else None) == expected, (
                    form,
                    reach,
                    person,
                    span.label,
                )


def _seen(form: str, mine: Owned) -> bool:
    """A snapshot exists when it has a row, and for keys a row that names one."""
    if not form.startswith("count_distinct"):
        return bool(mine.rows)
    names = ("order_id",) if "order_id" in form else ("buyer_id",)
    return bool(_first_rows([row for row, _ in mine.rows], *names))


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
