"""Growth compares like with like: what the same scopes did then, on the days and with the share of now; values by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.load import Definitions, load_definitions
from models.inputs import Actual
from models.loads import SourceAccount
from models.periods import Period
from tests.warehouse import world as w
from warehouse.figures.actuals import compute_daily, compute_mtd, compute_spans
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows, only_value
from warehouse.store.sqltext import Sql

D, ONE_DAY = date.fromisoformat, timedelta(days=1)
SALES = "fact: order_line, sum: paid_amount, date: business_date"
CHATS = "fact: chat, count: rows, date: started_on"
GROWTH = (
    "numerator: [{kpi: %s}, {kpi: %s, sign: minus, period: %s}]\n    denominator: [{kpi: %s, period: %s}]\n"
)
FORMS = {
    "sales": f"numerator: [{{{SALES}}}]\n",
    "yoy": GROWTH % ("sales", "sales", "last_year", "sales", "last_year"),
    "mom": GROWTH % ("sales", "sales", "previous", "sales", "previous"),
    "chats": f"numerator: [{{{CHATS}}}]\n",
    "more_chats": GROWTH % ("chats", "chats", "last_year", "chats", "last_year"),
}
FIRST, LAST = "2022-12-01", "2024-03-31"
# A shop's sales by day; who holds which shop, with what share, from when, to when.
Sold = Mapping[str, Mapping[str, int]]
Held = tuple[str, str, str, str, str | None]


def definitions() -> Definitions:
    kpis = [(k, f"    {body}", "ratio" if "denominator" in body else "count") for k, body in FORMS.items()]
    return load_definitions(
        {"x.yaml": w.definition_text(kpis, {"r": list(FORMS)[:3], "agent": ["more_chats"]})}
    )


class Firm:
    """Two shops, read whole from December 2022 to March 2024, unless they opened later or closed before."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.con, self.folder = con, folder

    def open(self, **shops: tuple[str, str | None]) -> None:
        """The first and last day of each shop."""
        stated = {"uk": (FIRST, None), "la": (FIRST, None)} | shops
        accounts = [
            SourceAccount(
                ref=ref,
                feeds=("order_line", "chat"),
                zone="UTC",
                active_from=stated[ref.shop_id][0],
                active_to=stated[ref.shop_id][1],
                platform="shopify",
            )
            for ref in (w.UK, w.LA)
        ]
        set_source_accounts(self.con, accounts)

    def read(self, ref: Any, first: str = FIRST, last: str = LAST) -> None:
        w.load(self.con, self.folder, ref, [], f"{first}T00:00+00:00", f"{D(last) + ONE_DAY}T00:00+00:00")

    def hold(self, *held: Held, people: Mapping[str, tuple[str, str | None]] | None = None) -> None:
        here = people or dict.fromkeys([*(name for _, name, *_ in held), "ann"], ("2020-01-01", None))
        w.put(self.con, "core_person", [_person(name, "r", *days) for name, days in here.items()])
        w.put(self.con, "core_ownership", [w.own("shop", s, "r", *rest) for s, *rest in held])

    def sell(self, sold: Sold) -> None:
        lines = [
            {
                "platform": "shopify", "shop_id": shop, "source_row_id": f"{shop}{day}", "line_id": f"{shop}{day}",
                "business_date": D(day), "paid_amount": Decimal(amount), "is_excluded": False,
            }
            for shop, days in sold.items()
            for day, amount in days.items()
        ]  # fmt: skip
        insert_rows(self.con, "core_order_line", lines)

    def of(self, actuals: list[Actual], kpi: str) -> dict[str, Decimal | str | None]:
        """Value or cause of everybody."""
        # both engines computed what is compared here
        assert only_value(self.con, Sql("select count(*) from engine_finding")) == 0
        return {
            a.person_id: a.cause_code if a.value is None else a.value.normalize()
            for a in actuals
            if a.kpi_id == kpi
        }

    def month(self, period: str, kpi: str = "yoy") -> dict[str, Decimal | str | None]:
        return self.of(compute_spans(self.con, definitions(), [Period.parse(period)]), kpi)


def _person(name: str, role: str, first: str, last: str | None) -> dict[str, Any]:
    ends = D(last) if last else None
    return {"person_id": name, "name": name, "role_id": role, "valid_from": D(first), "valid_to": ends}


@pytest.fixture
def firm(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Firm:
    firm = Firm(con, tmp_path)
    firm.open()
    firm.read(w.UK)
    firm.read(w.LA)
    return firm


BOTH_FEBRUARIES: Sold = {
    "uk": {"2023-02-03": 400, "2023-02-27": 900, "2024-02-08": 700, "2024-02-28": 450, "2024-02-29": 90},
    "la": {"2023-02-03": 1000, "2024-02-08": 4000},
}
NOW_ANN = ("uk", "ann", "1", "2024-01-01", None)


@pytest.mark.parametrize(
    "then",
    [
        [("uk", "ann", "1", "2022-01-01", "2023-12-31")],
        [("uk", "ann", "1", "2022-01-01", "2023-02-10")],  # a part of then
        [("uk", "ann", "1", "2023-02-20", "2023-12-31")],
        [("uk", "ann", "0.3", "2022-01-01", "2023-12-31"), ("uk", "bob", "0.7", "2022-01-01", "2023-12-31")],
        [("uk", "bob", "1", "2022-01-01", "2023-12-31")],
        [("la", "ann", "1", "2022-01-01", "2023-12-31")],  # another shop then
        [],
    ],
)
def test_who_holds_a_shop_whole_now_is_compared_with_all_it_did_then_whoever_held_it(
    firm: Firm, then: list[Held]
) -> None:
    firm.sell(BOTH_FEBRUARIES)
    firm.hold(NOW_ANN, *then)

    # 700 + 450 + 90 = 1,240 against 400 + 900 = 1,300
    assert firm.month("2024-02")["ann"] == Decimal("-0.0461538462")


@pytest.mark.parametrize("then", ["ann", "bob", None])
def test_after_a_hand_over_each_is_compared_with_the_same_days_of_then(firm: Firm, then: str | None) -> None:
    firm.sell(BOTH_FEBRUARIES)
    before: list[Held] = [("uk", then, "1", "2022-01-01", "2023-12-31")] if then else []
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-02-10"), ("uk", "bob", "1", "2024-02-11", None), *before)

    # 700 against 400; 450 + 90 against 900
    assert firm.month("2024-02") == {"ann": Decimal("0.75"), "bob": Decimal("-0.4")}


def test_unchanged_sales_are_no_growth_when_only_the_share_changed(firm: Firm) -> None:
    days = ("2023-02-03", "2023-02-28", "2024-02-03", "2024-02-28")
    firm.sell({"uk": dict.fromkeys(days, 100)})
    firm.hold(
        ("uk", "ann", "1", "2022-01-01", "2024-02-15"),
        ("uk", "ann", "0.5", "2024-02-16", None),
        ("uk", "bob", "0.5", "2024-02-16", None),
    )

    assert firm.month("2024-02") == {"ann": 0, "bob": 0}


def test_who_changed_shops_is_compared_with_the_shops_of_now(firm: Firm) -> None:
    firm.sell(BOTH_FEBRUARIES)
    firm.hold(("la", "ann", "1", "2022-01-01", "2024-02-05"), ("uk", "ann", "1", "2024-02-06", None))

    # la until the 5th: 0 against 1,000; uk from the 6th: 1,240 against 900
    assert firm.month("2024-02") == {"ann": Decimal("-0.3473684211")}


def test_29_february_belongs_to_the_longer_month_and_has_no_day_of_a_common_year(firm: Firm) -> None:
    firm.sell(BOTH_FEBRUARIES)
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-02-28"), ("uk", "bob", "1", "2024-02-29", None))

    # 700 + 450 against 1,300; bob has nothing to be compared with
    assert firm.month("2024-02") == {"ann": Decimal("-0.1153846154"), "bob": "M205"}


def test_the_same_month_a_year_later_takes_28_february_for_the_leap_day(firm: Firm) -> None:
    firm.sell({"uk": {"2023-02-28": 200, "2024-02-29": 300}})
    firm.hold(NOW_ANN)

    daily = compute_daily(firm.con, definitions(), [D("2024-02-29")])

    assert firm.of(daily, "yoy") == {"ann": Decimal("0.5")}
    assert firm.of(daily, "mom") == {"ann": "M201"}  # the day before: nothing sold


def test_of_months_of_different_length_the_last_days_go_with_the_last_day(firm: Firm) -> None:
    sold = {"2024-01-15": 100, "2024-01-29": 10, "2024-01-30": 20, "2024-01-31": 30}
    firm.sell({"uk": sold | {"2024-02-15": 150, "2024-02-29": 90, "2024-03-15": 60, "2024-03-31": 27}})
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-02-15"), ("uk", "bob", "1", "2024-02-16", None))

    # 150 against 100; the 29th of February against 29 to 31 January
    assert firm.month("2024-02", "mom") == {"ann": Decimal("0.5"), "bob": Decimal("0.5")}
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-03-15"), ("uk", "bob", "1", "2024-03-16", None))
    # March has two days more than this February: they belong to whoever holds them
    assert firm.month("2024-03", "mom") == {"ann": Decimal("-0.6"), "bob": Decimal("-0.7")}
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-03-29"), ("uk", "bob", "1", "2024-03-30", None))
    assert firm.month("2024-03", "mom") == {"ann": Decimal("-0.75"), "bob": "M205"}


def test_a_month_to_date_is_compared_with_the_same_days_of_the_month_before(firm: Firm) -> None:
    firm.sell(
        {"uk": {"2024-02-05": 100, "2024-02-12": 40, "2024-02-20": 999, "2024-03-05": 80, "2024-03-12": 60}}
    )
    firm.hold(("uk", "bob", "1", "2022-01-01", "2024-03-10"), ("uk", "ann", "1", "2024-03-11", None))

    found = compute_mtd(firm.con, definitions(), [D("2024-03-12")])

    # 80 against 100; since the 11th 60 against 40
    assert firm.of(found, "mom") == {"bob": Decimal("-0.2"), "ann": Decimal("0.5")}


def test_a_joiner_is_compared_with_the_shop_and_not_with_the_own_absence(firm: Firm) -> None:
    firm.sell(BOTH_FEBRUARIES)
    firm.hold(NOW_ANN, people={"ann": ("2024-02-05", None)})

    # from the 5th: 1,240 against 900
    assert firm.month("2024-02") == {"ann": Decimal("0.3777777778")}


def test_days_that_nobody_read_are_missing_with_their_cause(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    firm = Firm(con, tmp_path)
    firm.open()
    firm.read(w.UK, first="2023-02-10")
    firm.sell(BOTH_FEBRUARIES)
    firm.hold(("uk", "ann", "1", "2024-01-01", "2024-02-12"), ("uk", "bob", "1", "2024-02-13", None))

    # bob's days of then were read: 540 against 900
    assert firm.month("2024-02") == {"ann": "M207", "bob": Decimal("-0.4")}


def test_a_shop_that_opened_or_closed_in_the_middle_is_no_measure_unless_another_was_open(firm: Firm) -> None:
    firm.sell({"uk": {"2024-02-03": 70, "2024-02-20": 300}, "la": {"2023-02-03": 50}})
    firm.hold(NOW_ANN)
    firm.open(uk=("2023-02-15", None))
    assert firm.month("2024-02") == {"ann": "M223"}
    firm.open(uk=("2022-12-01", "2024-02-20"))
    assert firm.month("2024-02") == {"ann": "M223"}
    firm.open(uk=("2023-03-01", None))
    assert firm.month("2024-02") == {"ann": "M209"}

    firm.hold(NOW_ANN, ("la", "ann", "1", "2024-01-01", None))
    # 370 against the 50 of the other shop: the new one is growth
    assert firm.month("2024-02") == {"ann": Decimal("6.4")}


def test_who_gives_up_a_shop_on_the_day_it_closes_is_compared_until_then(firm: Firm) -> None:
    firm.sell({"uk": {"2023-02-03": 100, "2023-02-25": 800, "2024-02-03": 130}})
    firm.open(uk=("2022-12-01", "2024-02-20"))
    firm.hold(("uk", "ann", "1", "2022-01-01", "2024-02-20"))

    assert firm.month("2024-02") == {"ann": Decimal("0.3")}


@pytest.mark.parametrize(
    ("since", "growth"), [("2020-01-01", Decimal("0.5")), ("2023-02-15", "M223"), ("2023-03-01", "M223")]
)
def test_own_rows_are_compared_only_where_their_person_worked_on_all_days_of_then(
    firm: Firm, since: str, growth: Decimal | str
) -> None:
    _chat(firm)
    w.put(firm.con, "core_person", [_person("eve", "agent", since, None)])
    w.put(firm.con, "core_ownership", [])

    assert firm.month("2024-02", "more_chats") == {"eve": growth}


@pytest.mark.parametrize(
    ("held", "growth"),
    [
        ([("eve", "2022-01-01", None)], Decimal("0.5")),
        ([("fay", "2022-01-01", "2023-12-31"), ("eve", "2024-01-01", None)], Decimal("0.5")),
        ([("eve", "2023-02-15", None)], "M223"),
    ],
    ids=["held on", "taken over", "a new seat in the middle of then"],
)
def test_an_agents_account_is_compared_only_where_somebody_worked_at_it(
    firm: Firm, held: list[tuple[str, str, str | None]], growth: Decimal | str
) -> None:
    _chat(firm)
    w.put(firm.con, "core_person", [_person(p, "agent", "2020-01-01", None) for p in {p for p, *_ in held}])
    w.put(firm.con, "core_ownership", [w.own("agent", "eve", "agent", p, "1", *days) for p, *days in held])

    assert firm.month("2024-02", "more_chats")["eve"] == growth


def _chat(firm: Firm) -> None:
    """Two conversations of the account eve in the second half of February 2023, three in February 2024."""
    days = ("2023-02-16", "2023-02-20", "2024-02-02", "2024-02-03", "2024-02-20")
    common = {"platform": "shopify", "shop_id": "uk", "agent_id": "eve"}
    insert_rows(
        firm.con,
        "core_chat",
        [{**common, "chat_id": day, "source_row_id": day, "started_on": D(day)} for day in days],
    )


PERIODS = ("2024-02", "2024-03", "2024-Q1")
DAYS = st.one_of(
    st.sampled_from([D(x) for x in ("2023-02-28", "2024-01-31", "2024-02-29", "2024-03-29", "2024-03-31")]),
    st.dates(D("2023-01-01"), D("2024-03-31")),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Held]:
    """Both shops, handed on and shared out anew up to three times, with days of nobody in between."""
    held: list[Held] = []
    for shop in ("uk", "la"):
        starts = sorted({D("2022-01-01"), *draw(st.lists(DAYS, max_size=3))})
        for first, after in zip(starts, [*starts[1:], None], strict=True):
            last = None if after is None else (after - ONE_DAY).isoformat()
            tenths = draw(st.tuples(st.integers(0, 6), st.integers(0, 4)))
            shares = zip(("ann", "bob"), tenths, strict=True)
            held += [(shop, name, f"0.{n}", first.isoformat(), last) for name, n in shares if n]
    return held


def share_on(held: list[Held], shop: str, name: str, day: date) -> Fraction:
    rows = (row for row in held if row[:2] == (shop, name) and D(row[3]) <= day)
    return sum((Fraction(row[2]) for row in rows if row[4] is None or day <= D(row[4])), Fraction(0))


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    return max(d for n in range(day.day) if (d := first + n * ONE_DAY).month == first.month)


def by_hand(held: list[Held], sold: Sold, name: str, period: str, kpi: str) -> Fraction | str:
    """Every row of both ranges with the share of its day of now."""
    now = Period.parse(period)
    months = 12 if kpi == "yoy" else 3 if "Q" in period else 1
    both = {"now": Fraction(0), "then": Fraction(0)}
    for shop, days in sold.items():
        for text, amount in days.items():
            if now.start <= D(text) <= now.end:
                both["now"] += share_on(held, shop, name, D(text)) * amount
            beside = later(D(text), months)
            if now.start <= beside <= now.end:
                both["then"] += share_on(held, shop, name, beside) * amount
    return both["now"] / both["then"] - 1 if both["then"] else "nothing"


@given(
    held=histories(),
    sold=st.fixed_dictionaries(
        {
            shop: st.dictionaries(DAYS.map(date.isoformat), st.integers(100, 900), max_size=12)
            for shop in ("uk", "la")
        }
    ),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_history_of_ownership_both_sides_are_the_same_shops_days_and_shares(
    tmp_path: Path, held: list[Held], sold: Sold
) -> None:
    folder = Path(mkdtemp(dir=tmp_path))
    with open_warehouse(folder) as con:
        firm = Firm(con, folder)
        firm.open()
        firm.read(w.UK)
        firm.read(w.LA)
        firm.sell(sold)
        firm.hold(*held, people=dict.fromkeys(("ann", "bob"), ("2020-01-01", None)))
        actuals = compute_spans(con, definitions(), [Period.parse(period) for period in PERIODS])

        for kpi in ("yoy", "mom"):
            for a in (a for a in actuals if a.kpi_id == kpi):
                expected = by_hand(held, sold, a.person_id, a.period, kpi)
                if isinstance(expected, str):
                    assert a.cause_code in {"M201", "M205"}, (a, expected)
                else:
                    assert a.value is not None, (a, expected)
                    assert abs(Fraction(a.value) - expected) <= Fraction(1, 10**9), (a, expected)
        firm.of(actuals, "yoy")
