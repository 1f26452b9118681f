"""Absent is not 0: what a row, a file or a shop's past does not say makes a figure missing, with its cause."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.definitions.load import Definitions, load_definitions
from models.inputs import Actual
from models.loads import FILE_DROP, SourceAccount, StreamRef
from models.periods import Period
from tests.kpi_definitions.shipped import DEFINITIONS, FOLDER, texts
from tests.warehouse import world as w
from tests.warehouse.figures.given import account, insert_numbered, people, role_text
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_mtd, compute_spans
from warehouse.raw.load import record_failure, set_source_accounts
from warehouse.store.rows import insert_rows

MARCH, APRIL = Period.parse("2026-03"), Period.parse("2026-04")
FACTS = ("order_line", "refund", "traffic", "inventory")
SHOP = StreamRef("shopify", "orders", "s1")
COMMON: dict[str, Any] = {"platform": "shopify", "shop_id": "s1"}


def asking(*kpis: str) -> Definitions:
    """The shipped KPIs, and one role `keeper` that is measured by some of them."""
    files = texts([*sorted(FOLDER.glob("kpis/*.yaml")), FOLDER / "grades.yaml"])
    role = role_text("keeper", {kpi: _args(kpi) for kpi in kpis})
    return load_definitions({**files, "keeper.yaml": f"roles:\n{role}"})


def _args(kpi: str) -> str:
    return ", args: {inverse: ratio}" if DEFINITIONS.kpis[kpi].direction == "lower" else ""


def keep(con: duckdb.DuckDBPyConnection, **shops: str) -> None:
    """One person for each shop."""
    people(con, *shops, role="keeper", since="2005-01-01")
    w.put(con, "core_ownership", [w.own("shop", s, "keeper", p, "1", "2005-01-01") for p, s in shops.items()])


@pytest.fixture
def shop(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Shop s1, read whole from January to April 2026, belongs to Ann."""
    set_source_accounts(con, [account(SHOP, *FACTS, since="2026-01-01")])
    w.load(con, tmp_path, SHOP, [], "2026-01-01T00:00+00:00", "2026-05-01T00:00+00:00")
    keep(con, ann="s1")
    return con


def sold(con: duckdb.DuckDBPyConnection, *lines: dict[str, Any]) -> None:
    usual = {
        **COMMON,
        "line_type": "goods",
        "business_date": date(2026, 3, 10),
        "buyer_id": "b1",
        "sku_id": "k1",
        "qty": 1,
        "is_excluded": False,
        "paid_amount": 500,
        "paid_amount_base": 500,
    }
    insert_numbered(con, "order_line", usual, lines, order_id="O", line_id="L", source_row_id="L")


def given_back(con: duckdb.DuckDBPyConnection, *refunds: dict[str, Any]) -> None:
    usual = {**COMMON, "qty": 0, "is_excluded": False, "amount_base": 100, "sku_id": "k1"}
    insert_numbered(con, "refund", usual, refunds, refund_id="R", refund_line_id="R", source_row_id="R")


def figure(con: duckdb.DuckDBPyConnection, kpi: str, period: Period = MARCH, person: str = "ann") -> Actual:
    [found] = [
        a for a in compute_spans(con, asking(kpi), [period]) if (a.person_id, a.kpi_id) == (person, kpi)
    ]
    return found


def test_the_refund_rate_is_missing_where_the_orders_of_refunds_are_unknown(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, {}, {})
    given_back(shop, {"business_date": date(2026, 3, 20)}, {"business_date": date(2026, 4, 2)})

    rate, sales = figure(shop, "refund_rate"), figure(shop, "net_sales_cohort")

    assert (rate.value, rate.cause_code, sales.cause_code) == (None, "M221", "M221")
    assert (
        rate.cause == "2 rows of refund do not state order_business_date, and may belong to 2026-03; e.g. R0"
    )
    assert figure(shop, "gmv").value == 1000


def test_a_refund_of_an_unknown_order_says_nothing_about_orders_after_it(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, {}, {})
    given_back(shop, {"business_date": date(2026, 2, 27)})
    known = {"order_business_date": date(2026, 3, 10), "business_date": date(2026, 3, 12)}
    given_back(shop, known)

    rate = figure(shop, "refund_rate")

    assert (rate.value, rate.numerator) == (Decimal("0.1"), 100)


def test_a_request_without_its_day_makes_the_rate_of_requests_missing(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    told = {"requested_on": date(2026, 3, 5), "withdrawn": False}
    given_back(shop, *[told] * 5, {"business_date": date(2026, 3, 20), "withdrawn": False})

    assert figure(shop, "refund_saved_rate").cause_code == "M221"


def visits(con: duckdb.DuckDBPyConnection, **sources: int) -> None:
    rows = [
        {
            **COMMON,
            "source_row_id": s,
            "traffic_on": date(2026, 3, 4),
            "level": "shop",
            "source": s,
            "visitors": n,
        }
        for s, n in sources.items()
    ]
    insert_rows(con, "core_traffic", rows)


def test_paid_visitors_are_missing_where_visits_are_not_told_apart_by_source(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    visits(shop, all=54000)

    paid = figure(shop, "paid_visitors")

    assert (paid.value, paid.cause_code) == (None, "M220")
    assert paid.cause == (
        "source of traffic is empty or says all in 1 row, so that nobody can tell whether they count;"
        " e.g. the row of 2026-03-04 with shop_id s1, source all"
        " / 表 traffic 有 1 行的 source（流量来源）为空或只写 all，无法判断是否计入；"
        "例如 2026-03-04 的一行：shop_id s1, source all"
    )
    assert figure(shop, "visitors").value == 54000


def test_paid_visitors_are_counted_where_visits_are_told_apart_by_source(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    visits(shop, paid=40, organic=60)

    assert figure(shop, "paid_visitors").value == 40
    assert figure(shop, "organic_traffic_share").value == Decimal("0.6")


def test_the_share_of_new_products_is_missing_where_a_day_of_listing_is_unknown(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, {"is_new_sku": True}, {"is_new_sku": None}, {"line_type": "shipping", "sku_id": None})

    share = figure(shop, "new_sku_sales_share")

    assert (share.value, share.cause_code) == (None, "M220")
    assert "is_new_sku of order_line is empty in " in (share.cause or "")
    assert "e.g. the row of 2026-03-10 with shop_id s1, line_id L1" in (share.cause or "")


def test_charges_are_no_product_of_unknown_age(shop: duckdb.DuckDBPyConnection) -> None:
    sold(shop, {"is_new_sku": True}, {"line_type": "shipping", "sku_id": None, "is_new_sku": None})

    assert figure(shop, "new_sku_sales_share").value == Decimal("0.5")


def test_a_rate_above_100_percent_is_missing_and_says_which_two_sources_disagree(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, *({"sku_id": f"k{i}"} for i in range(30)))
    stock = {**COMMON, "snapshot_on": date(2026, 3, 31), "is_listed": True, "sellable_qty": 1}
    insert_rows(shop, "core_inventory", [{**stock, "sku_id": f"k{i}"} for i in range(20)])

    rate = figure(shop, "sell_through_sku")

    assert (rate.value, rate.cause_code, rate.numerator, rate.denominator) == (None, "M222", 30, 20)
    assert rate.cause == (
        "30 ÷ 20 does not lie from 0 to 1: numerator and denominator do not speak of the same things;"
        " numerator from order_line (shopify.orders[s1]), denominator from inventory (shopify.orders[s1])"
    )


def files(con: duckdb.DuckDBPyConnection, first_day: str, *shops: str) -> None:
    """Shops of which only files tell."""
    accounts = [
        SourceAccount(ref=StreamRef(FILE_DROP, "order_line", s), feeds=FACTS, zone="UTC", begins_on=first_day)
        for s in shops
    ]
    set_source_accounts(con, accounts)


def file_of(con: duckdb.DuckDBPyConnection, folder: Path, shop: str, start: str, end: str) -> None:
    """A file that was taken in, for the days from the first to before the last."""
    ref = StreamRef(FILE_DROP, "order_line", shop)
    w.load(con, folder, ref, [], f"{start}T00:00+00:00", f"{end}T00:00+00:00")


def test_new_buyers_of_a_shop_fed_by_files_need_its_files_from_the_beginning(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files(con, "2026-03-01", "s1")
    keep(con, ann="s1")
    refused = StreamRef(FILE_DROP, "order_line", "s1")
    record_failure(
        con, w.failure(refused, "2026-03-01T00:00+00:00", "2026-04-01T00:00+00:00", "file refused")
    )
    file_of(con, tmp_path, "s1", "2026-04-01", "2026-05-01")
    sold(con, {"business_date": date(2026, 4, 2), "buyer_first_on": date(2026, 4, 2)})

    unproven = figure(con, "new_buyers", APRIL)

    assert (unproven.value, unproven.cause_code) == (None, "P204")
    assert "whole history needed" in (unproven.cause or "")
    assert figure(con, "order_count", APRIL).value == 1


def test_new_buyers_of_a_shop_fed_by_files_need_the_days_before_its_first_file(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files(con, "2026-03-01", "s1")
    keep(con, ann="s1")
    file_of(con, tmp_path, "s1", "2026-04-01", "2026-05-01")
    sold(con, {"business_date": date(2026, 4, 2), "buyer_first_on": date(2026, 4, 2)})

    absent = figure(con, "new_customers", APRIL)
    file_of(con, tmp_path, "s1", "2026-03-01", "2026-04-01")
    proven = figure(con, "new_customers", APRIL)

    assert (absent.value, absent.cause_code) == (None, "M207")
    assert proven.value == 1


def test_new_buyers_do_not_wait_for_another_shop_whose_files_begin_years_later(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files(con, "2010-01-01", "s1", "s2")
    keep(con, ann="s1", bob="s2")
    file_of(con, tmp_path, "s1", "2010-01-01", "2010-04-01")
    file_of(con, tmp_path, "s2", "2022-06-01", "2022-07-01")
    sold(con, {"business_date": date(2010, 3, 2), "buyer_first_on": date(2010, 3, 2)})

    assert figure(con, "new_buyers", Period.parse("2010-03")).value == 1


def test_month_to_date_of_a_shop_fed_by_files_begins_with_the_first_day_of_the_company(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files(con, "2026-01-10", "s1")
    keep(con, ann="s1")
    file_of(con, tmp_path, "s1", "2026-01-10", "2026-02-01")
    sold(con, {"business_date": date(2026, 1, 12)})

    [to_date] = compute_mtd(con, asking("gmv"), [date(2026, 1, 20)])

    assert (to_date.value, to_date.cause) == (500, None)


def test_a_period_before_the_first_day_of_the_company_is_no_base_of_growth(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files(con, "2026-01-10", "s1")
    keep(con, ann="s1")
    file_of(con, tmp_path, "s1", "2026-01-10", "2026-03-01")
    sold(con, {"business_date": date(2026, 1, 12)}, {"business_date": date(2026, 2, 12)})

    growth = figure(con, "sales_growth_mom", Period.parse("2026-02"))

    assert (growth.value, growth.cause_code) == (None, "M207")


def test_a_connector_that_does_not_map_is_excluded_sells_all_the_same(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    ref = StreamRef("own_shop", "orders", "s1")
    set_source_accounts(con, [account(ref, *FACTS, since="2026-03-01")])
    keep(con, ann="s1")
    line = {"order_id": "O1", "line_id": "L1", "qty": "1", "paid_amount": "150", "currency": "CNY"}
    when = {"paid_at": w.iso("2026-03-10T12:00+00:00")}
    stamp = {"id": "L1", "created_at": when["paid_at"], "updated_at": when["paid_at"]}
    payload = {**line, **when, **stamp}
    w.load(con, tmp_path, ref, [payload], "2026-03-01T00:00+00:00", "2026-04-01T00:00+00:00")
    build_core(con, "CNY")

    sales = figure(con, "gmv")

    assert (sales.value, sales.cause) == (150, None)
    stored = con.execute("select is_excluded, line_type from core_order_line").fetchall()
    assert stored == [(False, "goods")]


def test_a_row_that_does_not_say_whether_it_is_excluded_makes_sales_missing(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, {}, {"is_excluded": None}, {"is_excluded": None, "business_date": date(2026, 4, 1)})

    sales, units = figure(shop, "gmv"), figure(shop, "units_sold")

    assert (sales.cause or "").startswith(
        "is_excluded of order_line is empty in 1 row, so that nobody can tell whether they count;"
        " e.g. the row of 2026-03-10 with shop_id s1, line_id L1"
    )
    assert (units.value, units.cause_code) == (None, "M220")


def test_what_another_row_settles_is_not_unknown(shop: duckdb.DuckDBPyConnection) -> None:
    """One line of the order sold for money: the order counts, whatever the other line is."""
    sold(shop, {}, {"order_id": "O0", "paid_amount": None, "paid_amount_base": None})

    assert figure(shop, "order_count").value == 1
    assert figure(shop, "gmv").cause_code == "M202"


def test_a_false_part_of_a_condition_settles_it(shop: duckdb.DuckDBPyConnection) -> None:
    sold(shop, {}, {"is_excluded": True, "line_type": None, "paid_amount": None})

    assert figure(shop, "units_sold").value == 1


def test_buyers_of_a_shop_whose_orders_name_none_are_unknown_and_not_0(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    sold(shop, {"buyer_id": None}, {"buyer_id": None})
    visits(shop, all=200)

    conversion, buyers = figure(shop, "conversion_rate"), figure(shop, "new_buyers")

    assert (conversion.value, conversion.cause_code) == (None, "M220")
    assert buyers.cause == "no row of order_line for s1 states buyer_id: how many there are is unknown"
    assert figure(shop, "order_count").value == 2


def test_single_orders_without_a_buyer_are_left_out_of_buyers(shop: duckdb.DuckDBPyConnection) -> None:
    sold(shop, {"buyer_id": None}, {"buyer_id": "b1"})
    visits(shop, all=200)

    assert figure(shop, "conversion_rate").value == Decimal("0.005")


def test_the_score_of_a_shop_held_by_half_is_the_score_of_the_shop(shop: duckdb.DuckDBPyConnection) -> None:
    account = SourceAccount(ref=SHOP, feeds=(*FACTS, "platform_health"), zone="UTC", active_from="2026-01-01")
    set_source_accounts(shop, [account])
    w.put(shop, "core_ownership", [w.own("shop", "s1", "keeper", "ann", "0.5", "2005-01-01")])
    score = {"measured_on": date(2026, 3, 31), "metric": "shop_score", "value": Decimal("4.8")}
    insert_rows(shop, "core_platform_health", [{**COMMON, "source_row_id": "h", **score}])

    assert figure(shop, "shop_score").value == Decimal("4.8")
