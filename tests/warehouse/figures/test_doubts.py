"""Whose figure a row leaves open that does not say whether, or as which key, it counts."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from models.definitions.aggregates import Aggregate, read_items
from models.definitions.strict_yaml import parse
from tests.warehouse import world as w
from warehouse.figures.measures import Measure
from warehouse.figures.plan import Span
from warehouse.figures.run import MeasureResults, read_figures
from warehouse.store.rows import insert_rows

MARCH = Span("2012-03", date(2012, 3, 1), date(2012, 3, 31))
HOLDERS = {"uk": "ann", "la": "bob", "de": "cid"}
BIG = "count_distinct: buyer_id, where: qty >= 2"


def measure(form: str, fact: str = "order_line", day: str = "business_date") -> Measure:
    [item] = read_items(
        parse(f"items: [{{fact: {fact}, {form}, date: {day}}}]", "t").entries["items"], "items"
    )
    assert isinstance(item, Aggregate)
    return Measure.of(item)


def line(day: int, shop: str, buyer: str | None, qty: int | None, month: int = 3) -> dict[str, Any]:
    return {"business_date": date(2012, month, day), "shop_id": shop, "buyer_id": buyer, "qty": qty}


@pytest.fixture
def shops(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann has shop uk, Bob la, Cid de."""
    w.company(con)
    born = date(2010, 1, 1)
    w.put(
        con,
        "core_person",
        [{"person_id": p, "role_id": "r", "valid_from": born} for p in HOLDERS.values()],
    )
    w.put(
        con, "core_ownership", [w.own("shop", shop, "r", p, "1", "2010-01-01") for shop, p in HOLDERS.items()]
    )
    return con


def asked(con: duckdb.DuckDBPyConnection, one: Measure, *lines: dict[str, Any]) -> MeasureResults:
    ids = [{"platform": "shopify", "line_id": f"L{i}", "source_row_id": f"L{i}"} for i in range(len(lines))]
    insert_rows(con, "core_order_line", [row | own for row, own in zip(lines, ids, strict=True)])
    return read_figures(con, {"order_line": (one,)}, [MARCH], "span")


def told(figures: MeasureResults, one: Measure) -> dict[str, Decimal | None]:
    """By person; None = unknown."""
    found = {p: figures.of(one, ("2012-03", p, "r")) for p in HOLDERS.values()}
    return {p: None if result.n_null else result.value for p, result in found.items()}


def test_every_doubtful_row_before_the_first_sure_one_may_be_the_first(
    shops: duckdb.DuckDBPyConnection,
) -> None:
    one = measure(BIG)

    figures = asked(shops, one, line(1, "uk", "b", None), line(2, "la", "b", None), line(3, "de", "b", 2))

    assert told(figures, one) == {"ann": None, "bob": None, "cid": None}


def test_a_doubtful_row_after_the_first_sure_one_changes_nothing(shops: duckdb.DuckDBPyConnection) -> None:
    one = measure(BIG)

    figures = asked(shops, one, line(1, "uk", "b", 2), line(2, "la", "b", None))

    assert told(figures, one) == {"ann": 1, "bob": 0, "cid": 0}


def test_who_holds_every_row_that_may_be_the_first_is_credited_all_the_same(
    shops: duckdb.DuckDBPyConnection,
) -> None:
    one = measure(BIG)

    figures = asked(shops, one, line(1, "uk", "b", None), line(2, "uk", "b", 2))

    assert told(figures, one) == {"ann": 1, "bob": 0, "cid": 0}


def test_who_holds_no_row_in_doubt_is_told_which_row_leaves_his_figure_open(
    shops: duckdb.DuckDBPyConnection,
) -> None:
    one = measure(BIG)

    figures = asked(shops, one, line(1, "uk", "b", None), line(2, "la", "b", 2))

    assert told(figures, one) == {"ann": None, "bob": None, "cid": 0}
    cause = figures.gap(one, ("2012-03", "bob", "r"))
    assert cause.code == "M220"
    assert "qty of order_line is empty in " in cause.text
    assert "the row of 2012-03-01 with shop_id uk, line_id L0" in cause.text


def test_a_row_without_a_key_concerns_those_who_hold_it(shops: duckdb.DuckDBPyConnection) -> None:
    one = measure("count_distinct: buyer_id")

    figures = asked(shops, one, line(1, "uk", None, 1), line(2, "la", "b", 1))

    assert told(figures, one) == {"ann": None, "bob": 1, "cid": 0}


def test_a_group_is_open_for_its_holder_with_an_unknown_row_that_another_holds(
    shops: duckdb.DuckDBPyConnection,
) -> None:
    one = measure("count_groups: buyer_id, having: {sum: qty, above: 3}")

    figures = asked(shops, one, line(1, "uk", "b", 1), line(2, "la", "b", None))

    assert told(figures, one) == {"ann": None, "bob": 0, "cid": 0}


def test_a_doubtful_row_of_the_period_before_leaves_open_who_holds_the_buyer_now(
    shops: duckdb.DuckDBPyConnection,
) -> None:
    one = measure("count_groups: buyer_id, where: qty >= 2, having: {active_in: previous}")

    figures = asked(shops, one, line(1, "uk", "b", None, month=2), line(2, "la", "b", 2))

    assert told(figures, one) == {"ann": 0, "bob": None, "cid": 0}


@pytest.mark.parametrize(("channel", "expected"), [(None, None), ("web", Decimal(1))])
def test_a_rate_is_open_where_its_denominator_may_be_credited_by_another_row(
    shops: duckdb.DuckDBPyConnection, channel: str | None, expected: Decimal | None
) -> None:
    below = measure("count_distinct: buyer_id, where: channel = 'web'")
    one = measure("count_distinct: buyer_id").credited_as([below])

    figures = asked(
        shops,
        one,
        line(1, "uk", "b", 1) | {"channel": channel},
        line(2, "la", "b", 1) | {"channel": "web"},
    )

    assert told(figures, one)["ann"] == expected


def test_a_row_whose_day_is_not_known_may_be_the_first_of_its_key(shops: duckdb.DuckDBPyConnection) -> None:
    one = measure("count_distinct: sku_id", fact="refund", day="order_business_date")
    common = {"platform": "shopify", "sku_id": "k"}
    refunds = [
        {"refund_id": "1", "shop_id": "uk", "business_date": date(2012, 3, 20), "source_row_id": "1"},
        {"refund_id": "2", "shop_id": "la", "order_business_date": date(2012, 3, 10), "source_row_id": "2"},
    ]
    insert_rows(shops, "core_refund", [common | row for row in refunds])

    figures = read_figures(shops, {"refund": (one,)}, [MARCH], "span")

    assert told(figures, one) == {"ann": None, "bob": None, "cid": 0}
    assert {figures.gap(one, ("2012-03", p, "r")).code for p in ("ann", "bob")} == {"M221"}
