"""Windows of whole local days: which days are asked for, what a day's rows replace, and the same bytes from disk."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from connectors.kit import replay
from connectors.kit.contract.pagers import Pages
from connectors.kit.contract.proofs import Total
from connectors.kit.contract.windows import Window, whole_days
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed, records
from tests.connectors.kit.kit_samples import (
    FIRST_DAY,
    NOW,
    Reports,
    day_stream,
    kit,
    report,
    report_stream,
    runtime,
    time_stream,
)

PACIFIC = "America/Los_Angeles"


class DayBook:
    """One row per asked day, with fields that nobody declared."""

    def __init__(self, **extra: Any) -> None:
        self.asked: list[tuple[str, str]] = []
        self.extra = extra

    def __call__(self, call: Call) -> Reply:
        query = parse_qs(urlsplit(call.path).query)
        first, last = query["from"][0], query["to"][0]
        self.asked.append((first, last))
        items = [{"id": "C1", "day": str(day), "amount": "1.10", **self.extra} for day in _days(first, last)]
        return Reply({"items": items, "next": None, "last": True, "total": len(items)})


def _days(first: str, last: str) -> Iterator[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


def _pull(
    bench: Bench, span: tuple[datetime, datetime], zone: str = "UTC", **stream: Any
) -> list[PulledWindow | FailedWindow]:
    declared = day_stream(**stream)
    return bench.pull(kit(declared), span_from=span[0], as_of=span[1], zone=zone)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# -- which days


def test_only_days_that_are_over_are_asked_for_and_then_whole(bench: Bench) -> None:
    bench.platform.default = book = DayBook()

    windows = _pull(bench, (_at("2026-11-20T15:30:00+00:00"), _at("2026-11-23T12:00:00+00:00")))

    assert book.asked == [(f"2026-11-{day}", f"2026-11-{day}") for day in (20, 21, 22)]
    assert [w.window_from.hour for w in windows] == [0, 0, 0]


@pytest.mark.parametrize(
    ("as_of", "days"),
    [("2026-11-22T23:59:59+00:00", 2), ("2026-11-23T00:00:00+00:00", 3), ("2026-11-23T02:00:00+00:00", 3)],
)
def test_a_day_is_over_at_midnight(bench: Bench, as_of: str, days: int) -> None:
    bench.platform.default = DayBook()

    assert len(_pull(bench, (FIRST_DAY, _at(as_of)))) == days


def test_a_lag_lets_the_platform_finish_the_day(bench: Bench) -> None:
    bench.platform.default = DayBook()

    windows = _pull(bench, (FIRST_DAY, _at("2026-11-23T02:00:00+00:00")), lag=timedelta(hours=4))

    assert len(windows) == 2


def test_nothing_is_asked_while_the_first_day_lasts(bench: Bench) -> None:
    assert _pull(bench, (_at("2026-11-23T01:00:00+00:00"), NOW)) == []
    assert bench.platform.calls == []


def test_a_lookback_reads_earlier_days_again(bench: Bench) -> None:
    bench.platform.default = book = DayBook()

    _pull(bench, (_at("2026-11-22T00:00:00+00:00"), NOW), lookback=timedelta(days=2))

    assert [first for first, _ in book.asked] == ["2026-11-20", "2026-11-21", "2026-11-22"]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-01", 24)])
def test_a_day_on_which_the_clocks_change_is_one_whole_day(bench: Bench, day: str, hours: int) -> None:
    bench.platform.default = book = DayBook()
    start = datetime.fromisoformat(f"{day}T10:00:00+00:00")

    window = only(_pull(bench, (start, start + timedelta(hours=24)), PACIFIC))

    assert book.asked == [(day, day)]
    assert window.window_to - window.window_from == timedelta(hours=hours)
    assert window.replaces == (date.fromisoformat(day), date.fromisoformat(day))


def test_whole_days_of_less_than_a_day_are_none() -> None:
    zone = ZoneInfo(PACIFIC)

    assert (
        whole_days(Window(_at("2026-11-01T10:00:00+00:00"), _at("2026-11-02T07:59:59+00:00")), zone) is None
    )
    day = whole_days(Window(_at("2026-11-01T10:00:00+00:00"), _at("2026-11-02T08:00:00+00:00")), zone)
    assert day == Window(_at("2026-11-01T07:00:00+00:00"), _at("2026-11-02T08:00:00+00:00"))


# -- days that are gone


def test_a_day_that_the_platform_no_longer_shows_is_loud_and_not_asked_for(bench: Bench) -> None:
    bench.platform.default = book = DayBook()

    windows = _pull(bench, (FIRST_DAY, NOW), readable_for=timedelta(hours=20))

    assert [getattr(w, "code", "proven") for w in windows] == ["P112", "P112", "proven"]
    assert book.asked == [("2026-11-22", "2026-11-22")]
    assert isinstance(windows[0], FailedWindow)
    assert "2026-11-21T20:00:00Z" in windows[0].cause


def test_a_day_that_is_gone_does_not_stop_the_days_after_it(bench: Bench) -> None:
    bench.platform.default = DayBook()

    windows = _pull(bench, (FIRST_DAY, NOW), readable_for=timedelta(hours=40))

    assert [getattr(w, "code", "proven") for w in windows] == ["P112", "proven", "proven"]


# -- what a day's rows stand for


def test_a_window_of_days_replaces_all_that_was_known_of_them(bench: Bench) -> None:
    bench.platform.default = DayBook()

    windows = _pull(bench, (FIRST_DAY, NOW), max_window_days=2)

    spans = [w.replaces for w in windows if isinstance(w, PulledWindow)]
    assert spans == [
        (date(2026, 11, 20), date(2026, 11, 21)),
        (date(2026, 11, 22), date(2026, 11, 22)),
    ]


def test_time_windows_replace_nothing(bench: Bench) -> None:
    bench.platform.default = lambda _: Reply({"items": [], "next": None, "last": True})

    window = only(bench.pull(kit(time_stream()), span_from=FIRST_DAY, as_of=NOW))

    assert window.replaces is None


def test_rows_of_a_day_are_versioned_by_the_pull(bench: Bench) -> None:
    bench.platform.default = DayBook()

    found = records(only(_pull(bench, (_at("2026-11-22T00:00:00+00:00"), NOW))))

    assert [(r["record_day"], r["version_at"]) for r in found] == [("2026-11-22", "2026-11-23T12:00:00Z")]


def test_a_row_of_another_day_than_asked_is_refused(bench: Bench) -> None:
    row = {"id": "C1", "day": "2026-11-19", "amount": "1"}
    bench.platform.default = lambda _: Reply({"items": [row], "next": None, "last": True})

    windows = _pull(bench, (FIRST_DAY, NOW))

    assert {getattr(w, "code", "") for w in windows} == {"P108"}
    assert bench.landed() == []


# -- drift


def test_unknown_fields_are_counted_by_name_and_never_stored(bench: Bench) -> None:
    bench.platform.default = DayBook(buyer_mail="jane@example.com", badge={"kind": "x"})

    windows = _pull(bench, (FIRST_DAY, NOW), max_window_days=2)

    drifts = [dict(w.drift) for w in windows if isinstance(w, PulledWindow)]
    assert drifts == [{"buyer_mail": 2, "badge": 2}, {"buyer_mail": 1, "badge": 1}]
    assert all(b"jane" not in record for w in windows for record in [_read(w)])


def _read(window: PulledWindow | FailedWindow) -> bytes:
    assert isinstance(window, PulledWindow)
    return window.records_path.read_bytes()


def test_unknown_fields_of_all_pages_are_added_up(bench: Bench) -> None:
    rows = [{"id": f"C{n}", "day": "2026-11-22", "amount": "1", "badge": "x"} for n in range(3)]
    bench.platform.script = [
        Reply({"items": rows[:2], "next": "t2", "last": False}),
        Reply({"items": rows[2:], "next": None, "last": True}),
    ]

    window = only(_pull(bench, (_at("2026-11-22T00:00:00+00:00"), NOW)))

    assert (window.pages, window.drift) == (2, {"badge": 3})


def test_known_personal_and_unused_fields_are_no_drift(bench: Bench) -> None:
    bench.platform.default = DayBook(buyer_mail="jane@example.com", colour="red")

    (window, *_) = _pull(bench, (FIRST_DAY, NOW), pii=("buyer_mail",), unused=("colour",))

    assert isinstance(window, PulledWindow)
    assert window.drift == {}


def test_a_field_name_that_is_no_name_is_not_told(bench: Bench) -> None:
    bench.platform.default = DayBook(**{"jane@example.com": 1, "x" * 300: 1})

    (window, *_) = _pull(bench, (FIRST_DAY, NOW))

    assert isinstance(window, PulledWindow)
    assert window.drift == {}


def test_columns_of_a_report_that_nobody_declared_are_drift(bench: Bench) -> None:
    reports = Reports(bench.platform.url)
    wider = b"id\tday\tamount\tnew-column\nC0\t2026-11-20\t1.10\tx\n"
    reports.spoil = lambda _: gzip.compress(wider)
    bench.platform.default = reports
    stream = report_stream(proof=report_stream(report(keeps=())).proof, max_window_days=1)
    first_day = FIRST_DAY + timedelta(hours=30)

    failed = only_failed(bench.pull(kit(stream), span_from=FIRST_DAY, as_of=first_day))
    reports.amounts = ("1.10",)
    window = only(
        bench.pull(kit(stream), span_from=FIRST_DAY, as_of=first_day, runtime=runtime(Clock(first_day)))
    )

    assert failed.code == "P108"
    assert window.drift == {"new-column": 1}


# -- the same again from disk


def _again(bench: Bench, window: PulledWindow, connector: Any, folder: Path) -> PulledWindow:
    root = bench.folder / "landing"
    return replay(
        Path(window.landing_file),
        root=root,
        as_of=NOW + timedelta(days=9),
        spool=folder,
        sha256=window.landing_sha256,
        find=lambda _: connector,
    )


def test_a_report_reads_the_same_from_its_landing_file(bench: Bench) -> None:
    bench.platform.default = Reports(bench.platform.url)
    connector = kit(report_stream())
    window = only(bench.pull(connector, span_from=FIRST_DAY, as_of=NOW, runtime=runtime(Clock(NOW))))

    again = _again(bench, window, connector, bench.folder / "again")

    assert again.records_path.read_bytes() == window.records_path.read_bytes()
    assert (again.rows, again.proof, again.pages) == (window.rows, window.proof, window.pages)
    assert (again.replaces, again.kind) == (window.replaces, "day")
    assert len(records(again)) == 6


@pytest.mark.parametrize("zone", ["UTC", PACIFIC, "Asia/Shanghai"])
def test_days_read_the_same_from_their_landing_file(bench: Bench, zone: str) -> None:
    bench.platform.default = DayBook()
    stream = day_stream(pager=Pages("total"), proof=Total("total"), max_window_days=2)
    connector = kit(stream)
    windows = bench.pull(connector, span_from=FIRST_DAY, as_of=NOW, zone=zone)

    for number, window in enumerate(windows):
        assert isinstance(window, PulledWindow), window
        again = _again(bench, window, connector, bench.folder / f"again-{number}")
        assert again.records_path.read_bytes() == window.records_path.read_bytes()
        assert again.replaces == window.replaces


def test_the_same_answers_give_the_same_landing_bytes(bench: Bench) -> None:
    digests = []
    for _ in range(2):
        bench.platform.default = Reports(bench.platform.url)
        clock = runtime(Clock(NOW))
        window = only(bench.pull(kit(report_stream()), span_from=FIRST_DAY, as_of=NOW, runtime=clock))
        path = bench.folder / "landing" / window.landing_file
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())

    assert len(set(digests)) == 1
    assert len(bench.landed()) == 1


def test_a_landed_report_names_neither_its_address_nor_its_key(bench: Bench) -> None:
    bench.platform.default = Reports(bench.platform.url)
    connector = kit(report_stream())

    window = only(bench.pull(connector, span_from=FIRST_DAY, as_of=NOW, runtime=runtime(Clock(NOW))))

    text = gzip.decompress((bench.folder / "landing" / window.landing_file).read_bytes())
    assert b"127.0.0.1" not in text
    assert b"planted" not in text
    kinds = [json.loads(line)["kind"] for line in text.splitlines()]
    assert kinds == ["header", "page", "page", "end"]
