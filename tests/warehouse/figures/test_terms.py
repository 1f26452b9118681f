"""KPIs over other days than the period, snapshots, own rows and bounds: what is known, and why not."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.periods import Period
from tests.warehouse import world as w
from tests.warehouse.figures.given import (
    LINES,
    D,
    account,
    definitions,
    insert_numbered,
    numerator,
    one,
    over,
    people,
)
from warehouse.figures.actuals import compute_daily, compute_mtd, compute_spans
from warehouse.raw.load import set_source_accounts
from warehouse.store.rows import insert_rows

DECEMBER = Period.parse("2011-12")
QTY = f"{{{LINES}, sum: qty}}"
STOCK = "{fact: inventory, date: snapshot_on, sum: sellable_qty, where: age_days > 90, at: end}"
CHATS = "{fact: chat, date: started_on, count: rows}"


@pytest.fixture
def shop(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """The shop uk feeds every fact of these tests and is whole from 1 November 2011 to 10 January 2012; Ann owns it."""
    feeds = ("order_line", "refund", "inventory", "chat", "live_session")
    set_source_accounts(con, [account(w.UK, *feeds, zone="Europe/London", platform="shopify")])
    w.load(con, tmp_path, w.UK, [], end="2012-01-10T00:00+00:00")
    return con


def lines(con: duckdb.DuckDBPyConnection, *rows: tuple[str, int | None]) -> None:
    usual = {"platform": "shopify", "shop_id": "uk", "buyer_id": "b1", "is_excluded": False}
    own = [{"business_date": D(day), "qty": qty} for day, qty in rows]
    insert_numbered(con, "order_line", usual, own, line_id="L", order_id="O", source_row_id="L")


GROWTH = numerator(QTY, QTY.replace("}", ", sign: minus, period: previous}")) + over(
    QTY.replace("}", ", period: previous}")
)


def test_growth_is_the_difference_to_the_period_before_over_that_period(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    lines(shop, ("2011-11-01", 30), ("2011-11-30", 10), ("2011-12-31", 50))

    actual = one(compute_spans(shop, definitions(growth=GROWTH), [DECEMBER]), "growth")

    assert [actual.numerator, actual.denominator, actual.value] == [10, 40, Decimal("0.25")]


def test_growth_to_date_compares_the_same_days_and_growth_of_a_day_the_day_before(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    lines(shop, ("2011-11-04", 8), ("2011-11-05", 100), ("2011-12-03", 4), ("2011-12-04", 12))
    known, day = definitions(growth=GROWTH), D("2011-12-04")

    to_date = one(compute_mtd(shop, known, [day]), "growth", label="2011-12-04")
    daily = one(compute_daily(shop, known, [day]), "growth", label="2011-12-04")

    assert [to_date.denominator, to_date.value] == [8, 1]
    assert [daily.denominator, daily.value] == [4, 2]


def test_without_the_whole_period_before_growth_is_missing_and_the_day_is_named(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    shop.execute("update source_account set active_from = date '2011-10-01'")
    lines(shop, ("2011-11-01", 1), ("2011-12-01", 1))
    known = definitions(growth=GROWTH, sales=numerator(QTY))

    actuals = compute_spans(shop, known, [Period.parse("2011-11"), DECEMBER])

    unknown = one(actuals, "growth", label="2011-11")
    assert (unknown.value, unknown.cause_code) == (None, "M207")
    assert unknown.cause == "shopify.orders[uk] 2011-10-01: not pulled yet"
    assert one(actuals, "sales", label="2011-11").value == 1
    assert one(actuals, "growth").value == 0


def test_growth_from_nothing_or_from_less_than_nothing_is_missing(shop: duckdb.DuckDBPyConnection) -> None:
    lines(shop, ("2011-11-01", -5), ("2011-12-01", 5))

    actuals = compute_spans(shop, definitions(growth=GROWTH), [DECEMBER, Period.parse("2012-01")])

    assert one(actuals, "growth").cause == "the denominator (order_line) is -5, at least 1 is needed"
    assert one(actuals, "growth").cause_code == "M201"


def test_a_window_needs_only_its_own_days_and_reaches_back_over_the_period(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    shop.execute("update source_account set active_from = date '2011-01-01'")
    lines(shop, ("2011-11-24", 100), ("2011-11-25", 7), ("2011-12-31", 1))
    known = definitions(
        recent=numerator(QTY.replace("}", ", window: 37}")),
        ever=numerator(QTY.replace("}", ", window: all}")),
    )

    actuals = compute_spans(shop, known, [DECEMBER])

    assert one(actuals, "recent").value == 8
    assert one(actuals, "ever").cause == "shopify.orders[uk] 2011-01-01: not pulled yet"


def stock(con: duckdb.DuckDBPyConnection, *rows: tuple[str, int, int]) -> None:
    usual = {"platform": "shopify", "shop_id": "uk", "warehouse": "w", "is_listed": True}
    own = [{"snapshot_on": D(day), "sellable_qty": qty, "age_days": age} for day, qty, age in rows]
    insert_numbered(con, "inventory", usual, own, sku_id="S", source_row_id="")


def test_a_snapshot_that_was_not_taken_is_missing_and_one_without_a_hit_is_zero(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    stock(shop, ("2011-12-30", 9, 100), ("2011-12-31", 5, 10), ("2011-11-30", 3, 120), ("2011-11-30", 4, 120))
    known = definitions(old=numerator(STOCK), fresh=numerator(STOCK.replace("at: end", "at: start")))

    actuals = compute_spans(shop, known, [Period.parse("2011-11"), DECEMBER])

    assert one(actuals, "old", label="2011-11").value == 7
    assert one(actuals, "old").value == 0
    absent = one(actuals, "fresh")
    assert (absent.value, absent.cause_code) == (None, "M211")
    assert absent.cause == "no inventory is recorded for 2011-12-01"


def test_bounds_hold_after_the_division(shop: duckdb.DuckDBPyConnection) -> None:
    lines(shop, ("2011-11-30", 1), ("2011-12-01", 5))
    kept = definitions(
        most=GROWTH + "cap: 1.5",
        least=GROWTH.replace("{" + LINES + ", sum: qty}", f"{{{LINES}, sum: qty, sign: minus}}", 1)
        + "floor: -2",
        plain=GROWTH,
    )

    actuals = compute_spans(shop, kept, [DECEMBER])

    assert [one(actuals, k).value for k in ("most", "least", "plain")] == [
        Decimal("1.5"),
        Decimal(-2),
        Decimal(4),
    ]


def test_an_attainment_of_a_negative_target_rises_with_the_actual(shop: duckdb.DuckDBPyConnection) -> None:
    lines(shop, ("2011-12-01", -50))
    known = definitions(net=numerator(QTY), rate=numerator(QTY) + "denominator: {target: net}")
    target = {
        "scope": "person",
        "scope_id": "ann",
        "kpi_id": "net",
        "period": "2011-12",
        "value": Decimal(-100),
    }
    w.put(shop, "core_target", [target])

    actual = one(compute_spans(shop, known, [DECEMBER]), "rate")

    assert actual.value == Decimal("1.5")


def test_a_named_kpi_brings_its_own_facts_and_causes(shop: duckdb.DuckDBPyConnection) -> None:
    lines(shop, ("2011-12-01", 5), ("2011-12-02", None))
    known = definitions(net=numerator(QTY), twice=numerator("{kpi: net}", "{kpi: net}", CHATS))

    actual = one(compute_spans(shop, known, [DECEMBER]), "twice")

    assert (actual.cause_code, actual.cause) == ("M204", "order_line L1 of 2011-12-02 lacks a value")


def chats(con: duckdb.DuckDBPyConnection, *rows: tuple[str, str | None]) -> None:
    own = [{"started_on": D(day), "agent_id": agent} for day, agent in rows]
    insert_numbered(
        con, "chat", {"platform": "shopify", "shop_id": "uk"}, own, chat_id="C", source_row_id="C"
    )


CHAT = ("2011-12-05", "eve"), ("2011-12-06", "eve"), ("2011-12-06", "zoe"), ("2011-12-07", None)


def test_who_owns_no_scope_of_a_fact_owns_the_own_rows(shop: duckdb.DuckDBPyConnection) -> None:
    people(shop, "eve", "zoe")
    w.put(shop, "core_ownership", [w.own("room", "r1", "manager", "eve", "1")])  # a chat knows no room
    chats(shop, *CHAT)

    actuals = compute_spans(shop, definitions(chats=numerator(CHATS)), [DECEMBER])

    assert [one(actuals, "chats", name).value for name in ("eve", "zoe")] == [2, 1]


def test_a_role_that_owns_by_another_scope_has_no_own_rows_from_then_on(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    people(shop, "eve", "zoe")
    w.put(shop, "core_ownership", [w.own("shop", "uk", "manager", "eve", "1", "2011-12-01")])
    chats(shop, ("2011-11-05", "eve"), ("2011-11-05", "zoe"), ("2011-11-05", "zoe"), *CHAT)

    actuals = compute_spans(shop, definitions(chats=numerator(CHATS)), [Period.parse("2011-11"), DECEMBER])

    assert [one(actuals, "chats", n, "2011-11").value for n in ("eve", "zoe")] == [1, 2]
    assert one(actuals, "chats", "eve").value == 4
    forgotten = one(actuals, "chats", "zoe")
    assert (forgotten.value, forgotten.cause_code) == (None, "M205")


def test_own_rows_may_be_given_away_by_a_stated_share(shop: duckdb.DuckDBPyConnection) -> None:
    people(shop, "eve", "zoe")
    owned = [w.own("person", "zoe", "manager", "zoe", "0.4"), w.own("person", "zoe", "manager", "eve", "0.6")]
    w.put(shop, "core_ownership", owned)
    chats(shop, *CHAT)

    actuals = compute_spans(shop, definitions(chats=numerator(CHATS)), [DECEMBER])

    assert one(actuals, "chats", "eve").value == Decimal("2.6")
    assert one(actuals, "chats", "zoe").value == Decimal("0.4")


def test_a_source_that_names_nobody_gives_nobody_own_rows(shop: duckdb.DuckDBPyConnection) -> None:
    people(shop, "eve")
    w.put(shop, "core_ownership", [])
    known = definitions(chats=numerator(CHATS))

    nothing_yet = one(compute_spans(shop, known, [DECEMBER]), "chats", "eve")
    chats(shop, ("2011-12-05", None))
    unnamed = one(compute_spans(shop, known, [DECEMBER]), "chats", "eve")

    assert nothing_yet.value == 0
    assert (unnamed.value, unnamed.cause_code) == (None, "M205")


def test_own_rows_need_every_account_that_feeds_the_fact(
    shop: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    people(shop, "eve")
    w.put(shop, "core_ownership", [])
    second = account(w.DESK, "chat", platform="zendesk")
    first = account(w.UK, "chat", zone="Europe/London", platform="shopify")
    set_source_accounts(shop, [first, second])
    chats(shop, *CHAT)

    unproven = one(compute_spans(shop, definitions(chats=numerator(CHATS)), [DECEMBER]), "chats", "eve")
    w.load(shop, tmp_path, w.DESK, [], end="2012-01-10T00:00+00:00")
    proven = one(compute_spans(shop, definitions(chats=numerator(CHATS)), [DECEMBER]), "chats", "eve")

    assert (unproven.value, unproven.cause_code) == (None, "M207")
    assert proven.value == 2


def test_a_derived_fact_is_whole_when_its_sources_are(shop: duckdb.DuckDBPyConnection) -> None:
    people(shop, "eve")
    w.put(shop, "core_ownership", [])
    shared: dict[str, Any] = {"platform": "shopify", "shop_id": "uk", "session_id": "1", "role": "anchor"}
    row = {**shared, "employee_id": "eve", "started_on": D("2011-12-05"), "minutes": Decimal("30.5")}
    insert_rows(shop, "core_live_share", [row])
    live = definitions(live=numerator("{fact: live_share, date: started_on, sum: minutes}"))
    leaving = definitions(left=numerator("{fact: headcount, date: changed_on, sum: leavers}"))

    without_shifts = one(compute_spans(shop, live, [DECEMBER]), "live", "eve")
    shop.execute("update source_account set feeds = list_append(feeds, 'live_shift')")
    with_shifts = one(compute_spans(shop, live, [DECEMBER]), "live", "eve")
    leavers = one(compute_spans(shop, leaving, [DECEMBER]), "left", "eve")

    assert without_shifts.cause == "no source feeds live_shift for eve"
    assert with_shifts.value == Decimal("30.5")
    assert leavers.value == 0
