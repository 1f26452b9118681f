"""Streams that speak for whole days: replacing, history, proof, finality, a missed day, drift and late rows."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from models.definitions.load import Definitions, load_definitions
from models.errors import WarehouseError
from tests.warehouse import world as w
from tests.warehouse.days import FIRST, ROOMS, Days, day_of, midnight
from warehouse.facts.build import build_core
from warehouse.facts.feeds import days_touched
from warehouse.figures.actuals import compute_daily
from warehouse.raw.coverage import read_coverage
from warehouse.raw.history import Movement, drift, movements, versions
from warehouse.raw.load import load_window
from warehouse.raw.merge import put_rows, raw_table, stage


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path)


def test_the_days_of_a_window_hold_exactly_its_rows(days: Days) -> None:
    days.load(1, 3, [(1, "a", 1), (2, "b", 2), (2, "c", 3), (3, "d", 4)], read=3)

    result = days.load(2, 3, [(2, "b", 9), (3, "d", 4), (3, "e", 5)], read=4)

    assert (result.new_rows, result.changed_rows, result.unchanged_rows, result.gone_rows) == (1, 1, 1, 1)
    assert [(d, n) for d, _, n in days.stored()] == [(1, 1), (2, 9), (3, 4), (3, 5)]


def test_an_empty_window_empties_its_days_and_no_other(days: Days) -> None:
    days.load(1, 2, [(1, "a", 1), (2, "b", 2)], read=2)

    days.load(2, 2, [], read=3)

    assert [d for d, *_ in days.stored()] == [1]


@pytest.mark.parametrize("key", ["{id}", "{day}|{id}"])
def test_a_record_never_stands_on_two_days(days: Days, key: str) -> None:
    with days.open() as con:
        load_window(
            con, days.window(1, 1, [(1, "a", 1)], read=1, key="2026-10-01|{id}" if "day" in key else key)
        )
        again = days.window(2, 2, [(2, "a", 1)], read=2, key="2026-10-01|{id}" if "day" in key else key)

        with pytest.raises(WarehouseError, match="W205"):
            load_window(con, again)

        assert con.execute("select count(*) from load_window").fetchone() == (1,)


def test_a_record_outside_the_windows_days_is_refused(days: Days) -> None:
    with days.open() as con, pytest.raises(WarehouseError, match="W208"):
        load_window(
            con,
            replace(days.window(1, 1, [(1, "a", 1), (4, "b", 1)], read=4), replaces=(day_of(1), day_of(1))),
        )


def test_an_older_reading_that_comes_later_fills_only_days_nobody_read_since(days: Days) -> None:
    days.load(2, 2, [(2, "b", 20)], read=5)

    result = days.load(1, 3, [(1, "a", 1), (2, "b", 2), (3, "c", 3)], read=4)

    assert (result.new_rows, result.changed_rows) == (2, 0)
    assert [(d, n) for d, _, n in days.stored()] == [(1, 1), (2, 20), (3, 3)]


def test_a_day_is_proven_by_the_window_over_it_and_final_once_it_has_settled(days: Days) -> None:
    days.load(1, 4, [(1, "a", 1)], read=4)

    found = days.health(until=5)

    assert found[1] == ("proven", "final", None, "count=1")  # 3 days after its end
    assert [found[n][:2] for n in (2, 4)] == [("proven", "open"), ("proven", "open")]
    assert found[5][:3] == ("missing", "missing", "M208")


def test_a_failed_second_reading_leaves_the_day_proven_open_and_says_so(days: Days) -> None:
    days.load(1, 2, [(1, "a", 1), (2, "b", 2)], read=2)
    days.fail(1, 3, "P204", read=6)

    found = days.health(until=3)

    assert found[2] == ("proven", "open", "P204", "count=2")
    assert found[3][:3] == ("missing", "missing", "P204")
    with days.open() as con:
        coverage = read_coverage(con)
        (account,) = coverage.accounts
        assert account.uncovered(day_of(1), day_of(2)) is None
        assert "it failed" in (account.stale(day_of(2)) or account.why(day_of(3))).text

    days.load(1, 3, [(1, "a", 1)], read=7)
    assert [days.health(until=3)[n][:3] for n in (1, 2, 3)] == [("proven", "final", None)] * 3


def test_a_missed_snapshot_day_has_its_cause_and_no_zero(days: Days) -> None:
    days.load(1, 1, [(1, "a", 1)], read=1)
    days.fail(2, 2, "P204", read=2)
    days.fail(2, 2, "P112", read=4)
    days.load(3, 3, [(3, "c", 1)], read=4)

    with days.open() as con:
        coverage = read_coverage(con)
        (account,) = coverage.feeding("live_session")
        causes = [coverage.uncovered(account, day_of(n), day_of(n)) for n in (1, 2, 3)]

    assert [cause.code if cause else None for cause in causes] == [None, "P112", None]


def test_a_figure_over_a_missed_day_is_missing_with_its_cause_and_the_other_days_stand(days: Days) -> None:
    days.load(1, 1, [(1, "a", 5), (1, "b", 6)], read=1)
    days.fail(2, 2, "P112", read=4)
    days.load(3, 3, [], read=4)
    with days.open() as con:
        w.put(
            con, "core_person", [{"person_id": "ann", "name": "ann", "role_id": "ops", "valid_from": FIRST}]
        )
        w.put(con, "core_ownership", [w.own("room", "R1", "ops", "ann", "1", first="2026-10-01")])
        build_core(con, "CNY")

        found = compute_daily(con, _entries(), [day_of(n) for n in (1, 2, 3)])

    assert [(a.value, a.status, a.cause_code) for a in found] == [
        (Decimal(11), "scored", None), (None, "missing", "P112"), (Decimal(0), "scored", None),
    ]  # fmt: skip


def _entries() -> Definitions:
    formula = "    numerator:\n      - {fact: live_session, sum: entries, date: started_on}\n"
    return load_definitions(
        {"test.yaml": w.definition_text([("entries", formula, "count")], {"ops": ["entries"]})}
    )


def test_a_read_day_that_expires_stays_proven_and_becomes_final(days: Days) -> None:
    days.load(1, 1, [(1, "a", 1)], read=1)
    assert days.health()[1][:3] == ("proven", "open", None)

    days.fail(1, 1, "P112", read=3)

    assert days.health()[1][:3] == ("proven", "final", None)


def _movement(
    seq: int, as_of: datetime, file: str, *, new: int = 0, changed: int = 0, gone: int = 0
) -> Movement:
    return Movement(
        load_seq=seq, as_of=as_of, landing_file=file, new_rows=new, changed_rows=changed, gone_rows=gone
    )


def test_what_is_replaced_stays_in_the_history_with_the_load_that_replaced_it(days: Days) -> None:
    days.load(1, 2, [(1, "a", 1), (1, "b", 2), (2, "c", 3)], read=2)
    days.load(1, 1, [(1, "a", 7)], read=3)
    days.load(1, 1, [(1, "a", 7), (1, "d", 1)], read=4)

    with days.open() as con:
        found = movements(con, ROOMS, day_of(1))
        states = versions(con, ROOMS, "2026-10-01|a")
        gone = versions(con, ROOMS, "2026-10-01|b")

    assert found == [
        _movement(1, midnight(3), "1-2@2", new=2),
        _movement(2, midnight(4), "1-1@3", changed=1, gone=1),
        _movement(3, midnight(5), "1-1@4", new=1),
    ]
    assert [(v.load_seq, v.replaced_by, v.payload["n"]) for v in states] == [(1, 2, 1), (2, None, 7)]
    assert [(v.load_seq, v.replaced_by) for v in gone] == [(1, 2)]


def test_a_refused_window_leaves_no_history(days: Days) -> None:
    days.load(1, 1, [(1, "a", 1)], read=1)
    with days.open() as con:
        broken = replace(days.window(1, 1, [(1, "a", 2)], read=2), rows=2)
        with pytest.raises(WarehouseError, match="W201"):
            load_window(con, broken)

        assert con.execute("select count(*) from record_history").fetchone() == (0,)


def test_rows_that_move_on_final_days_are_counted(days: Days) -> None:
    days.load(1, 5, [(1, "a", 1), (4, "b", 2), (5, "c", 3)], read=5)

    again = days.load(1, 5, [(1, "a", 9), (4, "b", 9), (1, "d", 1)], read=6)

    assert (again.changed_rows, again.new_rows, again.gone_rows) == (2, 1, 1)
    assert again.late_rows == 2  # both of day 1; days 4 and 5 had not settled


def test_days_of_rows_that_left_are_computed_again(days: Days) -> None:
    days.load(1, 3, [(1, "a", 1), (3, "c", 1)], read=3)
    days.load(3, 3, [], read=4)

    with days.open() as opened:
        found = days_touched(opened, 1)

    assert found == {day_of(3)}


def test_undeclared_fields_are_kept_per_load_and_read_per_stream(days: Days) -> None:
    with days.open() as con:
        load_window(con, replace(days.window(1, 1, [], read=1), drift={"new_field": 3, "other": 1}))
        load_window(con, replace(days.window(2, 2, [], read=2), drift={"new_field": 2}))

        found = drift(con, ROOMS), drift(con, ROOMS, since=1), drift(con, replace(ROOMS, shop_id="x"))

    assert found == ({"new_field": 5, "other": 1}, {"new_field": 2}, {})


class Counting:
    """A connection that adds up the rows that its statements scan."""

    def __init__(self, con: duckdb.DuckDBPyConnection, output: Path) -> None:
        self.con = con
        self.output = output
        self.scanned = 0
        for setting in (
            "enable_profiling = 'json'",
            f"profiling_output = '{output}'",
            "profiling_mode = 'detailed'",
        ):
            con.execute(f"pragma {setting}")

    def execute(self, sql: str, parameters: Any = None) -> Any:
        found = self.con.execute(sql, parameters or [])
        rows = found.fetchall()
        self.scanned += json.loads(self.output.read_text()).get("cumulative_rows_scanned", 0)
        return SimpleNamespace(fetchone=lambda: rows[0] if rows else None)


def test_a_long_history_is_not_read_when_days_are_replaced(days: Days) -> None:
    days.load(1, 1, [(1, "a", 1)], read=1)
    days.load(2, 2, [(2, "b", 1)], read=2)
    with days.open() as con:
        con.execute(
            "insert into raw_qianchuan_rooms select 'desk', concat(day, '|', i), day, timestamptz '2026-01-01', 'h', '{}', 1"
            " from (select i, date '2019-01-01' + cast(i // 1000 as integer) as day from range(400000) as t(i))"
        )
        con.execute("checkpoint")
        window = days.window(2, 3, [(2, "b", 2), (3, "c", 1)], read=3)
        counting: Any = Counting(con, days.folder / "profile.json")
        stage(counting, window)

        moved = put_rows(counting, window, raw_table(counting, ROOMS), 9)

    assert (moved.new, moved.changed) == (1, 1)
    assert 0 < counting.scanned < 10_000
