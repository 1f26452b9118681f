"""Canonical tables: lines, refunds, tickets, days, rates, costs; incremental equals rebuilt."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import WarehouseError
from models.tables import FACTS
from tests.warehouse import world as w
from warehouse.facts.build import build_core, rebuild_core
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse

DAY = "2011-11-08T10:00+00:00"


def _all(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: con.execute(f"select * from core_{name} order by all").fetchall() for name in FACTS}


def test_core_tables_have_exactly_the_registered_columns(con: duckdb.DuckDBPyConnection) -> None:
    for name, table in FACTS.items():
        found = [(r[0], r[1]) for r in con.execute(f"describe core_{name}").fetchall()]

        wanted = [
            (c.name, c.sql_type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")) for c in table.columns
        ]
        assert [(n, t.replace(" ", "")) for n, t in found] == [(n, t.replace(" ", "")) for n, t in wanted]


def test_goods_and_shipping_become_lines_with_exact_base_money(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_rate", [w.rate("GBP", "2011-11-01", "10.12345678")])
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "19.9901", qty=3)], shipping="4.95")])

    build_core(con, "CNY")

    rows = con.execute(
        "select line_id, line_type, qty, paid_amount_base, cogs_base, sku_group from core_order_line "
        "order by 1"
    ).fetchall()
    assert rows == [
        ("L1", "goods", 3, Decimal("19.9901") * Decimal("10.12345678"), Decimal("60.740740680000"), "G1"),
        ("O1/shipping/1", "shipping", 0, Decimal("50.111111061000"), Decimal("0"), None),
    ]


def test_the_part_of_a_refund_no_line_explains_is_one_row(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    refunds = [
        w.refund("R1", "2011-11-09T10:00+00:00", "5.00", [w.refund_line("RL1", "L1", "3.00")]),
        w.refund("R2", "2011-11-10T10:00+00:00", "1.25"),
        w.refund("R3", "2011-11-10T10:00+00:00", "0"),
    ]
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [], refunds=refunds)])

    build_core(con, "CNY")

    rows = con.execute(
        "select refund_line_id, line_id, amount, cogs_base, business_date, order_business_date from "
        "core_refund order by 1"
    ).fetchall()
    assert rows == [
        ("R1/rest", None, Decimal("2.00"), Decimal(0), date(2011, 11, 9), date(2011, 11, 8)),
        ("R2/rest", None, Decimal("1.25"), Decimal(0), date(2011, 11, 10), date(2011, 11, 8)),
        ("RL1", "L1", Decimal("3.00"), Decimal("21"), date(2011, 11, 9), date(2011, 11, 8)),
    ]


def test_a_rate_and_a_cost_hold_from_their_date_until_the_next(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_rate", [w.rate("GBP", "2011-11-05", "10"), w.rate("GBP", "2011-11-08", "11")])
    w.put(con, "core_cost", [w.cost("S1", "2011-11-06", "2"), w.cost("S1", "2011-11-08", "5", "CNY")])
    orders = [
        w.order(f"O{d}", f"2011-11-{d:02}T12:00+00:00", [w.line(f"L{d}", "1")]) for d in (4, 5, 7, 8, 30)
    ]
    w.load(con, tmp_path, w.UK, orders)

    build_core(con, "CNY")

    rows = con.execute(
        "select day(business_date), fx_rate, paid_amount_base, cogs_base from core_order_line order by 1"
    ).fetchall()
    assert rows == [
        (4, None, None, None),
        (5, 10, 10, None),
        (7, 10, 10, 20),
        (8, 11, 11, 5),
        (30, 11, 11, 5),
    ]


def test_company_currency_needs_no_rate(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    w.put(con, "core_rate", [])
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "7.5")], currency="CNY")])

    build_core(con, "CNY")

    assert con.execute("select fx_rate, paid_amount_base from core_order_line").fetchall() == [
        (1, Decimal("7.5"))
    ]


@pytest.mark.parametrize(
    ("shop", "instant", "day"),
    [
        ("uk", "2011-11-08T23:59:59+00:00", date(2011, 11, 8)),
        ("uk", "2011-07-08T23:30:00+00:00", date(2011, 7, 9)),
        ("la", "2011-11-06T08:30:00+00:00", date(2011, 11, 6)),  # 01:30 the first time
        ("la", "2011-11-06T09:30:00+00:00", date(2011, 11, 6)),  # 01:30 the second time
        ("la", "2011-11-07T07:59:59+00:00", date(2011, 11, 6)),
        ("la", "2011-11-07T08:00:00+00:00", date(2011, 11, 7)),
        ("la", "2011-03-13T10:00:00+00:00", date(2011, 3, 13)),  # 02:00 does not exist
    ],
)
def test_the_business_day_is_the_shops_own(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, shop: str, instant: str, day: date
) -> None:
    w.load(con, tmp_path, w.UK if shop == "uk" else w.LA, [w.order("O1", instant, [w.line("L1", "1")])])

    build_core(con, "CNY")

    assert con.execute("select business_date from core_order_line").fetchall() == [(day,)]


def test_test_orders_are_kept_and_flagged(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    given_back = [w.refund("R1", DAY, "1", [w.refund_line("RL1", "L1", "1")])]
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")], test=True, refunds=given_back)])

    build_core(con, "CNY")

    assert con.execute(
        "select is_excluded, exclude_reason, buyer_first_on from core_order_line"
    ).fetchall() == [(True, "test order", None)]
    assert con.execute("select is_excluded from core_refund").fetchall() == [(True,)]


def test_a_ticket_has_its_days_agreement_and_a_deleted_one_leaves(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.DESK, [w.ticket("1", DAY), w.ticket("2", DAY)])
    build_core(con, "CNY")
    w.load(
        con, tmp_path, w.DESK, [w.ticket("2", DAY, status="deleted") | {"updated_at": "2011-11-09T00:00:00Z"}]
    )

    build_core(con, "CNY")

    rows = con.execute(
        "select ticket_id, agent_id, queue_id, opened_on, sla_hours, due_on, first_reply_minutes from "
        "core_ticket"
    ).fetchall()
    assert rows == [("1", "17", "70", date(2011, 11, 8), 24, date(2011, 11, 9), 5)]


def test_rows_of_an_account_that_is_no_longer_listed_are_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])
    set_source_accounts(con, [])

    with pytest.raises(WarehouseError, match="W301"):
        build_core(con, "CNY")


def test_a_payload_without_a_promised_field_is_kept_out_and_named(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    payload = w.order("O1", DAY, [w.line("L1", "1")])
    del payload["currency"]
    w.load(con, tmp_path, w.UK, [payload])

    build_core(con, "CNY")

    assert con.execute("select count(*) from core_order_line").fetchone() == (0,)
    kept_out = con.execute("select table_name, cause_code from core_refused order by 1").fetchall()
    assert kept_out == [("order_line", "W330"), ("refund", "W330")]


def test_a_changed_rate_reaches_rows_that_were_built_before(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])
    build_core(con, "CNY")

    w.put(con, "core_rate", [w.rate("GBP", "2011-11-01", "9")])
    build_core(con, "CNY")

    assert con.execute("select paid_amount_base from core_order_line").fetchall() == [(9,)]


ORDER = st.tuples(
    st.integers(1, 4),
    st.integers(1, 28),
    st.sampled_from(["B1", "B2", None]),
    st.integers(0, 3),
    st.booleans(),
)


@given(batches=st.lists(st.lists(ORDER, max_size=4), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_incremental_builds_equal_one_rebuild(tmp_path: Path, batches: list[list[Any]]) -> None:
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        w.company(con)
        for number, batch in enumerate(batches):
            payloads = {key: _version(number, key, *rest) for key, *rest in batch}
            w.load(con, tmp_path, w.UK, list(payloads.values()))
            build_core(con, "CNY")
        incremental = _all(con)

        rebuild_core(con, "CNY")

        assert _all(con) == incremental


def _version(
    number: int, key: int, day: int, buyer: str | None, lines: int, refunded: bool
) -> dict[str, Any]:
    when = f"2011-11-{key:02}T00:00+00:00"
    refunds = [w.refund(f"R{key}", when, "1")] if refunded else []
    goods = [w.line(f"L{key}-{i}", str(i + number)) for i in range(lines)]
    payload = w.order(
        f"O{key}", when, goods, updated=f"2011-12-{number + 1:02}T00:00+00:00", buyer=buyer, refunds=refunds
    )
    return payload | {"processed_at": w.iso(f"2011-11-{day:02}T00:00+00:00")}


def test_a_line_and_a_refund_of_a_hundred_million_are_converted_exactly(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_rate", [w.rate("GBP", "2011-11-01", "10.20000001")])
    refunds = [w.refund("R1", DAY, "99999999.9999", [w.refund_line("RL1", "L1", "99999999.9999", qty=80995)])]
    w.load(
        con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "99999999.9999", qty=80995)], refunds=refunds)]
    )

    build_core(con, "CNY")

    exact = Decimal("99999999.9999") * Decimal("10.20000001")
    assert con.execute("select paid_amount_base from core_order_line").fetchall() == [(exact,)]
    assert con.execute("select amount_base from core_refund").fetchall() == [(exact,)]
