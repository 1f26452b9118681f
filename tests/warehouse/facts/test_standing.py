"""What fact files leave behind: proof per day, checks, a rebuild from landing files, speed."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.company.home import Home
from pipelines.steps import stale_days
from pipelines.steps.drops import load_facts
from pipelines.steps.pull import register_accounts
from pipelines.steps.rebuild import _load_landing, loaded_windows
from pipelines.steps.stale_days import days_to_compute
from tests.pace import slowness
from tests.warehouse.facts.world import FactWorld
from warehouse.facts.build import build_core
from warehouse.facts.checks import run_check
from warehouse.raw.coverage import (
    _PEOPLE,
    ProofWindow,
    _newest_statements,
    read_coverage,
)
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_warehouse

OCTOBER = ("2026-10-01", "2026-10-31")


def visits(day: str, visitors: int) -> dict[str, object]:
    return {"traffic_on": day, "source": "organic", "visitors": visitors}


def test_health_is_shown_from_the_first_file_on(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-05", 1)], days=("2026-10-05", "2026-10-06"))
    world.build()

    with world.warehouse() as con:
        store_source_health(con, date(2026, 10, 1), date(2026, 10, 8))
        rows = con.execute(
            "select day(business_date), rows, status, finality from source_health order by 1"
        ).fetchall()

    assert rows == [
        (5, 1, "proven", "final"), (6, 0, "proven", "final"), (7, 0, "missing", "missing"), (8, 0, "missing", "missing"),
    ]  # fmt: skip


def test_a_figure_built_from_two_tables_is_proven_only_when_both_are(world: FactWorld) -> None:
    world.drop("live_session", [{"session_id": "L", "started_at": "2026-10-01 10:00"}])
    world.drop("live_shift", [], rows=7)
    world.build()

    with world.warehouse() as con:
        coverage = read_coverage(con)
    causes = [
        coverage.uncovered(a, date(2026, 10, 1), date(2026, 10, 1)) for a in coverage.feeding("live_share")
    ]

    assert [cause.code if cause else None for cause in causes] == [None, "C143"]


def test_headcount_is_always_proven_because_the_roster_is_read_whole(world: FactWorld) -> None:
    world.build()

    with world.warehouse() as con:
        coverage = read_coverage(con)
    (people,) = coverage.feeding("headcount")

    assert coverage.uncovered(people, date(1999, 1, 1), date(2026, 12, 31)) is None
    assert coverage.accounts == ()


def test_days_that_a_changed_file_speaks_of_are_computed_again(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-05", 1)])
    world.build()
    work = world.work()
    days = ("2026-01-01", "2026-10-05", "2026-11-20")
    with world.warehouse() as con:
        con.execute("insert into kpi_actual_daily (business_date) select unnest(?::date[])", [list(days)])
        con.execute("insert into core_state select 'actuals', 0, ?", ["other"])
        assert date(2026, 1, 1) in days_to_compute(con, work)
    with world.warehouse() as con:
        con.execute("delete from core_state where name = 'actuals'")
        con.execute("insert into core_state select 'actuals', 0, ?", [stale_days._inputs(con, work)])
        again = days_to_compute(con, work)

    assert date(2026, 11, 20) in again
    assert date(2026, 1, 1) not in again


def test_nobody_owns_a_row_by_its_shop_and_by_its_department(world: FactWorld) -> None:
    cost = {"category": "rent", "cost_on": "2026-10-31", "amount": "5", "currency": "CNY"}
    world.drop("opex", [{"opex_id": "1", "dept": "ops", **cost}, {"opex_id": "2", "dept": "", **cost}])
    world.build()
    own = {"role_id": "director", "person_id": "P1", "share": 1, "valid_from": "2026-01-01"}
    held = [{"scope_type": "shop", "scope_id": "us", **own}, {"scope_type": "dept", "scope_id": "ops", **own}]
    world.put("core_ownership", held)
    with world.warehouse() as con:
        assert run_check(con, "shop_and_dept").passed
        assert run_check(con, "one_scope_type").passed

    world.put("core_ownership", [*held, {"scope_type": "shop", "scope_id": "uk", **own}])

    with world.warehouse() as con:
        found = run_check(con, "shop_and_dept")
    assert found.samples == ("table_name=core_opex, role_id=director, person_id=P1, shop_id=uk, dept=ops",)


@pytest.mark.parametrize("pair", [("room", "shop"), ("brand", "sku_group"), ("agent", "queue")])
def test_a_role_owns_by_one_kind_of_scope(world: FactWorld, pair: tuple[str, str]) -> None:
    own = {"scope_id": "X", "role_id": "r", "person_id": "P1", "share": 1, "valid_from": "2026-01-01"}
    world.work()
    world.put("core_ownership", [{"scope_type": kind, **own} for kind in pair])

    with world.warehouse() as con:
        assert run_check(con, "one_scope_type").samples == (
            f"role_id=r, scope_types={', '.join(sorted(pair))}",
        )


def test_landing_files_alone_give_the_same_rows_again(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-05", 1), visits("2026-10-06", 2)])
    world.drop(
        "traffic", [visits("2026-11-05", 3)], days=("2026-11-01", "2026-11-30"), name="facts/november.csv"
    )
    world.build()
    world.drop("traffic", [visits("2026-10-05", 1)])
    world.remove("facts/november.csv")
    world.drop("ad", [], rows=3)
    world.build()
    work, beside = world.work(), Home(world.root / "beside")

    _load_landing(work.company, work.home, beside, loaded_windows(work.home))

    with open_warehouse(beside.root) as con:
        register_accounts(con, work.company)
        build_core(con, "CNY", work.company.attribution)
        again = con.execute("select * from core_traffic").fetchall()
        windows = con.execute(
            "select status, cause_code, landing_file from load_window order by load_seq"
        ).fetchall()
    assert again == world.rows("select * from core_traffic")
    assert windows == world.rows("select status, cause_code, landing_file from load_window order by load_seq")
    assert len(again) == 1


def test_a_company_without_fact_files_pays_nothing_for_them(world: FactWorld) -> None:
    world.build()

    started = time.process_time()
    load_facts(world.work())
    with world.warehouse() as con:
        build_core(con, "CNY")

    assert time.process_time() - started < 2 * slowness()  # 0.1 s on an idle machine


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 10), st.booleans()), max_size=12))
def test_of_each_day_the_newest_file_that_speaks_of_it_decides(said: list[tuple[int, int, bool]]) -> None:
    beginning = datetime(2026, 10, 1, tzinfo=UTC)
    windows, naive = [], dict.fromkeys(range(1, 31), "silent")
    for number, (first, length, holds) in enumerate(said):
        span = beginning + timedelta(days=first - 1), beginning + timedelta(days=first + length - 1)
        status = "proven" if holds else "failed"
        windows.append(
            ProofWindow(
                start=span[0],
                end=span[1],
                status=status,
                proof="p",
                cause_code="C143",
                cause="c",
                as_of=beginning + timedelta(days=100 + number),
            )
        )
        naive.update(dict.fromkeys(range(first, first + length), status))

    standing = _newest_statements(windows)

    account = replace(_PEOPLE, connector="file_drop", windows=standing)
    for day, status in naive.items():
        cause = account.uncovered(date(2026, 10, day), date(2026, 10, day))
        assert (cause.code if cause else None) == {"proven": None, "failed": "C143", "silent": "M207"}[status]
