"""Reports that a platform makes while we wait: asked for once, remembered before waiting, collected whole.

Belongs here: the declaration of a report and the steps from asking to its file. Not here: the file (documents.py), what
survives a kill (state.py), what a row means.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from connectors.kit.contract.documents import Format, Location
from connectors.kit.contract.errors import (
    DeclarationWrong,
    ReportFailed,
    ReportPending,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Pager
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.transport.state import Job, State


class JobState(StrEnum):
    """Where a report is, in words that every platform's own map onto."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    EMPTY = "EMPTY"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Status:
    """What a status answer says; `why` is a code of the platform, never its free text."""

    state: JobState
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows of a ready report that are served page by page instead of as a file.

    Args:
        request: a page, from the question, the status answer and the page's token (None for the first).
        pager: how pages are chained.
        records: dotted path of the rows.
    """

    request: Callable[[Ask, Json, str | None], Request]
    pager: Pager
    records: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a platform makes a report.

    Args:
        create: the request that asks for it.
        created: its id in the answer.
        status: the request that asks how far it is.
        read: the state in that answer.
        document: a further request that tells where the file is; None when the status says so.
        location: where the file is, in the last of these answers; with `format`.
        format: how rows lie in the file.
        listing: how rows are served page by page, where there is no file.
        keeps: scalar fields of the status answer that are stored and that a proof may read.
        echo: whether the file's head and status fit what was asked; called with (ask, head, status answer).
        find: looks a report up whose id was lost in a kill: the request and its id in the answer (None = not there).
        cool_down: how long a failed report is not asked for again.
        empty_reason: why an EMPTY report proves that there is nothing; needed where the platform has such a state.
        reuse: a collected report answers the same question again for this long, so that a kill before loading costs nothing.
        lives: a report asked for longer ago than this is asked for anew.
        poll: first and longest pause between two looks, seconds.
        patience: seconds after which a run leaves the report to the next one.
        assemble: joins rows of the file into records, where one record is several rows.
        wire: what a row is on the wire, where `assemble` makes other records of it: nothing else gets that far.
        sums: numeric fields that are added up over the rows, for a proof that knows their totals.
        moves: figures move while they are read, so that a report that does not add up is asked for anew.
    """

    create: Callable[[Ask], Request]
    created: Callable[[Json], str]
    status: Callable[[Ask, str], Request]
    read: Callable[[Json], Status]
    location: Callable[[Json], Location] | None = None
    format: Format | None = None
    listing: Listing | None = None
    document: Callable[[Ask, Json], Request] | None = None
    keeps: tuple[str, ...] = ()
    echo: Callable[[Ask, Json, Json], bool] | None = None
    find: tuple[Callable[[Ask, datetime], Request], Callable[[Json, Ask], str | None]] | None = None
    cool_down: timedelta = timedelta(minutes=30)
    empty_reason: str = ""
    reuse: timedelta = timedelta(minutes=30)
    lives: timedelta = timedelta(hours=20)
    poll: tuple[float, float] = (5.0, 60.0)
    patience: float = 900.0
    assemble: Callable[..., object] | None = None
    wire: type[Row] | None = None
    sums: tuple[str, ...] = ()
    moves: bool = False

    def __post_init__(self) -> None:
        if (self.location is None) is not (self.format is None) or (self.location is None) is (
            self.listing is None
        ):
            raise DeclarationWrong("a report is a file (location and format) or a listing, one of them")


class Caller(Protocol):
    """One safe call and a pause, as the client offers them."""

    def ask(self, request: Request) -> Json:
        """The accepted answer."""

    def pause(self, seconds: float) -> None:
        """Wait without using up the window's time."""

    def now(self) -> datetime:
        """The clock on the wall."""


@dataclass
class Collector:
    """Brings one report from the question to the answer that tells where its file is."""

    report: Report
    ask: Ask
    caller: Caller
    state: State
    names: tuple[str, str, str]  # connector, stream, shop
    job: Job | None = field(init=False, default=None)

    @property
    def spec(self) -> str:
        """The same question of the same account has the same name."""
        parts = [*self.names, dumps(self.report.create(self.ask).describe())]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def collect(self) -> tuple[JobState, Json]:
        """READY or EMPTY, with the status answer.

        Raises:
            ReportFailed: the platform gave up, or did so a short while ago.
            ReportPending: not ready within the patience of a run; the next run goes on with the same id.
        """
        job = self._known() or self._create()
        self.job = job
        return self._wait(job)

    def collected(self) -> None:
        """Note that the file was read whole."""
        if self.job is not None:
            self.state.keep_job(replace(self.job, collected_at=self.caller.now()))

    def refused(self) -> None:
        """Note that the rows did not add up: the next question is a new one."""
        if self.job is not None and self.report.moves:
            self.state.keep_job(replace(self.job, cool_until=self.caller.now(), why="did not add up"))

    def _known(self) -> Job | None:
        job, now = self.state.job(self.spec), self.caller.now()
        if job is None:
            return None
        if job.cool_until is not None:
            if now < job.cool_until:
                raise ReportFailed(
                    "the report failed a short while ago",
                    actual=f"{job.why}; again after {_text(job.cool_until)}",
                )
            return None
        if job.collected_at is not None and now - job.collected_at > self.report.reuse:
            return None
        if now - job.asked_at > self.report.lives:
            return None
        return job if job.id is not None else self._looked_up(job)

    def _looked_up(self, job: Job) -> Job | None:
        """Whether the platform took a request whose answer nobody saw."""
        if self.report.find is None:
            return None
        request, read = self.report.find
        found = read(self.caller.ask(request(self.ask, job.asked_at)), self.ask)
        if found is None:
            return None
        known = replace(job, id=found)
        self.state.keep_job(known)
        return known

    def _create(self) -> Job:
        connector, stream, shop = self.names
        asked = Job(self.spec, connector, stream, shop, None, self.caller.now())
        self.state.keep_job(asked)  # before asking: a kill in between must not ask twice unseen
        request = replace(self.report.create(self.ask), repeatable=False)
        trouble: Transient | None = None
        for _ in range(3):
            try:
                found = self.report.created(self.caller.ask(request))
            except Throttled:
                raise  # it was not taken: the client has waited as long as a run waits
            except Transient as error:
                trouble = error
                known = self._looked_up(asked)
                if known is not None:
                    return known
                self.caller.pause(self.report.poll[0])
                continue
            if not isinstance(found, str) or not found:
                raise SchemaDrift("the platform gave the report no id")
            job = replace(asked, id=found)
            self.state.keep_job(job)
            return job
        assert trouble is not None  # noqa: S101 - the loop ended only by trouble
        raise trouble

    def _wait(self, job: Job) -> tuple[JobState, Json]:
        assert job.id is not None  # noqa: S101 - _known and _create see to it
        pause, waited = self.report.poll[0], 0.0
        while True:
            body = self.caller.ask(self.report.status(self.ask, job.id))
            status = self.report.read(body)
            if status.state is JobState.READY:
                return status.state, body
            if status.state is JobState.EMPTY:
                if not self.report.empty_reason:
                    raise SchemaDrift("the report claims to be empty, which this stream does not know")
                return status.state, body
            if status.state is JobState.FAILED:
                raise self._failed(job, status.why)
            if waited >= self.report.patience:
                raise ReportPending("the report is not ready yet", actual=f"id {job.id[:60]}, {status.state}")
            self.caller.pause(pause)
            waited += pause
            pause = min(pause * 1.5, self.report.poll[1])

    def _failed(self, job: Job, why: str) -> ReportFailed:
        until = self.caller.now() + self.report.cool_down
        reason = f"id {(job.id or '')[:60]}{', ' if why else ''}{why[:80]}"
        self.state.keep_job(replace(job, cool_until=until, why=reason))
        return ReportFailed(
            "the platform gave up on the report", actual=f"{reason}; again after {_text(until)}"
        )


def kept_status(body: Json, keeps: tuple[str, ...]) -> Mapping[str, Json]:
    """The declared scalar fields of a status answer, flat by their last name."""
    found: dict[str, Json] = {}
    for path in keeps:
        value = body
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, dict | list):
            found[path.rpartition(".")[2]] = value
    return found


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")
