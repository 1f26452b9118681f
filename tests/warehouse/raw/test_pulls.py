"""What is known of pulls: failures stay open until something newer covers them, drift is that of the newest pull."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from models.loads import FailedWindow, PulledWindow, StreamRef
from warehouse.raw.load import load_window, record_failure
from warehouse.raw.pulls import drift_seen, open_failures, proven_until
from warehouse.store.connect import open_warehouse

REF = StreamRef("sample", "things", "uk")


def _at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path) as con:
        yield con


def _fail(
    con: duckdb.DuckDBPyConnection, days: tuple[int, int], *, as_of: int = 25, code: str = "P102"
) -> None:
    window = FailedWindow(
        ref=REF,
        window_from=_at(days[0]),
        window_to=_at(days[1]),
        kind="time",
        code=code,
        cause="server trouble",
        as_of=_at(as_of),
    )
    record_failure(con, window)


def _prove(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    days: tuple[int, int],
    *,
    as_of: int = 26,
    drift: dict[str, int] | None = None,
    ref: StreamRef = REF,
) -> None:
    records = folder / "empty.ndjson"
    records.touch()
    window = PulledWindow(
        ref=ref,
        window_from=_at(days[0]),
        window_to=_at(days[1]),
        kind="time",
        records_path=records,
        rows=0,
        landing_file="x.jsonl.gz",
        landing_sha256="0" * 64,
        proof="count=0",
        as_of=_at(as_of),
        drift=drift or {},
    )
    load_window(con, window)


def _open(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    return [(f.window_from.day, f.window_to.day) for f in open_failures(con)]


@pytest.mark.parametrize(
    ("proven", "left"),
    [
        ([], [(10, 14)]),
        ([(10, 14)], []),
        ([(9, 15)], []),
        ([(10, 12)], [(12, 14)]),
        ([(12, 14)], [(10, 12)]),
        ([(11, 13)], [(10, 11), (13, 14)]),
        ([(10, 12), (12, 14)], []),
        ([(1, 10), (14, 20)], [(10, 14)]),
    ],
)
def test_a_failure_stays_open_where_nothing_newer_covers_it(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    proven: list[tuple[int, int]],
    left: list[tuple[int, int]],
) -> None:
    _fail(con, (10, 14))
    for days in proven:
        _prove(con, tmp_path, days)

    assert _open(con) == left


def test_what_was_proven_before_it_failed_again_is_open(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _prove(con, tmp_path, (10, 14), as_of=24)
    _fail(con, (10, 14), as_of=25)

    assert _open(con) == [(10, 14)]


def test_a_failure_of_the_same_days_takes_the_place_of_an_older_one(con: duckdb.DuckDBPyConnection) -> None:
    _fail(con, (10, 14), code="P102")
    _fail(con, (10, 14), as_of=26, code="P104")

    assert [(f.code, f.cause, f.as_of) for f in open_failures(con)] == [("P104", "server trouble", _at(26))]


def test_another_account_mends_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _fail(con, (10, 14))
    _prove(con, tmp_path, (10, 14), ref=StreamRef("sample", "things", "us"))

    assert _open(con) == [(10, 14)]


def test_the_newest_proof_counts_not_the_last_loaded(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _prove(con, tmp_path, (20, 22), as_of=24)
    _prove(con, tmp_path, (1, 3), as_of=26)  # a backfill
    _fail(con, (22, 25))

    assert proven_until(con) == {REF: (_at(22), _at(26))}


def test_drift_is_what_the_newest_pull_saw(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _prove(con, tmp_path, (1, 3), as_of=24, drift={"old_field": 5})
    _prove(con, tmp_path, (3, 5), as_of=26, drift={"new_field": 2})
    _prove(con, tmp_path, (5, 7), as_of=26, drift={"new_field": 3, "other": 1})

    assert drift_seen(con) == {REF: {"new_field": 5, "other": 1}}


def test_an_empty_warehouse_knows_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert (proven_until(con), drift_seen(con), open_failures(con)) == ({}, {}, [])
