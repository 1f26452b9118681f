"""`kpi connectors check`: every account and stream is asked for a little, nothing is loaded.

Belongs here: what is asked, how the answer is told. Not here: pulling for good (connector_loads.py), what is remembered
(doctor.py).
"""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.kit import Landing, Runtime, pull
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.windows import local_day, midnight
from models.errors import MeritError, PullError, UsageError
from models.loads import FailedWindow, PulledWindow
from pipelines.commands.table import table
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import tell
from pipelines.company.sandbox import Surroundings, surroundings
from pipelines.company.sources import DeclaredAccount
from pipelines.steps.pull import WORKERS, shared_runtime

_HOUR = timedelta(hours=1)  # long enough to hold an order in a working shop, short enough for one page
_GONE = "P112"  # the platform shows the window no more: no fault, and nothing to do about it


@dataclass(frozen=True)
class ProbeAnswer:
    """What asking one stream of one account gave; `trouble` is what stands in the way."""

    source: DeclaredAccount
    stream: str
    said: str
    trouble: MeritError | None = None


@dataclass(frozen=True)
class Probe:
    """How to ask: nothing asked here may differ from what a run would do, tokens and budgets included."""

    company: Company
    around: Surroundings
    runtime: Runtime
    scratch: Path
    with_reports: bool

    def answer(self, source: DeclaredAccount, name: str) -> ProbeAnswer:
        """The stream's answer."""
        stream = source.kit.stream(name).of(source.settings)
        if stream.report is not None and not self.with_reports:
            return ProbeAnswer(source, name, "not asked: a report would have to be made (--reports)")
        found = self._told(source, stream)
        tell("check", f"{source.connector}.{name}[{source.shop_id}] {found.said}")
        return found

    def _told(self, source: DeclaredAccount, stream: Stream[Any]) -> ProbeAnswer:
        try:
            results = self._asked(source, stream)
        except MeritError as error:
            return _bad(source, stream.name, error.code, error.what)
        failure = next((r for r in results if isinstance(r, FailedWindow)), None)
        if failure is not None and failure.code == _GONE:
            return ProbeAnswer(source, stream.name, "not asked: the platform shows a day only while it lasts")
        if failure is not None:
            return _bad(source, stream.name, failure.code, failure.cause)
        return ProbeAnswer(source, stream.name, _good([r for r in results if isinstance(r, PulledWindow)]))

    def _asked(self, source: DeclaredAccount, stream: Stream[Any]) -> list[PulledWindow | FailedWindow]:
        end = clock.as_of(self.company, source.active_to or last_open(self.company))
        account = source.account(self.around.environment, self.around.sandbox_url)
        return list(
            pull(
                source.kit,
                stream.name,
                account,
                # a pull goes back by the look-back itself: added first, so that a check asks for its hour alone
                span_from=_start(end, stream, source) + stream.windows.lookback,
                as_of=end,
                # nothing is loaded, so nothing of it stays below landing/ either
                landing=Landing(self.scratch / "landing"),
                spool=self.scratch / "spool",
                runtime=self.runtime,
            )
        )


def check_accounts(company: Company, connector: str, *, with_reports: bool) -> int:
    """Ask every account and stream that is pulled, or those of one connector; returns 1 when one does not answer properly.

    Raises:
        UsageError: U029 when no account uses the connector.
    """
    sources = _chosen_sources(company, connector)
    as_of = clock.as_of(company, last_open(company))
    with surroundings(company, as_of) as around, tempfile.TemporaryDirectory() as scratch:
        runtime = around.runtime or shared_runtime(Home.of().root)
        probe = Probe(company, around, runtime, Path(scratch), with_reports)
        asked = [(source, name) for source in sources for name in source.stream_names]
        # at least one: a company without accounts asks nobody, and a pool of no threads is refused
        with ThreadPoolExecutor(max(1, min(WORKERS, len(asked)))) as pool:
            # in the order of sources.yaml, whoever answers first
            answers = list(pool.map(lambda one: probe.answer(*one), asked))
    print(_report(answers))
    return 1 if any(answer.trouble for answer in answers) else 0


def last_open(company: Company) -> date:
    """The last day on which any account was open; yesterday while one still is."""
    ends = [source.active_to for source in company.sources]
    known = [day for day in ends if day is not None]
    if company.clock == "replay":
        return max(known) if known else company.last_day or company.first_day
    return clock.due_day(company)


def _chosen_sources(company: Company, connector: str) -> Sequence[DeclaredAccount]:
    found = [s for s in company.sources if connector in ("", s.connector)]
    if connector and not found:
        known = sorted({source.connector for source in company.sources})
        remedy = f"used by sources.yaml: {', '.join(known) or 'none'}"
        raise UsageError("U029", "no account uses this connector", actual=connector[:40], remedy=remedy)
    return found


def _start(end: datetime, stream: Stream[Any], source: DeclaredAccount) -> datetime:
    """The last hour, or the last day that is over, so that every stream has something to answer."""
    if stream.windows.kind != "day":
        return end - _HOUR - stream.windows.lag
    zone = source.account({}).tz
    return midnight(local_day(end - stream.windows.lag, zone) - timedelta(days=1), zone)


def _bad(source: DeclaredAccount, stream: str, code: str, cause: str) -> ProbeAnswer:
    where = f"{source.connector}.{stream}[{source.shop_id}], {source.where}"
    return ProbeAnswer(source, stream, f"[{code}] {cause}", PullError(code, cause, where=where))


def _good(windows: list[PulledWindow]) -> str:
    if not windows:
        return "ok, nothing to ask for"
    rows, start, end = sum(w.rows for w in windows), windows[0].window_from, windows[-1].window_to
    return f"ok, {rows} rows in {start:%Y-%m-%d %H:%M}..{end:%m-%d %H:%M} UTC, {windows[-1].proof}"


def _report(answers: Sequence[ProbeAnswer]) -> str:
    rows = [[a.source.connector, a.stream, a.source.shop_id, a.said] for a in answers]
    lines = [table(["connector", "stream", "account", "result"], rows)]
    lines += [answer.trouble.render() for answer in answers if answer.trouble is not None]
    return "\n".join(lines)
