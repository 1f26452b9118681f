"""A day of livestreams that nobody read in time: missing with its cause, never 0; a day that was read counts.

From a fake 巨量千川 through landing and warehouse to the figure of a person.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from connectors.qianchuan import Qianchuan
from connectors.testing.clock import Clock
from connectors.testing.fakes.qianchuan import AWEMES, NOW, QianchuanFake
from models.definitions.load import Definitions, load_definitions
from models.inputs import Actual
from models.loads import PulledWindow, SourceAccount, StreamRef
from models.periods import Period
from tests.connectors.against_fake import FakeBench, served
from tests.connectors.testing.conformance.cases.qianchuan import CASES
from tests.warehouse.world import own, put
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_daily, compute_spans
from warehouse.raw.load import load_window, record_failure, set_source_accounts
from warehouse.store.connect import open_warehouse

ROOMS = StreamRef("qianchuan", "rooms", "qc-flagship")
READ, MISSED, READ_AGAIN = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBench]:
    clock = Clock(NOW)
    with served(QianchuanFake(clock), clock, tmp_path, CASES[2].account) as bench:
        yield bench


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "home") as connection:
        account = SourceAccount(
            ref=ROOMS,
            feeds=("live_session",),
            zone="Asia/Shanghai",
            active_from=READ.isoformat(),
            platform="qianchuan",
        )
        set_source_accounts(connection, [account])
        person = {"person_id": "wan", "name": "wan", "role_id": "anchor", "valid_from": date(2026, 1, 1)}
        put(connection, "core_person", [person])
        put(connection, "core_ownership", [own("shop", "qc-flagship", "anchor", "wan", "1")])
        yield connection


def _night(fake: FakeBench, con: duckdb.DuckDBPyConnection, first: date) -> None:
    """The run at 00:20 reads everything since `first`."""
    start = datetime(first.year, first.month, first.day, tzinfo=NOW.tzinfo) - timedelta(hours=8)
    for window in fake.pull(Qianchuan(), "rooms", span_from=start):
        if isinstance(window, PulledWindow):
            load_window(con, window)
        else:
            record_failure(con, window)
    build_core(con, "CNY")


def _definitions() -> Definitions:
    text = """
grade_tables:
  - {id: standard, effective_from: 2026-01-01, bands: [{grade: B, max: 60, coefficient: 0}, {grade: A, min: 60, coefficient: 1}]}
kpis:
  - id: live_gmv
    effective_from: 2026-01-01
    label: {zh: 直播成交, en: Live sales}
    formula: {zh: 成交金额, en: sales}
    kind: result
    unit: CNY
    direction: higher
    decimals: 2
    numerator:
      - {fact: live_session, sum: gmv_base, date: started_on}
roles:
  - id: anchor
    effective_from: 2026-01-01
    label: {zh: 主播, en: Anchor}
    duties: [{id: all, zh: 全部, en: all}]
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: result
        label: {zh: 结果, en: result}
        weight: 100
        kpis:
          - {kpi: live_gmv, duty: all, weight: 100, target: 100, method: score.linear}
"""
    return load_definitions({"test.yaml": text})


def _told(actual: Actual) -> tuple[Decimal | None, str, str | None]:
    return actual.value, actual.status, actual.cause_code


def _sales(fake: FakeBench, day: date) -> Decimal:
    entries = fake.platform.world.entries("rooms", lambda entry: entry.day == day)
    return sum((entry.raw["live_pay_order_gmv_alias"] for entry in entries), Decimal(0))


def test_a_missed_day_of_livestreams_is_missing_with_its_cause_and_its_neighbours_count(
    fake: FakeBench, con: duckdb.DuckDBPyConnection
) -> None:
    platform = fake.platform
    assert isinstance(platform, QianchuanFake)
    _shorten_amounts(platform)
    _night(fake, con, READ)
    fake.clock.advance(timedelta(hours=20))
    platform.add("rooms")  # on the day that nobody will read
    fake.clock.advance(timedelta(hours=24))
    platform.add("rooms")
    fake.clock.advance(timedelta(hours=4))
    _night(fake, con, MISSED)

    days = {a.period: a for a in compute_daily(con, _definitions(), [READ, MISSED, READ_AGAIN])}
    [month] = compute_spans(con, _definitions(), [Period.parse("2026-11")])

    assert _sales(fake, MISSED) > 0
    assert _told(days["2026-11-20"]) == (_sales(fake, READ), "scored", None)
    assert _told(days["2026-11-21"])[::2] == (None, "P112")
    assert "no longer shows this day" in str(days["2026-11-21"].cause)
    assert _told(days["2026-11-22"])[0] == _sales(fake, READ_AGAIN)
    assert (month.value, month.cause_code) == (None, "P112")


def _shorten_amounts(platform: QianchuanFake) -> None:
    """The suite's world has amounts that only fit as long as nobody adds them up."""
    for key, entry in list(platform.world.streams["rooms"].items()):
        if entry.raw["live_pay_order_gmv_alias"] > 1_000_000:
            del platform.world.streams["rooms"][key]
    assert AWEMES[0] in {entry.raw["aweme_id"] for entry in platform.world.entries("rooms")}
