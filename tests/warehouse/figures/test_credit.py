"""Who gets the credit of a key and of a leaver's days: what is credited and unowned is the whole. Growth: test_growth.py."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.definitions.load import Definitions, load_definitions
from models.inputs import Actual, assignments
from models.periods import Period
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.facts.checks import run_check
from warehouse.figures.actuals import compute_daily, compute_spans
from warehouse.figures.inputs import read_people

D = date.fromisoformat
MARCH = Period.parse("2012-03")
PAID = "not is_excluded and paid_amount > 0"
ROW = "date: business_date"
KPIS = {
    "buyers": f"numerator: [{{fact: order_line, count_distinct: buyer_id, where: {PAID}, {ROW}}}]",
    "skus": f"numerator: [{{fact: order_line, count_distinct: sku_id, where: {PAID}, {ROW}}}]",
    "repeaters": f"numerator: [{{fact: order_line, count_groups: buyer_id, where: {PAID}, {ROW},"
    " having: {count_distinct: order_id, at_least: 2}}]",
    "repeat_rate": f"numerator: [{{fact: order_line, count_groups: buyer_id, where: {PAID}, {ROW},"
    " having: {count_distinct: order_id, at_least: 2}}]\n"
    f"    denominator: [{{fact: order_line, count_distinct: buyer_id, where: {PAID}, {ROW}}}]",
    "big_buyer_rate": f"numerator: [{{fact: order_line, count_distinct: buyer_id, where: paid_amount > 50, {ROW}}}]\n"
    f"    denominator: [{{fact: order_line, count_distinct: buyer_id, where: {PAID}, {ROW}}}]",
    "kept_rate": f"numerator: [{{fact: order_line, count_groups: buyer_id, where: {PAID}, {ROW},"
    " having: {active_in: previous}}]\n"
    f"    denominator: [{{fact: order_line, count_distinct: buyer_id, where: {PAID}, {ROW}, period: previous}}]",
}


def definitions() -> Definitions:
    kpis = [
        (key, f"    {body}\n", "ratio" if "denominator" in body else "count") for key, body in KPIS.items()
    ]
    return load_definitions({"x.yaml": w.definition_text(kpis, {"r": list(KPIS)})})


def order(day: str, shop: str, buyer: str, *, sku: str = "S1", paid: str = "10") -> dict[str, Any]:
    return {"day": day, "shop": shop, "buyer": buyer, "sku": sku, "paid": paid}


def person(name: str, first: str = "2010-01-01", **more: Any) -> dict[str, Any]:
    return {"person_id": name, "name": name, "role_id": "r", "valid_from": D(first), **more}


def fill(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    orders: Sequence[dict[str, Any]],
    people: Sequence[dict[str, Any]],
    owned: Sequence[dict[str, Any]],
) -> None:
    """Both shops read whole from November 2011 to March 2012, with these orders in them."""
    w.put(con, "core_person", list(people))
    w.put(con, "core_ownership", list(owned))
    for shop, ref in (("uk", w.UK), ("la", w.LA)):
        payloads = [
            w.order(
                f"{shop}{i}",
                f"{x['day']}T20:00+00:00",
                [w.line(f"{shop}{i}", x["paid"], sku=x["sku"])],
                buyer=x["buyer"],
            )
            for i, x in enumerate(orders)
            if x["shop"] == shop
        ]
        w.load(con, folder, ref, payloads, "2011-11-01T00:00+00:00", "2012-04-02T00:00+00:00")
    build_core(con, "CNY")


def values(actuals: Sequence[Actual], kpi: str) -> dict[str, Decimal | None]:
    return {a.person_id: a.value for a in actuals if a.kpi_id == kpi}


def test_distinct_counts_do_not_double_when_a_share_changes(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    buyers = ("b1", "b2", "b3", "b4")
    orders = [order(day, "uk", buyer) for buyer in buyers for day in ("2012-03-10", "2012-03-20")]
    shares = [("ann", "0.6", "0.5"), ("bob", "0.4", "0.5")]
    owned = [
        row
        for name, before, after in shares
        for row in (
            w.own("shop", "uk", "r", name, before, "2011-01-01", "2012-03-15"),
            w.own("shop", "uk", "r", name, after, "2012-03-16"),
        )
    ]
    fill(con, tmp_path, orders, [person("ann"), person("bob")], owned)

    found = compute_spans(con, definitions(), [MARCH])

    assert values(found, "buyers") == {"ann": Decimal("2.4"), "bob": Decimal("1.6")}
    assert values(found, "repeaters") == {"ann": Decimal("2.4"), "bob": Decimal("1.6")}
    assert values(found, "repeat_rate") == {"ann": 1, "bob": 1}


def test_a_sku_of_two_shops_counts_with_the_share_of_its_first_row(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orders = [order("2012-03-10", "uk", "b1"), order("2012-03-12", "la", "b2")]
    owned = [w.own("shop", "uk", "r", "ann", "0.5"), w.own("shop", "la", "r", "ann", "0.4")]
    fill(con, tmp_path, orders, [person("ann")], owned)

    assert values(compute_spans(con, definitions(), [MARCH]), "skus") == {"ann": Decimal("0.5")}


def test_a_key_first_seen_where_nobody_owns_is_unowned_and_no_later_owner_is_credited(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orders = [
        order("2012-03-10", "la", "b1"),
        order("2012-03-12", "uk", "b1"),
        order("2012-03-12", "uk", "b2"),
    ]
    fill(con, tmp_path, orders, [person("ann")], [w.own("shop", "uk", "r", "ann", "1")])

    found = compute_spans(con, definitions(), [MARCH])

    assert values(found, "buyers") == {"ann": 1}
    # b1 came twice, once to each shop: a repeat buyer, of whoever had the first order
    assert values(found, "repeaters") == {"ann": 0}


def test_both_sides_of_a_rate_take_the_credit_of_the_denominators_first_row(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orders = [
        order("2012-03-10", "uk", "b1"),
        order("2012-03-20", "uk", "b1", paid="90"),  # the first big one: bob's day, ann's buyer
        order("2012-03-21", "uk", "b2"),
    ]
    owned = [
        w.own("shop", "uk", "r", "ann", "1", "2011-01-01", "2012-03-15"),
        w.own("shop", "uk", "r", "bob", "1", "2012-03-16"),
    ]
    fill(con, tmp_path, orders, [person("ann"), person("bob")], owned)

    assert values(compute_spans(con, definitions(), [MARCH]), "big_buyer_rate") == {"ann": 1, "bob": 0}


def test_a_rate_over_the_buyers_of_the_period_before_credits_them_by_that_period(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orders = [
        order("2012-02-10", "uk", "b1"),
        order("2012-02-11", "uk", "b2"),
        order("2012-02-12", "la", "b3"),
        order("2012-03-20", "uk", "b1"),
        order(
            "2012-03-02", "la", "b1"
        ),  # first seen by bob this month, ann's buyer of last month all the same
        order("2012-03-21", "la", "b3"),
    ]
    owned = [w.own("shop", "uk", "r", "ann", "1"), w.own("shop", "la", "r", "bob", "1")]
    fill(con, tmp_path, orders, [person("ann"), person("bob")], owned)

    found = values(compute_spans(con, definitions(), [MARCH]), "kept_rate")

    assert found == {"ann": Decimal("0.5"), "bob": 1}


@pytest.mark.parametrize("ends", [{"leave_date": D("2012-02-15")}, {"valid_to": D("2012-02-15")}])
def test_who_left_is_in_no_later_roster_and_is_credited_with_no_later_day(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, ends: dict[str, date]
) -> None:
    """The ownership stays open: nobody closed it when ann left."""
    orders = [
        order("2012-02-15", "uk", "b1"),
        order("2012-02-16", "uk", "b2"),
        order("2012-03-05", "uk", "b3"),
    ]
    owned = [w.own("shop", "uk", "r", "ann", "1"), w.own("shop", "la", "r", "bob", "1")]
    fill(con, tmp_path, orders, [person("ann", **ends), person("bob")], owned)

    february = compute_spans(con, definitions(), [Period.parse("2012-02")])
    march = compute_spans(con, definitions(), [MARCH])
    compute_daily(con, definitions(), [D("2012-02-15"), D("2012-02-16")])

    assert values(february, "buyers") == {"ann": 1, "bob": 0}
    assert values(march, "buyers") == {"bob": 0}
    assert [p.person_id for p in assignments(read_people(con), MARCH)] == ["bob"]
    daily = con.execute("select distinct business_date, person_id from kpi_actual_daily order by all")
    assert daily.fetchall() == [
        (D("2012-02-15"), "ann"),
        (D("2012-02-15"), "bob"),
        (D("2012-02-16"), "bob"),
    ]
    assert run_check(con, "roster_complete").passed
