"""Streams that speak for whole days: replacing, history, proof, finality, a missed day, drift and late rows."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from models.errors import WarehouseError
from models.loads import FailedWindow, LoadResult, PulledWindow, SourceAccount, StreamRef
from warehouse.connect import open_warehouse
from warehouse.coverage import read_coverage, store_source_health
from warehouse.feeds import days_touched
from warehouse.history import Movement, drift, movements, versions
from warehouse.load import load_window, record_failure, set_source_accounts
from warehouse.merge import put_rows, raw_table, stage

ROOMS = StreamRef("qianchuan", "rooms", "desk")
FIRST = date(2026, 10, 1)
Rows = Sequence[tuple[int, str, int]]  # day of October, id, viewers


@pytest.fixture
def days(tmp_path: Path) -> "Days":
    return Days(tmp_path)


class Days:
    """An account in UTC whose windows are whole days of October 2026."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self.open() as con:
            account = SourceAccount(
                ROOMS, ("live_session",), "UTC", "2026-10-01", finality_days=3, platform="qianchuan"
            )
            set_source_accounts(con, [account])

    def open(self) -> Any:
        return open_warehouse(self.folder / "home")

    def window(
        self, first: int, last: int, rows: Rows, *, read: int, key: str = "{day}|{id}"
    ) -> PulledWindow:
        """Days `first` to `last`, read at the end of day `read`."""
        as_of = _midnight(read + 1)
        text = "".join(_record(day, key.format(day=_day(day), id=name), n, as_of) for day, name, n in rows)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.ndjson"
        path.write_text(text, encoding="utf-8")
        return PulledWindow(
            ref=ROOMS, window_from=_midnight(first), window_to=_midnight(last + 1), kind="day", records_path=path,
            rows=len(rows), landing_file=f"{first}-{last}@{read}", landing_sha256=hashlib.sha256(text.encode()).hexdigest(),
            proof=f"count={len(rows)}", as_of=as_of, replaces=(_day(first), _day(last)),
        )  # fmt: skip

    def load(self, first: int, last: int, rows: Rows, *, read: int) -> LoadResult:
        with self.open() as con:
            return load_window(con, self.window(first, last, rows, read=read))

    def fail(self, first: int, last: int, code: str, *, read: int) -> None:
        with self.open() as con:
            record_failure(
                con,
                FailedWindow(
                    ROOMS,
                    _midnight(first),
                    _midnight(last + 1),
                    "day",
                    code,
                    "it failed",
                    _midnight(read + 1),
                ),
            )

    def stored(self) -> list[Any]:
        with self.open() as con:
            return con.execute(
                "select day(record_day), record_key, (payload ->> 'n')::int from raw_qianchuan_rooms order by all"
            ).fetchall()

    def health(self, *, until: int = 9) -> dict[int, tuple[Any, ...]]:
        with self.open() as con:
            store_source_health(con, FIRST, _day(until))
            rows = con.execute(
                "select day(business_date), status, finality, cause_code, proof from source_health order by 1"
            ).fetchall()
        return {row[0]: row[1:] for row in rows}


def _day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def _midnight(number: int) -> datetime:
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number - 1)


def _record(day: int, key: str, n: int, as_of: datetime) -> str:
    payload = {"n": n}
    record = {
        "record_key": key, "record_day": _day(day).isoformat(), "version_at": as_of.isoformat(),
        "row_hash": hashlib.sha256(f"{key}{n}".encode()).hexdigest(), "payload": payload,
    }  # fmt: skip
    return json.dumps(record) + "\n"


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
            con, replace(days.window(1, 1, [(1, "a", 1), (4, "b", 1)], read=4), replaces=(_day(1), _day(1)))
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
        assert account.uncovered(_day(1), _day(2)) is None
        assert "it failed" in (account.stale(_day(2)) or account.why(_day(3))).text

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
        causes = [coverage.uncovered(account, _day(n), _day(n)) for n in (1, 2, 3)]

    assert [cause.code if cause else None for cause in causes] == [None, "P112", None]


def test_a_read_day_that_expires_stays_proven_and_becomes_final(days: Days) -> None:
    days.load(1, 1, [(1, "a", 1)], read=1)
    assert days.health()[1][:3] == ("proven", "open", None)

    days.fail(1, 1, "P112", read=3)

    assert days.health()[1][:3] == ("proven", "final", None)


def test_what_is_replaced_stays_in_the_history_with_the_load_that_replaced_it(days: Days) -> None:
    days.load(1, 2, [(1, "a", 1), (1, "b", 2), (2, "c", 3)], read=2)
    days.load(1, 1, [(1, "a", 7)], read=3)
    days.load(1, 1, [(1, "a", 7), (1, "d", 1)], read=4)

    with days.open() as con:
        found = movements(con, ROOMS, _day(1))
        states = versions(con, ROOMS, "2026-10-01|a")
        gone = versions(con, ROOMS, "2026-10-01|b")

    assert found == [
        Movement(1, _midnight(3), "1-2@2", 2, 0, 0),
        Movement(2, _midnight(4), "1-1@3", 0, 1, 1),
        Movement(3, _midnight(5), "1-1@4", 1, 0, 0),
    ]
    assert [(v.load_seq, v.replaced_by, v.payload) for v in states] == [(1, 2, {"n": 1}), (2, None, {"n": 7})]
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

    assert found == {_day(3)}


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
