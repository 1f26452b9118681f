"""Loading: exact counts, idempotence, versions, all or nothing, order never matters."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import WarehouseError
from models.loads import LoadResult, PulledWindow, QuarantinedRow, StreamRef
from tests.warehouse import world as w
from warehouse.raw.history import versions
from warehouse.raw.load import (
    load_window,
    open_for_loads,
    record_failure,
    replace_company_table,
    stream_state,
)
from warehouse.store.connect import open_warehouse

WHEN = "2011-11-08T10:00+00:00"
WINDOW = ("2011-11-01T00:00+00:00", "2011-11-10T00:00+00:00")


def _order(key: str, total: str, updated: str = WHEN) -> dict[str, Any]:
    return w.order(key, WHEN, [w.line(f"{key}-1", total)], updated=updated)


def _totals(con: duckdb.DuckDBPyConnection) -> list[Any]:
    return con.execute("select record_key, payload ->> 'total' from raw_shopify_orders order by 1").fetchall()


def _counts(result: LoadResult) -> tuple[int, int, int]:
    return result.new_rows, result.changed_rows, result.unchanged_rows


def test_new_changed_and_unchanged_rows_are_counted(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = load_window(con, w.window(tmp_path, w.UK, [_order("A", "1"), _order("B", "2")], *WINDOW))
    changed = [_order("A", "1"), _order("B", "3", updated="2011-11-09T10:00+00:00"), _order("C", "4")]

    second = load_window(con, w.window(tmp_path, w.UK, changed, *WINDOW))

    assert (_counts(first), _counts(second)) == ((2, 0, 0), (1, 1, 1))
    assert _totals(con) == [("A", "1"), ("B", "3"), ("C", "4")]


def test_loading_the_same_window_again_changes_nothing(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    window = w.window(tmp_path, w.UK, [_order("A", "1")], *WINDOW)
    first = load_window(con, window)

    second = load_window(con, window)

    assert second == replace(first, new_rows=0, unchanged_rows=1)
    assert con.execute("select count(*) from load_window").fetchone() == (1,)


def test_an_older_version_never_replaces_a_newer_one(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_window(con, w.window(tmp_path, w.UK, [_order("A", "9", updated="2011-11-09T10:00+00:00")], *WINDOW))

    result = load_window(con, w.window(tmp_path, w.UK, [_order("A", "1")], *WINDOW))

    assert (_counts(result), _totals(con)) == ((0, 0, 1), [("A", "9")])


def test_the_newest_of_two_versions_in_one_file_wins_in_any_order(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    versions = [_order("A", "9", updated="2011-11-09T10:00+00:00"), _order("A", "1")]

    result = load_window(con, w.window(tmp_path, w.UK, versions, *WINDOW))

    assert (_counts(result), _totals(con)) == ((1, 0, 0), [("A", "9")])


def _read(folder: Path, records: list[dict[str, Any]], **stated: Any) -> PulledWindow:
    """The window of one landing file, as a declaration reads it."""
    return replace(w.window(folder, w.UK, records, *WINDOW), landing_sha256="f" * 64, **stated)


def test_a_landing_file_that_is_read_otherwise_is_loaded_again_and_its_newest_reading_stands(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    readings = [[_order("A", total), _order("B", "7")] for total in ("1", "2", "2", "1")]

    counts = [_counts(load_window(con, _read(tmp_path, records))) for records in readings]

    assert counts == [(2, 0, 0), (0, 1, 1), (0, 0, 2), (0, 1, 1)]
    assert _totals(con) == [("A", "1"), ("B", "7")]
    assert con.execute("select count(*), count(distinct load_id) from load_window").fetchone() == (3, 3)


def test_a_record_that_is_read_under_another_key_or_day_stands_once(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    def days() -> list[Any]:
        return con.execute("select record_key, record_day from raw_shopify_orders order by 1").fetchall()

    load_window(con, _read(tmp_path, [_order("A-key", "1"), _order("B", "7"), _order("C", "8")]))
    later = w.order("B", "2011-11-05T10:00+00:00", [w.line("B-1", "7")], updated=WHEN)

    result = load_window(con, _read(tmp_path, [_order("A", "1"), later, _order("C", "8")]))

    assert (result.new_rows, result.gone_rows, result.unchanged_rows) == (2, 2, 1)
    assert [(key, day.day) for key, day in days()] == [("A", 8), ("B", 5), ("C", 8)]
    assert [version.replaced_by for version in versions(con, w.UK, "A-key")] == [2]


def test_an_old_landing_file_that_is_read_anew_does_not_undo_what_a_later_pull_brought(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_window(con, _read(tmp_path, [_order("A", "1"), _order("B", "7")]))
    # the platform changed the record and left its time of change as it was
    window = w.window(tmp_path, w.UK, [_order("A", "5")], *WINDOW)
    load_window(con, replace(window, as_of=window.as_of + timedelta(hours=1)))

    result = load_window(con, _read(tmp_path, [_order("A", "2"), _order("B", "8")]))

    assert (_counts(result), _totals(con)) == ((0, 1, 1), [("A", "5"), ("B", "8")])


def test_a_replaced_version_stays_in_the_history(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_window(con, w.window(tmp_path, w.UK, [_order("A", "1"), _order("B", "2")], *WINDOW))
    later = "2011-11-09T10:00+00:00"

    load_window(con, w.window(tmp_path, w.UK, [_order("A", "3", later), _order("B", "2")], *WINDOW))

    assert [(v.load_seq, v.replaced_by, v.payload["total"]) for v in versions(con, w.UK, "A")] == [
        (1, 2, "1"), (2, None, "3"),
    ]  # fmt: skip
    assert con.execute("select count(*) from record_history").fetchone() == (1,)


def test_rows_that_change_or_appear_after_their_day_was_final_are_counted(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("update source_account set finality_days = 2")
    first = load_window(
        con, w.window(tmp_path, w.UK, [_order("A", "1")], *WINDOW)
    )  # the 8th is final at the end of the 10th
    assert first.late_rows == 0
    soon = load_window(con, w.window(tmp_path, w.UK, [_order("A", "2", "2011-11-09T10:00+00:00")], *WINDOW))
    load_window(con, w.window(tmp_path, w.UK, [], "2011-11-10T00:00+00:00", "2011-11-11T00:00+00:00"))

    changed = [_order("A", "3", "2011-11-12T10:00+00:00"), _order("B", "1", "2011-11-12T10:00+00:00")]
    late = load_window(
        con, w.window(tmp_path, w.UK, changed, "2011-11-11T00:00+00:00", "2011-11-13T00:00+00:00")
    )

    assert (soon.late_rows, late.late_rows) == (0, 2)
    assert con.execute("select late_rows from load_window order by load_seq").fetchall() == [
        (0,),
        (0,),
        (0,),
        (2,),
    ]


def test_a_file_with_fewer_rows_than_proven_commits_nothing(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    window = replace(w.window(tmp_path, w.UK, [_order("A", "1")], *WINDOW), rows=2)

    with pytest.raises(WarehouseError, match="W201"):
        load_window(con, window)

    assert con.execute("select count(*) from load_window").fetchone() == (0,)
    assert stream_state(con, w.UK) == (None, None)


def test_a_broken_line_commits_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    window = w.window(tmp_path, w.UK, [_order("A", "1")], *WINDOW)
    window.records_path.write_text(window.records_path.read_text()[:-20])

    with pytest.raises(WarehouseError, match="W201"):
        load_window(con, window)

    assert con.execute("select count(*) from load_window").fetchone() == (0,)


def test_the_cursor_moves_with_the_rows_and_never_back(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_window(con, replace(w.window(tmp_path, w.DESK, [], *WINDOW), cursor="c1"))
    load_window(
        con,
        replace(
            w.window(tmp_path, w.DESK, [], "2011-10-01T00:00+00:00", "2011-10-10T00:00+00:00"), cursor="c0"
        ),
    )

    assert stream_state(con, w.DESK) == ("c1", w.at(WINDOW[1]))


def test_a_failure_is_recorded_once_and_moves_nothing(con: duckdb.DuckDBPyConnection) -> None:
    record_failure(con, w.failure(w.UK, *WINDOW))
    record_failure(con, w.failure(w.UK, *WINDOW))

    assert con.execute("select status, cause_code, cause, rows from load_window").fetchall() == [
        ("failed", "P204", "HTTP 503 five times", None)
    ]
    assert stream_state(con, w.UK) == (None, None)


def test_rows_set_aside_are_kept_with_their_cause(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    bad = QuarantinedRow(3, "X", "P310", "no total")

    load_window(con, replace(w.window(tmp_path, w.UK, [], *WINDOW), quarantined=(bad,)))

    assert con.execute(
        "select shop_id, row_number, record_key, cause_code, cause from quarantine"
    ).fetchall() == [("uk", 3, "X", "P310", "no total")]
    assert con.execute("select quarantined from load_window").fetchone() == (1,)


def test_long_money_text_arrives_digit_by_digit(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load_window(con, w.window(tmp_path, w.UK, [_order("A", "12345678901234.5678")], *WINDOW))

    assert _totals(con) == [("A", "12345678901234.5678")]


def test_a_stream_name_that_is_no_identifier_is_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    window = w.window(tmp_path, StreamRef("shopify", "orders; drop table core_person", "uk"), [], *WINDOW)

    with pytest.raises(WarehouseError, match="W110"):
        load_window(con, window)


def test_a_company_table_is_replaced_whole_and_only_when_its_file_changed(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = [w.rate("EUR", "2011-01-01", "9.12345678")]

    changed = replace_company_table(con, "core_rate", rows, file="rates.csv", sha256="1")
    again = replace_company_table(con, "core_rate", [], file="rates.csv", sha256="1")

    assert (changed, again) == (True, False)
    assert con.execute("select currency, rate from core_rate").fetchall() == [("EUR", Decimal("9.12345678"))]


def test_a_float_never_enters(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(WarehouseError, match="W204"):
        replace_company_table(
            con, "core_rate", [w.rate("EUR", "2011-01-01", "1") | {"rate": 1.1}], file="x", sha256="2"
        )

    assert con.execute("select currency from core_rate").fetchall() == [("GBP",)]


VERSIONS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 28)), min_size=1, max_size=12, unique=True
)


@given(
    versions=VERSIONS, cuts=st.lists(st.integers(0, 12), max_size=3), seed=st.randoms(use_true_random=False)
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_row_order_and_batching_never_matter(
    tmp_path: Path, versions: list[tuple[str, int]], cuts: list[int], seed: Any
) -> None:
    orders = [_order(key, str(day), updated=f"2011-12-{day:02}T00:00+00:00") for key, day in versions]
    newest = {key: str(max(d for k, d in versions if k == key)) for key, _ in versions}
    seed.shuffle(orders)
    edges = sorted({0, len(orders), *(c for c in cuts if c < len(orders))})

    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        for start, end in pairwise(edges):
            load_window(con, w.window(tmp_path, w.UK, orders[start:end], *WINDOW))
        found = dict(_totals(con))

    assert found == newest


def test_a_window_that_needs_more_memory_than_the_limit_is_loaded_all_the_same(tmp_path: Path) -> None:
    orders = [_order(f"{n:05}", "1") for n in range(5000)]
    with open_for_loads(tmp_path / "home") as con:
        con.execute("set memory_limit = '4MB'")
        result = load_window(con, w.window(tmp_path, w.UK, orders, *WINDOW))
        limit, threads = con.execute(
            "select current_setting('memory_limit'), current_setting('threads')"
        ).fetchone() or ("", 0)

    assert _counts(result) == (5000, 0, 0)
    assert limit != "3.8 MiB", "this window fitted: ask for more to prove anything"
    with duckdb.connect() as usual:
        assert (threads,) == usual.execute("select current_setting('threads')").fetchone()
