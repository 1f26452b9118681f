"""Pulls every account of the asked streams and loads what was proven.

Fetching holds no database lock: threads read the accounts of all asked streams side by side into a short queue, and the
step opens the warehouse only to load what lies there: DuckDB lets one process write at a time (duckdb.org, "Concurrency"),
and a slow platform must not keep other runs from it. One bad account never stops the others.
"""

import os
import queue
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from connectors.kit import AccountSettings, Landing, Progress, Runtime, pull
from connectors.kit.contract.windows import Window
from connectors.kit.transport.state import FILE, State
from models.errors import MeritError
from models.loads import FailedWindow, PulledWindow, StreamRef
from models.periods import day_bounds
from pipelines.company.company import Company
from pipelines.company.processes import is_alive
from pipelines.company.run_scope import RunScope, tell, tell_now
from pipelines.company.sandbox import Surroundings
from pipelines.company.sources import DeclaredAccount, source_accounts
from warehouse.raw.coverage import Coverage, read_coverage
from warehouse.raw.load import load_window, open_for_loads, record_failure, set_source_accounts, stream_state
from warehouse.store.connect import open_warehouse

Pulled = PulledWindow | FailedWindow
StreamName = tuple[str, str]  # connector, stream

_AHEAD = 16  # windows read ahead per worker: enough to keep the platform busy while a batch is loaded
_BATCH = 48  # windows loaded before the warehouse is let go for other runs
_SHOW_EVERY = 30  # windows between two lines of progress
WORKERS = 32  # accounts and streams read side by side; most of the time they wait for their platforms


@dataclass(frozen=True)
class UndeliveredWindow:
    """A window that was not delivered."""

    ref: StreamRef
    window_from: datetime
    window_to: datetime
    code: str
    cause: str


@dataclass(kw_only=True)
class PullReport:
    """What one account of a stream brought, and what it cost."""

    ref: StreamRef
    windows: int = 0
    rows: int = 0
    new_rows: int = 0
    changed_rows: int = 0
    late_rows: int = 0  # changed rows of days that were already final
    quarantined: int = 0
    requests: int = 0
    retries: int = 0
    waited_seconds: Decimal = Decimal(0)
    proof: str = ""  # of the newest window
    proven_to: datetime | None = None
    drift: Counter[str] = field(default_factory=Counter)
    failures: list[UndeliveredWindow] = field(default_factory=list)


@dataclass(frozen=True)
class _Job:
    """One account of one stream to read: from where, and with which cursor."""

    ref: StreamRef
    account: AccountSettings
    span_from: datetime
    cursor: str | None
    is_held: Callable[[Window], bool] = lambda _: False


def pull_streams(
    work: RunScope, streams: Iterable[StreamName], around: Surroundings, zone: str = ""
) -> dict[StreamName, list[PullReport]]:
    """Pull all accounts of the streams side by side for the days of the work and load the proven windows.

    With `zone` only the accounts of that time zone: a day that its platform shows for a few hours is read at its own midnight.
    """
    asked = [
        (source, StreamRef(connector, stream, source.shop_id))
        for connector, stream in streams
        for source in work.company.sources
        if source.connector == connector and stream in source.stream_names and zone in ("", source.zone)
    ]
    reports = {ref: PullReport(ref=ref) for _, ref in asked}
    jobs = _jobs(work, asked, around)
    remove_dead_spools(work.home.spool)
    for batch in _batches(work, jobs, around.runtime or shared_runtime(work.home.root)):
        _load(work, batch, reports)
    found: dict[StreamName, list[PullReport]] = {}
    for ref, report in reports.items():
        tell("pull", _sentence(report), line=str(ref))
        found.setdefault((ref.connector, ref.stream), []).append(report)
    return found


def remove_dead_spools(root: Path) -> None:
    """A killed run leaves its records behind; they were not loaded, or are in the landing files anyway."""
    for folder in root.iterdir() if root.is_dir() else ():
        if not (folder.name.isdigit() and is_alive(int(folder.name))):
            shutil.rmtree(folder, ignore_errors=True)


def register_accounts(con: DuckDBPyConnection, company: Company) -> None:
    """Tell the warehouse which accounts there are."""
    set_source_accounts(con, source_accounts(company.sources, company.drops, company.first_day))


@cache
def shared_runtime(root: Path) -> Runtime:
    """The rate limits, tokens and report ids of a home: one object for all pulls of this process."""
    return Runtime(state=State(root / FILE))


def _jobs(work: RunScope, asked: list[tuple[DeclaredAccount, StreamRef]], around: Surroundings) -> list[_Job]:
    """What to read, after a short look at the cursors."""
    jobs = []
    with open_warehouse(work.home.root) as con:
        register_accounts(con, work.company)
        # only days that their platform soon forgets need a look at what is proven: it reads every load record
        lasting = any(source.kit.stream(ref.stream).is_snapshot for source, ref in asked)
        coverage = read_coverage(con) if lasting else None
        for source, ref in asked:
            account = source.account(around.environment, around.sandbox_url)
            if source.kit.stream(ref.stream).of(source.settings).windows.kind != "cursor":
                start = day_bounds(work.first, source.zone)[0]
                jobs.append(_Job(ref, account, start, None, _held(coverage, ref)))
                continue
            cursor, covered_to = stream_state(con, ref)
            if covered_to is None or cursor is None:
                jobs.append(_Job(ref, account, _beginning(source, work.first), None))
            # a cursor that has reached this instant has nothing left to ask for
            elif covered_to < work.as_of:
                jobs.append(_Job(ref, account, covered_to, cursor))
    return jobs


def _held(coverage: Coverage | None, ref: StreamRef) -> Callable[[Window], bool]:
    """Whether a window is proven already."""
    account = coverage.account(ref) if coverage else None
    return lambda window: account is not None and account.holds(window.start, window.end)


def _beginning(source: DeclaredAccount, first: date) -> datetime:
    """A cursor only goes forward, so it starts where the account starts: no earlier day can follow."""
    day = min(first, source.active_from) if source.active_from else first
    return day_bounds(day, source.zone)[0]


def _batches(work: RunScope, jobs: list[_Job], runtime: Runtime) -> Iterator[list[Pulled]]:
    """Windows as they come, several at a time where several wait."""
    todo: queue.SimpleQueue[_Job] = queue.SimpleQueue()
    for job in jobs:
        todo.put(job)
    running = min(WORKERS, len(jobs))
    # Bounded: threads stop reading when the loading is behind, so that no platform can fill the memory.
    waiting: queue.Queue[Pulled | BaseException | None] = queue.Queue(_AHEAD * max(1, running))
    stop = threading.Event()
    reading = _PullThreads(work, runtime, waiting, stop)
    for _ in range(running):
        # Daemons: Ctrl-C ends the command although a thread still waits for its platform.
        threading.Thread(target=_worker, args=(reading, todo), daemon=True).start()
    try:
        while running:
            items = _take(waiting)
            running -= sum(item is None for item in items)
            for item in items:
                if isinstance(item, BaseException):
                    raise item
            if batch := [item for item in items if isinstance(item, PulledWindow | FailedWindow)]:
                yield batch
    finally:
        stop.set()


def _take(waiting: "queue.Queue[Pulled | BaseException | None]") -> list[Pulled | BaseException | None]:
    # waits for one window, then takes whatever else lies there: one opening of the warehouse for all
    items = [waiting.get()]
    with suppress(queue.Empty):
        while len(items) < _BATCH:
            items.append(waiting.get_nowait())
    return items


@dataclass(frozen=True)
class _PullThreads:
    """What all reading threads of a pull share."""

    work: RunScope
    runtime: Runtime
    waiting: "queue.Queue[Pulled | BaseException | None]"
    stop: threading.Event

    def put(self, item: Pulled | BaseException | None) -> None:
        """Hand over, unless nobody takes any more."""
        while not self.stop.is_set():
            with suppress(queue.Full):
                self.waiting.put(item, timeout=0.5)  # look twice a second whether somebody stopped the pull
                return


def _worker(reading: _PullThreads, todo: "queue.SimpleQueue[_Job]") -> None:
    """Thread body: one job after the other; every result goes into the queue, also the one that ends it."""
    try:
        while not reading.stop.is_set():
            with suppress(queue.Empty):
                _read(reading, todo.get_nowait())
                continue
            return
    except Exception as error:  # noqa: BLE001 - a thread must hand over whatever ends it
        reading.put(error)
    finally:
        # None: this thread has ended; _batches counts them
        reading.put(None)


def _read(reading: _PullThreads, job: _Job) -> None:
    """One account of one stream; a trouble of its own is its own failed window."""
    work = reading.work
    try:
        windows = pull(
            work.company.connector(job.ref.connector),
            job.ref.stream,
            job.account,
            span_from=job.span_from,
            as_of=work.as_of,
            cursor=job.cursor,
            landing=Landing(work.home.landing),
            spool=work.home.spool / str(os.getpid()),
            runtime=reading.runtime,
            progress=_page_read,
            is_held=job.is_held,
        )
        for window in windows:
            reading.put(window)
            if reading.stop.is_set():
                return
    except MeritError as error:
        reading.put(_unreadable(work, job, error))


def _unreadable(work: RunScope, job: _Job, error: MeritError) -> FailedWindow:
    cause = f"{error.what} ({error.actual})" if error.actual else error.what
    stream = work.company.connector(job.ref.connector).stream(job.ref.stream)
    kind = stream.of(job.account.settings).windows.kind
    # the instant that somebody named may lie before the days: a window must not end before it starts
    start = min(job.span_from, work.as_of)
    return FailedWindow(
        ref=job.ref,
        window_from=start,
        window_to=work.as_of,
        kind=kind,
        code=error.code,
        cause=cause,
        as_of=work.as_of,
    )


def _load(work: RunScope, batch: list[Pulled], reports: dict[StreamRef, PullReport]) -> None:
    with open_for_loads(work.home.root) as con:
        for window in batch:
            report = reports[window.ref]
            report.windows += 1
            report.requests += window.requests
            report.retries += window.retries
            report.waited_seconds += window.waited_seconds
            if isinstance(window, FailedWindow):
                record_failure(con, window)
                report.failures.append(
                    UndeliveredWindow(
                        window.ref, window.window_from, window.window_to, window.code, window.cause
                    )
                )
                continue
            result = load_window(con, window)
            report.rows += window.rows
            report.new_rows += result.new_rows
            report.changed_rows += result.changed_rows
            report.late_rows += result.late_rows
            report.quarantined += len(window.quarantined)
            report.drift.update(window.drift)
            if report.proven_to is None or window.window_to >= report.proven_to:
                report.proof, report.proven_to = window.proof, window.window_to
    # after the warehouse was let go: neither deleting files nor telling needs its lock
    for window in batch:
        if isinstance(window, PulledWindow):
            window.records_path.unlink(missing_ok=True)
        _show(work, window, reports[window.ref])


def _show(work: RunScope, window: Pulled, report: PullReport) -> None:
    if isinstance(window, FailedWindow):
        tell("pull", f"{window.ref} {window.window_from:%Y-%m-%d} failed [{window.code}] {window.cause}")
        return
    left = (work.as_of - window.window_to).days
    tell_now(
        "pull",
        f"{window.ref} {report.windows} windows, {report.rows:,} rows, {left} days left",
        line=str(window.ref),
        is_milestone=report.windows % _SHOW_EVERY == 0,
    )


def _page_read(progress: Progress) -> None:
    day = f"{progress.window.start:%Y-%m-%d}"
    tell_now("pull", f"{progress.ref} {day}, page {progress.pages}", line=str(progress.ref))


def _sentence(report: PullReport) -> str:
    failed = f", {len(report.failures)} windows FAILED" if report.failures else ""
    late = f", {report.late_rows:,} on days that were final" if report.late_rows else ""
    return (
        f"{report.ref} {report.windows} windows, {report.rows:,} rows: {report.new_rows:,} new,"
        f" {report.changed_rows:,} changed{late}{failed}"
    )
