"""Reports that a platform makes while we wait: asked for once, through kills, failures and lost answers."""

import gzip
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.kit.contract.proofs import WholeReport
from connectors.kit.contract.reports import Report
from connectors.kit.contract.stream import Stream
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.bench import Bench, Call, Reply, only, only_failed, records
from tests.connectors.kit.kit_child import pulled, start
from tests.connectors.kit.kit_samples import (
    DAYS,
    FIND,
    FIRST_DAY,
    NOW,
    Reports,
    kit,
    report,
    report_stream,
    runtime,
)


@pytest.fixture
def reports(bench: Bench) -> Reports:
    bench.platform.default = served = Reports(bench.platform.url)
    return served


def _pull(
    bench: Bench, clock: Clock, declared: Report | None = None, **stream: Any
) -> list[PulledWindow | FailedWindow]:
    """A run of a new process: it knows only what is on disk."""
    streams: Stream[Any] = report_stream(declared, **stream)
    state = State(bench.folder / FILE)
    try:
        return bench.pull(
            kit(streams), span_from=FIRST_DAY, as_of=clock.wall(), runtime=runtime(clock, state)
        )
    finally:
        state.close()


def _jobs(bench: Bench) -> list[tuple[str | None, bool]]:
    state = State(bench.folder / FILE)
    found = [(job.id, job.collected_at is not None) for job in state.jobs()]
    state.close()
    return found


def test_a_report_becomes_the_rows_of_all_its_days(bench: Bench, reports: Reports) -> None:
    window = only(_pull(bench, Clock(NOW)))

    assert reports.log == ["create", "status", "status", "status", "file"]
    assert reports.made == [{"from": "2026-11-20", "to": "2026-11-22"}]
    found = records(window)
    assert [r["record_key"] for r in found] == sorted(f"C{n}/{day}" for day in DAYS for n in (0, 1))
    assert found[-1]["payload"]["amount"] == "90071992547409.93"
    assert window.proof.startswith("document 6 rows, ")
    assert window.proof.endswith("whole file, asked range echoed")
    assert window.replaces == (DAYS[0], DAYS[-1])


def test_the_question_is_on_disk_before_it_is_asked_and_the_id_before_waiting(
    bench: Bench, reports: Reports
) -> None:
    seen: list[list[tuple[str | None, bool]]] = []

    def looking(call: Call) -> Reply:
        seen.append(_jobs(bench))
        return reports(call)

    bench.platform.default = looking

    only(_pull(bench, Clock(NOW)))

    assert seen[0] == [(None, False)]
    assert seen[1:] == [[("R1", False)]] * 4
    assert _jobs(bench) == [("R1", True)]


class KillAt:
    """Kills a child when it asks its n-th question, after the platform has acted on it."""

    def __init__(self, reports: Callable[[Call], Reply], number: int) -> None:
        self._reports, self._left = reports, number
        self.pid, self.known = 0, threading.Event()

    def __call__(self, call: Call) -> Reply:
        reply = self._reports(call)
        self._left -= 1
        if self._left == 0:
            self.known.wait(10)
            os.kill(self.pid, signal.SIGKILL)
            return Reply(reset=True)
        return reply


def _killed(bench: Bench, reports: Reports, what: str, number: int, *more: str) -> None:
    trap = KillAt(reports, number)
    bench.platform.default = trap
    child = start(what, bench.platform.url, bench.folder, *more)
    trap.pid = child.pid
    trap.known.set()
    out, trouble = child.communicate("go\n", timeout=30)
    assert child.returncode == -signal.SIGKILL, (out, trouble)
    bench.platform.default = reports


STAGES = {
    "while it is asked for": (1, ()),
    "at the first look": (2, ()),
    "at the last look": (4, ()),
    "while its file comes": (5, ()),
    "while its rows are read": (0, ("rows",)),
    "when its window is on disk but not loaded": (0, ("landed",)),
}


@pytest.mark.parametrize(("number", "more"), STAGES.values(), ids=STAGES.keys())
def test_a_killed_run_is_resumed_with_the_same_report(
    bench: Bench, reports: Reports, number: int, more: tuple[str, ...]
) -> None:
    _killed(bench, reports, "findable", number, *more)
    assert reports.creates == 1

    window = only(pulled("findable", bench.platform.url, bench.folder))

    assert (window.rows, reports.creates) == (6, 1)
    assert _jobs(bench) == [("R1", True)]


def test_without_a_look_up_a_report_lost_while_asking_is_asked_for_once_more(
    bench: Bench, reports: Reports
) -> None:
    _killed(bench, reports, "report", 1)

    window = only(pulled("report", bench.platform.url, bench.folder))

    assert (window.rows, reports.creates) == (6, 2)
    assert _jobs(bench) == [("R2", True)]


def test_a_report_whose_answer_was_lost_is_found_instead_of_asked_for_again(
    bench: Bench, reports: Reports
) -> None:
    reports.lost_creates = 1

    window = only(_pull(bench, Clock(NOW), report(find=FIND)))

    assert (window.rows, reports.creates) == (6, 1)
    assert reports.log[:2] == ["create", "find"]


def test_a_question_that_was_not_taken_is_asked_again_and_a_lasting_trouble_is_loud(
    bench: Bench, reports: Reports
) -> None:
    bench.platform.script = [Reply(status=503, body={}), Reply({"id": None})]

    window = only(_pull(bench, Clock(NOW), report(find=FIND)))

    assert (window.rows, reports.creates) == (6, 1)
    bench.platform.default = lambda _: Reply(status=503, body={})
    failed = only_failed(_pull(bench, Clock(NOW + timedelta(days=1)), report()))
    assert failed.code == "P102"


def test_a_post_that_begins_a_report_is_never_sent_twice_by_the_client(
    bench: Bench, reports: Reports
) -> None:
    reports.lost_creates = 1
    clock = Clock(NOW)

    only(_pull(bench, clock, report()))

    assert reports.log[:2] == ["create", "create"]
    assert clock.elapsed >= report().poll[0], (
        "between them the collector had its pause, not the client its own"
    )


def test_a_failed_report_is_not_asked_for_again_before_its_cool_down_is_over(
    bench: Bench, reports: Reports
) -> None:
    reports.ending = "dead"
    clock = Clock(NOW)

    first = only_failed(_pull(bench, clock))
    clock.advance(timedelta(minutes=29))
    second = only_failed(_pull(bench, clock))

    assert (first.code, second.code) == ("P113", "P113")
    assert "E7" in first.cause
    assert "E7" in second.cause
    assert reports.creates == 1
    clock.advance(timedelta(minutes=2))
    reports.ending = "done"
    assert only(_pull(bench, clock)).rows == 6
    assert reports.creates == 2


def test_an_empty_report_proves_nothing_unless_the_stream_says_why(bench: Bench, reports: Reports) -> None:
    reports.ending = "none"

    failed = only_failed(_pull(bench, Clock(NOW)))

    assert failed.code == "P107"
    assert bench.landed() == []


def test_an_empty_report_with_a_reason_is_a_proven_window_without_rows(
    bench: Bench, reports: Reports
) -> None:
    reports.ending = "none"
    reason = "no campaign had a single impression"

    window = only(_pull(bench, Clock(NOW), report(empty_reason=reason)))

    assert (window.rows, window.proof) == (0, f"empty: {reason}")
    assert window.replaces == (DAYS[0], DAYS[-1])


def test_a_report_that_is_never_ready_is_left_to_the_next_run_with_its_id(
    bench: Bench, reports: Reports
) -> None:
    reports.ending = "queued"
    clock = Clock(NOW)

    failed = only_failed(_pull(bench, clock))

    assert failed.code == "P114"
    assert "R1" in failed.cause
    assert clock.elapsed <= 60 + 60, "no longer than its patience and one pause"
    reports.ending = "done"
    assert only(_pull(bench, clock)).rows == 6
    assert reports.creates == 1


def test_a_report_asked_for_long_ago_is_asked_for_anew(bench: Bench, reports: Reports) -> None:
    reports.ending = "queued"
    clock = Clock(NOW)
    only_failed(_pull(bench, clock, report(lives=timedelta(hours=2))))
    clock.advance(timedelta(hours=3))
    reports.ending = "done"

    window = only(_pull(bench, clock, report(lives=timedelta(hours=2))))

    assert (window.rows, reports.creates) == (6, 2)


def test_a_collected_report_answers_again_for_a_while_and_then_a_new_one_is_made(
    bench: Bench, reports: Reports
) -> None:
    clock = Clock(NOW)

    for wait, creates in ((0, 1), (20, 1), (40, 2)):
        clock.advance(timedelta(minutes=wait))
        assert only(_pull(bench, clock)).rows == 6
        assert reports.creates == creates


def test_an_expired_address_is_asked_for_anew_without_a_new_report(bench: Bench, reports: Reports) -> None:
    reports.dead_urls = 1

    window = only(_pull(bench, Clock(NOW)))

    assert (window.rows, reports.creates) == (6, 1)
    assert reports.log[-3:] == ["file", "status", "file"]


def test_an_address_that_stays_dead_is_loud(bench: Bench, reports: Reports) -> None:
    reports.dead_urls = 99

    failed = only_failed(_pull(bench, Clock(NOW)))

    assert failed.code == "P102"
    assert "HTTP 403" in failed.cause
    assert bench.platform.url not in failed.cause
    assert (reports.creates, reports.log.count("file")) == (1, 3)


def test_a_report_for_other_days_is_refused(bench: Bench, reports: Reports) -> None:
    reports.moved = -1

    failed = only_failed(_pull(bench, Clock(NOW)))

    assert failed.code == "P108"
    assert bench.landed() == []


def test_rows_of_other_days_are_refused_also_when_the_report_echoes_the_asked_ones(
    bench: Bench, reports: Reports
) -> None:
    reports.spoil = lambda _: gzip.compress(b"id\tday\tamount\nC0\t2026-11-19\t1.10\n")

    failed = only_failed(_pull(bench, Clock(NOW), proof=WholeReport()))

    assert failed.code == "P108"
    assert "2026-11-19" in failed.cause


def test_a_report_that_does_not_add_up_is_made_anew_where_figures_move(
    bench: Bench, reports: Reports
) -> None:
    seen: list[int] = []

    def short_once(data: bytes) -> bytes:
        seen.append(1)
        lines = gzip.decompress(data).splitlines(keepends=True)
        return gzip.compress(b"".join(lines[:-1] if len(seen) == 1 else lines))

    reports.spoil = short_once

    window = only(_pull(bench, Clock(NOW), report(moves=True)))

    assert (window.rows, reports.creates) == (6, 2)


def test_two_accounts_or_two_questions_never_share_a_report(bench: Bench, reports: Reports) -> None:
    clock = Clock(NOW)
    state = State(bench.folder / FILE)
    given = {"span_from": FIRST_DAY, "as_of": NOW, "runtime": runtime(clock, state)}

    for shop in ("uk", "us"):
        only(bench.pull(kit(report_stream()), shop_id=shop, **given))
    bench.pull(kit(report_stream(max_window_days=1)), **given)

    assert reports.creates == 2 + 3
