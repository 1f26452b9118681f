"""Where experiments run: a server, a fake platform, a fake clock, folders, and the reference of a clean run.

Belongs here: running a pull and judging its windows. Not here: which faults (traps) and which promises
(the `points_` modules).
"""

import copy
import itertools
import os
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connectors.kit.contract.account import AccountSettings
from connectors.kit.transport.runtime import Runtime
from connectors.kit.transport.state import FILE, State
from connectors.kit.window.landing import Landing
from connectors.kit.window.pull import pull
from connectors.testing.clock import Clock
from connectors.testing.conformance.case import StreamCase
from connectors.testing.conformance.store import Store, Stored, Taken, difference, text_of
from connectors.testing.conformance.verdicts import Unproven, expect
from connectors.testing.loopback import Served
from connectors.testing.platform import Platform, PlatformCall, Trap
from connectors.testing.spoil import Shape
from models.loads import FailedWindow, PulledWindow

MOST_REQUESTS = 1_500  # a pull of a small world that asks more often is endless


@dataclass(frozen=True)
class Run:
    """What one pull gave and cost; `waited` is how long the fake clock moved, `longest` its longest step."""

    results: list[Taken | FailedWindow]
    calls: list[PlatformCall]
    waited: float
    longest: float

    @property
    def taken(self) -> list[Taken]:
        """Proven windows."""
        return [r for r in self.results if isinstance(r, Taken)]

    @property
    def failures(self) -> list[FailedWindow]:
        """Failed windows."""
        return [r for r in self.results if isinstance(r, FailedWindow)]

    @property
    def codes(self) -> set[str]:
        """Codes of the failures."""
        return {failure.code for failure in self.failures}

    def payloads(self) -> dict[str, str]:
        """Key to payload of a fresh store after this run."""
        store = Store()
        store.load(self.results)
        return store.payloads()

    def told(self) -> str:
        """Failures in one line."""
        return (
            "; ".join(f"{f.code} {f.cause}" for f in self.failures[:2])
            or f"{len(self.taken)} windows, no failure"
        )


@dataclass(kw_only=True)
class Lab:
    """One experiment: a fresh platform and empty folders; `name` is where the platform is mounted."""

    case: StreamCase
    server: Served
    folder: Path
    name: str = "lab"
    clock: Clock = field(init=False)
    platform: Platform = field(init=False)
    runtime: Runtime = field(init=False)
    store: Store = field(default_factory=Store)
    spool_name: str = "spool"

    def __post_init__(self) -> None:
        self.clock = Clock(self.case.span[1])  # as_of: all of the world lies before it
        self.platform = self.case.make_platform(self.clock)
        self.server.mount(self.name, self.platform)
        self.runtime = self.new_runtime()

    @classmethod
    def beside(cls, lab: "Lab", number: int) -> "Lab":
        """The same platform, state and landing folder, seen by another puller with its own spool."""
        # not a deep copy: platform, clock, state and store must be the same ones
        other = copy.copy(lab)
        other.spool_name = f"spool-{number}"
        return other

    @property
    def shape(self) -> Shape:
        """What the stream declares about its answers."""
        return Shape(self.case.declared)

    def new_runtime(self, **changes: Any) -> Runtime:
        """As after a restart of the process: nothing is remembered but what is on disk."""
        # seconds of real time on loopback: what takes longer hangs
        given = {"connect_timeout": 5.0, "read_timeout": 5.0, **changes}
        return self.case.make_runtime(
            sleep=lambda seconds: self._sleep(seconds),  # noqa: PLW0108 - a bound method would show the case in a repr
            chance=lambda: 0.5,  # the middle of every jitter, so that a run repeats itself
            monotonic=lambda: self.clock.monotonic(),  # noqa: PLW0108
            wall=lambda: self.clock.wall(),  # noqa: PLW0108
            state=State(self.folder / FILE),
            **given,
        )

    def account(self, **changes: Any) -> AccountSettings:
        """The case's account at this platform."""
        urls: dict[str, Any] = {"base_url": self.platform.url}
        if self.platform.exchange_path is not None:
            urls["token_url"] = self.platform.url + self.platform.exchange_path
        return AccountSettings.model_validate({**self.case.account, **urls, **changes})

    def pull(
        self,
        *,
        span_from: datetime | None = None,
        as_of: datetime | None = None,
        fault: Trap | None = None,
        **changes: Any,
    ) -> Run:
        """Pull the case's span, or what `changes` say of account, runtime, cursor, connector, stream."""
        self.platform.fault = fault
        calls, start = len(self.platform.calls), self.clock.elapsed
        results: list[Taken | FailedWindow] = []
        try:
            for result in self._windows(span_from, as_of, calls, changes):
                results.append(Taken.of(result) if isinstance(result, PulledWindow) else result)
                self._check_end(calls)
        # what the suite itself found: no trouble of the connector's code
        except Unproven:
            raise
        except Exception as error:  # a platform's trouble must never leave a pull as an exception
            where = traceback.extract_tb(error.__traceback__)[-1]
            told = (
                f"{type(error).__name__} in {where.name}, line {where.lineno} of {Path(where.filename).name}"
            )
            raise Unproven(f"a pull raised {told}") from error
        self.platform.fault = None
        return Run(results, self.platform.calls[calls:], self.clock.elapsed - start, self.clock.longest)

    def _windows(
        self, span_from: datetime | None, as_of: datetime | None, calls: int, changes: dict[str, Any]
    ) -> Iterator[PulledWindow | FailedWindow]:
        return pull(
            changes.get("connector", self.case.connector),
            changes.get("stream", self.case.connector.stream(self.case.stream)),
            changes.get("account") or self.account(),
            span_from=span_from or self.case.span[0],
            as_of=as_of or self.case.span[1],
            landing=Landing(self.folder / "landing"),
            spool=self.folder / self.spool_name,
            cursor=changes.get("cursor"),
            runtime=changes.get("runtime", self.runtime),
            progress=lambda _: self._check_end(calls),
        )

    def run(self, **changes: Any) -> tuple[Run, int]:
        """A daily run: from where the store stands to now, loaded; the run and how many rows changed."""
        changes = {"span_from": self.store.frontier, "cursor": self.store.cursor, **changes}
        run = self.pull(**changes)
        return run, self.store.load(run.results)

    def truth(self) -> dict[str, str]:
        """What the platform holds, as payload texts."""
        return {k: text_of(p) for k, p in self.platform.expected(self.case.stream).items()}

    def lack(self, name: str) -> str:
        """Why the platform has no such thing.

        Raises:
            Unproven: the fake gives no reason.
        """
        reason = self.platform.lacks.get(name)
        if reason is None:
            raise Unproven(f"the fake platform has no {name} and `lacks` gives no reason")
        return reason

    def landed(self) -> list[Path]:
        """Landing files under their final names."""
        return sorted((self.folder / "landing").rglob("*.jsonl.gz"))

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        # while answers are refused no progress is told: retries without end are noticed here
        self._check_end(0)

    def _check_end(self, since: int) -> None:
        asked = len(self.platform.calls) - since
        if asked > MOST_REQUESTS:
            raise Unproven(f"{asked} requests and no end")


def _in_memory() -> str | None:
    """A folder in memory where the system has one: hundreds of experiments would wait for the disk."""
    folder = Path("/dev/shm")  # noqa: S108 - only experiments with planted secrets lie there
    return str(folder) if os.access(folder, os.W_OK) else None


class Bench:
    """Everything the points of one case share: `with Bench(case) as bench`."""

    def __init__(self, case: StreamCase) -> None:
        self.case = case
        self._server = Served()
        self._root = tempfile.TemporaryDirectory(prefix="meritline-conformance-", dir=_in_memory())
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._root.cleanup()

    def lab(self, name: str = "lab") -> Lab:
        """A fresh experiment; a second one beside it needs another name."""
        folder = Path(self._root.name) / f"{next(self._numbers):04d}"
        folder.mkdir()
        return Lab(case=self.case, server=self._server, folder=folder, name=name)

    @cached_property
    def clean(self) -> Run:
        """The run in which nothing goes wrong, equal to the platform's truth."""
        lab = self.lab("clean")
        run = lab.pull()
        expect(not run.failures, f"a pull without any fault fails: {run.told()}")
        wrong = difference(run.payloads(), lab.truth())
        expect(not wrong, f"a pull without any fault is not the platform's truth: {wrong}")
        expect(run.payloads(), "the world of the fake is empty")
        return run

    @cached_property
    def narrow(self) -> dict[str, Any]:
        """The span of the fullest window alone, where single answers are spoilt and the rest would only cost time."""
        stream = self.case.declared
        # a cursor has one window, and days that can be read for some hours only leave no choice of a span
        if stream.windows.kind == "cursor" or stream.windows.readable_for is not None:
            return {}
        window = max(self.clean.taken, key=lambda taken: len(taken.records)).window
        return {
            # a pull goes back by the look-back and stops before the lag: both are put on top
            "span_from": window.window_from + stream.windows.lookback,
            "as_of": window.window_to + stream.windows.lag,
        }

    @cached_property
    def narrow_requests(self) -> int:
        """Requests of a clean run over the narrow span, those for tokens not counted."""
        lab = self.lab("clean")
        calls = lab.pull(**self.narrow).calls
        return sum(not lab.platform.exchanges(call.request) for call in calls)

    @property
    def pages(self) -> int:
        """Pages of the longest window of the clean run."""
        return max(taken.window.pages for taken in self.clean.taken)

    def wrong_windows(self, run: Run) -> str:
        """Windows that were handed over as proven but are not what the clean run has for them."""
        for taken in run.taken:
            found = {record.key: record.payload for record in taken.records}
            wrong = difference(found, self._held(taken.window))
            if wrong:
                window = f"{taken.window.window_from:%m-%dT%H:%M}..{taken.window.window_to:%m-%dT%H:%M}"
                return f"window {window} was handed over as proven by '{taken.window.proof}': {wrong}"
        return ""

    @cached_property
    def _records(self) -> list[Stored]:
        return list({r.key: r for taken in self.clean.taken for r in taken.records}.values())

    def _held(self, window: PulledWindow) -> dict[str, str]:
        records = self._records
        # all of a cursor's records are in its one window
        if window.kind == "cursor":
            return {r.key: r.payload for r in records}
        # a window of days replaces whole days, whatever the version of their records
        if window.kind == "day":
            first, last = (day.isoformat() for day in window.replaces or ())
            return {r.key: r.payload for r in records if first <= r.day <= last}
        return {r.key: r.payload for r in records if window.window_from <= r.version < window.window_to}

    def must_equal(self, run: Run, what: str, *, part: bool = False) -> None:
        """The run gave exactly what the clean run gave; `part` of it, where only the narrow span was asked."""
        expect(not run.failures, f"{what}: {run.told()}")
        self.must_be_right(run, what, part=part)

    def must_be_right(self, run: Run, what: str, *, part: bool = False) -> None:
        """Equal or loud: every window handed over is whole."""
        wrong = self.wrong_windows(run)
        expect(not wrong, f"{what}: {wrong}")
        expect(run.results, f"{what}: no window at all")
        if not run.failures and not part:
            lost = difference(run.payloads(), self.clean.payloads())
            expect(not lost, f"{what}: {lost}")

    def must_fail(self, run: Run, what: str, codes: Iterable[str] = ()) -> None:
        """The run failed, with one of `codes` if given, and handed nothing wrong over."""
        expect(
            run.failures,
            f"{what} passed unnoticed: {len(run.payloads())} of {len(self.clean.payloads())} records",
        )
        wrong = self.wrong_windows(run)
        expect(not wrong, f"{what}: {wrong}")
        allowed = set(codes)
        expect(
            not allowed or run.codes <= allowed, f"{what}: {run.told()}; allowed {', '.join(sorted(allowed))}"
        )
