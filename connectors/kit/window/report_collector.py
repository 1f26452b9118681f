"""Brings one report from the question to the answer that tells where its rows are: asked for once, remembered before waiting.

Belongs here: the steps, which survive a kill at any point. Not here: what a platform's report looks like (contract/reports.py),
where its id is remembered (transport/state.py), its file (live.py).
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from connectors.kit.contract.errors import (
    ReportFailed,
    ReportPending,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.reports import JobState, Report
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dumps
from connectors.kit.transport.state import ReportJob, State

CREATES = 3  # tries to begin one report; a platform that drops the third answer is down, and the next run asks again


class ReportCaller(Protocol):
    """One safe call and a pause, as the client offers them."""

    def call(self, request: Request) -> Json:
        """The accepted answer."""

    def pause(self, seconds: float) -> None:
        """Wait without using up the window's time."""

    def now(self) -> datetime:
        """The clock on the wall."""


@dataclass(kw_only=True)
class ReportCollector:
    """Brings one report from the question to the answer that tells where its file is."""

    report: Report
    query: PageQuery
    caller: ReportCaller
    state: State
    names: tuple[str, str, str]  # connector, stream, shop
    job: ReportJob | None = field(init=False, default=None)

    @property
    def spec(self) -> str:
        """The same question of the same account has the same name."""
        parts = [*self.names, dumps(self.report.create(self.query).describe())]
        # \x1f cannot stand in a name: two different questions never become one text
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def collect(self) -> tuple[JobState, Json]:
        """READY or EMPTY, with the status answer.

        Raises:
            ReportFailed: the platform gave up, or did so a short while ago.
            ReportPending: not ready within the patience of a run; the next run goes on with the same id.
        """
        job = self._known() or self._create()
        self.job = job
        state, body = self._wait(job)
        if state is JobState.EMPTY and self.report.doubts_empty:
            # a new question: the first report stays what it is, however often it is looked at
            self.job = self._create()
            state, body = self._wait(self.job)
        return state, body

    def collected(self) -> None:
        """Note that the file was read whole."""
        if self.job is not None:
            self.state.keep_job(replace(self.job, collected_at=self.caller.now()))

    def refused(self) -> None:
        """Note that the rows did not add up: the next question is a new one."""
        if self.job is not None and self.report.moves:
            self.state.keep_job(replace(self.job, cool_until=self.caller.now(), why="did not add up"))

    def _known(self) -> ReportJob | None:
        job, now = self.state.job(self.spec), self.caller.now()
        if job is None:
            return None
        if job.cool_until is not None:
            if now < job.cool_until:
                raise ReportFailed(
                    "the report failed a short while ago",
                    actual=f"{job.why}; again after {_text(job.cool_until)}",
                )
            return None  # cooled down: asked anew
        if job.collected_at is not None and now - job.collected_at > self.report.reuse:
            return None
        if now - job.asked_at > self.report.lives:
            return None
        return job if job.id is not None else self._looked_up(job)

    def _looked_up(self, job: ReportJob) -> ReportJob | None:
        """Whether the platform took a request whose answer nobody saw."""
        if self.report.find is None:
            return None
        request, read = self.report.find
        found = read(self.caller.call(request(self.query, job.asked_at)), self.query)
        if found is None:
            return None
        known = replace(job, id=found)
        self.state.keep_job(known)
        return known

    def _create(self) -> ReportJob:
        connector, stream, shop = self.names
        asked = ReportJob(
            spec=self.spec,
            connector=connector,
            stream=stream,
            shop=shop,
            id=None,
            asked_at=self.caller.now(),
        )
        self.state.keep_job(asked)  # before asking: a kill in between must not ask twice unseen
        # the client may not send it twice by itself: between two tries the look-up must have its turn
        request = replace(self.report.create(self.query), repeatable=False)
        for left in reversed(range(CREATES)):
            try:
                found = self.report.created(self.caller.call(request))
            except Throttled:
                raise  # it was not taken: the client has waited as long as a run waits
            except Transient:
                known = self._looked_up(asked)
                if known is not None:
                    return known
                self.caller.pause(self.report.poll[0])
                if not left:
                    raise
                continue
            if not isinstance(found, str) or not found:
                raise SchemaDrift("the platform gave the report no id")
            job = replace(asked, id=found)
            self.state.keep_job(job)
            return job
        raise AssertionError  # the loop returns or raises

    def _wait(self, job: ReportJob) -> tuple[JobState, Json]:
        report_id = job.id or ""  # never empty here: _known and _create see to it
        pause, waited = self.report.poll[0], 0.0
        while True:
            body = self.caller.call(self.report.status(self.query, report_id))
            status = self.report.read(body)
            if status.state is JobState.READY:
                return status.state, body
            if status.state is JobState.EMPTY:
                if not self.report.empty_reason:
                    raise SchemaDrift("the report claims to be empty, which this stream does not know")
                return status.state, body
            if status.state is JobState.FAILED:
                raise self._failed(job, status.why)
            # after the look, not before: a report that is ready at the end of the patience is taken
            if waited >= self.report.patience:
                raise ReportPending(
                    "the report is not ready yet", actual=f"id {report_id[:60]}, {status.state}"
                )
            self.caller.pause(pause)
            waited += pause
            pause = min(pause * 1.5, self.report.poll[1])

    def _failed(self, job: ReportJob, why: str) -> ReportFailed:
        until = self.caller.now() + self.report.cool_down
        reason = f"id {(job.id or '')[:60]}{', ' if why else ''}{why[:80]}"
        self.state.keep_job(replace(job, cool_until=until, why=reason))
        return ReportFailed(
            "the platform gave up on the report", actual=f"{reason}; again after {_text(until)}"
        )


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")
