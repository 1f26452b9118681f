"""Publication, reconciliation, health and checks."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.periods import Period
from models.tables import FACTS
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.facts.checks import check_names, remedy_of, run_check
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_daily
from warehouse.published.publish import PUBLISHED_TABLES, publish
from warehouse.raw.load import record_failure
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_published

ROLES = {"order_line": "manager", "refund": "manager", "ticket": "agent"}
NOVEMBER = Period.parse("2011-11")


@pytest.fixture
def built(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A partly refunded order, a test order, a return-only order, two tickets, an unowned shop."""
    part = w.refund("R1", "2011-11-09T10:00+00:00", "5.01", [w.refund_line("RL1", "L1", "3.00")])
    uk = [
        w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "20.00")], shipping="2.50", refunds=[part]),
        w.order("O2", "2011-11-08T11:00+00:00", [w.line("L2", "7.77")], test=True),
        w.order(
            "O3", "2011-11-08T12:00+00:00", [], refunds=[w.refund("R3", "2011-11-08T12:00+00:00", "1.00")]
        ),
    ]
    w.load(con, tmp_path, w.UK, uk)
    w.load(con, tmp_path, w.LA, [w.order("O4", "2011-11-30T23:00-08:00", [w.line("L4", "4.00")])])
    w.load(
        con,
        tmp_path,
        w.DESK,
        [w.ticket("1", "2011-11-08T10:00+00:00"), w.ticket("2", "2011-11-08T10:00+00:00", agent="99")],
    )
    build_core(con, "CNY")
    return con


def test_credited_unowned_and_excluded_make_the_platforms_total(built: duckdb.DuckDBPyConnection) -> None:
    rows = reconcile(built, NOVEMBER, ROLES)

    figures = {
        (r["shop_id"], r["measure"]): [r[k] for k in ("platform_total", "credited", "unowned", "excluded")]
        for r in rows
    }
    assert figures == {
        ("uk", "gmv"): [Decimal("30.27"), Decimal("22.50"), 0, Decimal("7.77")],
        ("la", "gmv"): [4, 0, 4, 0],
        ("uk", "orders"): [2, 1, 0, 1],
        ("la", "orders"): [1, 0, 1, 0],
        ("uk", "refunds"): [Decimal("6.01"), Decimal("6.01"), 0, 0],
        ("desk", "tickets"): [2, 1, 1, 0],
    }
    assert {r["difference"] for r in rows} == {0}


def test_a_row_lost_between_raw_and_core_shows_as_a_difference(built: duckdb.DuckDBPyConnection) -> None:
    built.execute("delete from core_order_line where line_id = 'L1'")

    reconcile(built, NOVEMBER, ROLES)

    result = run_check(built, "reconciled")
    assert result.failing == 1
    assert "difference=20.0" in result.samples[0]
    assert "platform's own report" in remedy_of("reconciled")


def test_a_publication_holds_every_table_row_for_row(
    built: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    compute_daily(built, w.definitions(), [date(2011, 11, 8)])
    reconcile(built, NOVEMBER, ROLES)

    path = publish(built, tmp_path / "home")

    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["kpi.duckdb"]
    with open_published(tmp_path / "home") as reader:
        for table in PUBLISHED_TABLES:
            assert _rows(reader, table) == _rows(built, table)
        described = [r[0] for r in reader.execute("describe core_order_line").fetchall()]
    assert described == [c.name for c in FACTS["order_line"].columns]


def test_a_reader_keeps_its_publication_while_a_new_one_appears(
    built: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    publish(built, tmp_path / "home")

    with open_published(tmp_path / "home") as reader:
        built.execute("delete from core_order_line")
        publish(built, tmp_path / "home")
        old = len(_rows(reader, "core_order_line"))

    with open_published(tmp_path / "home") as reader:
        assert (old, len(_rows(reader, "core_order_line"))) == (4, 0)


def test_a_reader_can_neither_write_nor_read_other_files(
    built: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    publish(built, tmp_path / "home")

    with open_published(tmp_path / "home") as reader:
        for attempt in (
            "delete from scorecard",
            "from read_text('/etc/hostname')",
            f"copy scorecard to '{tmp_path}/x.csv'",
        ):
            with pytest.raises(duckdb.Error):
                reader.execute(attempt)


def test_source_health_tells_open_final_and_missing_days(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(
        con,
        tmp_path,
        w.UK,
        [w.order("O1", "2011-11-08T10:00+00:00", [w.line("L1", "1")])],
        end="2012-01-08T12:00+00:00",
    )
    record_failure(con, w.failure(w.LA, "2011-11-01T00:00+00:00", "2011-11-09T00:00+00:00"))

    store_source_health(con, date(2011, 11, 8), date(2011, 11, 9))

    sql = "select shop_id, business_date, rows, proof, finality, status, cause_code from source_health"
    sql += " order by all"
    assert con.execute(sql).fetchall() == [
        ("desk", date(2011, 11, 8), 0, None, "missing", "missing", "M207"),
        ("desk", date(2011, 11, 9), 0, None, "missing", "missing", "M207"),
        ("la", date(2011, 11, 8), 0, None, "missing", "missing", "P204"),
        ("la", date(2011, 11, 9), 0, None, "missing", "missing", "M208"),
        ("uk", date(2011, 11, 8), 1, "count=1", "final", "proven", None),
        ("uk", date(2011, 11, 9), 0, "count=1", "open", "proven", None),
    ]
    assert run_check(con, "proven_days").failing == 4


def test_days_outside_the_accounts_life_need_no_proof(con: duckdb.DuckDBPyConnection) -> None:
    w.accounts(con, active_to="2011-11-05")

    rows = store_source_health(con, date(2011, 11, 6), date(2011, 11, 9))

    assert rows == 0


def test_every_check_passes_on_a_sound_warehouse(built: duckdb.DuckDBPyConnection) -> None:
    compute_daily(built, w.definitions(), [date(2011, 11, 8)])
    reconcile(built, NOVEMBER, ROLES)
    store_source_health(built, date(2011, 11, 8), date(2011, 11, 8))

    assert [name for name in check_names() if not run_check(built, name).passed] == []
    assert all(remedy_of(name) for name in check_names())


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("unique_keys", "insert into core_ticket select * from core_ticket limit 1"),
        (
            "ownership_shares",
            "update core_ownership set share = 1.000001 where scope_id = 'uk'",
        ),
        (
            "one_scope_type",
            "insert into core_ownership values ('sku_group', 'G1', 'manager', 'bob', 1, '2011-11-01', null)",
        ),
        ("missing_has_cause", "update kpi_actual_daily set value = null, cause_code = null"),
        ("roster_complete", "delete from kpi_actual_daily where person_id = 'bob'"),
    ],
)
def test_a_check_finds_the_damage_it_is_there_for(
    built: duckdb.DuckDBPyConnection, name: str, damage: str
) -> None:
    compute_daily(built, w.definitions(), [date(2011, 11, 8)])

    built.execute(damage)

    assert not run_check(built, name).passed
    assert name in check_names()


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> list[Any]:
    return con.execute(f"select * from {table} order by all").fetchall()
