"""kill -9 of a real process at every stage of a report: the next run goes on with the same report and asks for it once."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from connectors.amazon_sp import AmazonSp
from connectors.testing.clock import Clock
from connectors.testing.fakes.amazon_sp import REPORTS, AmazonSpFake
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow
from tests.connectors.against_fake import FakeBench, mounted
from tests.connectors.amazon_bench import ACCOUNT

pytestmark = pytest.mark.slow  # kills whole processes

ROOT = Path(__file__).resolve().parents[2]
SPAN_FROM, NOW = datetime(2026, 3, 9, 20, tzinfo=UTC), datetime(2026, 3, 10, 6, tzinfo=UTC)  # one local day
PULLER = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from typing import Any
from connectors.amazon_sp import AmazonSp
from connectors.kit import AccountSettings, Landing, Runtime
from connectors.kit import pull
from connectors.kit.transport.state import FILE, State

account, folder, start, now, dies_reading = sys.argv[1:]
folder, now = Path(folder), datetime.fromisoformat(now)
runtime = Runtime(sleep=lambda seconds: None, wall=lambda: now, state=State(folder / FILE))
die = lambda progress: os.kill(os.getpid(), signal.SIGKILL)
list(
    pull(
        AmazonSp(), "orders", AccountSettings.model_validate_json(account), span_from=datetime.fromisoformat(start), as_of=now,
        landing=Landing(folder / "landing"), spool=folder / "spool", runtime=runtime,
        progress=die if dies_reading == "yes" else None,
    )
)
"""


@dataclass(kw_only=True)
class KillWhen:
    """Kills the puller at the `number`-th request that fits, before or after the platform has dealt with it."""

    method: str
    prefix: str
    number: int
    is_dealt_with: bool = False
    pid: int = 0
    seen: int = 0
    known: threading.Event = field(default_factory=threading.Event)

    def before(self, call: PlatformCall) -> Reply | None:
        """The platform never sees the request."""
        return self._gone() if not self.is_dealt_with and self._fits(call) else None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        """The platform has acted; nobody hears its answer."""
        return self._gone() if self.is_dealt_with and self._fits(call) else reply

    def _fits(self, call: PlatformCall) -> bool:
        if call.request.method != self.method or not call.request.path.startswith(self.prefix):
            return False
        self.seen += 1
        return self.seen == self.number

    def _gone(self) -> Reply:
        self.known.wait(10)
        os.kill(self.pid, signal.SIGKILL)
        return Reply(500, b"", wire="reset")


@dataclass
class KilledBench(FakeBench):
    """A bench whose first pull is killed."""

    def killed(self, kill: KillWhen | None) -> int:
        """Pull in a process of its own until it dies; without a fault it dies by itself when all rows are read."""
        self.platform.fault = kill
        account = json.dumps(self.account_fields())
        arguments = [account, str(self.folder), SPAN_FROM.isoformat(), NOW.isoformat()]
        child = subprocess.Popen(
            [sys.executable, "-c", PULLER, *arguments, "no" if kill else "yes"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if kill:
            kill.pid = child.pid
            kill.known.set()
        code = child.wait(30)
        self.platform.fault = None
        return code

    def resumed(self) -> list[PulledWindow | FailedWindow]:
        """The next run, in this process, with nothing remembered but what is on disk."""
        return self.pull(AmazonSp(), "orders", span_from=SPAN_FROM, as_of=NOW)

    def creates(self) -> int:
        """How often a report was asked for, heard or not."""
        return sum(self.platform.creates(call.request) for call in self.platform.calls)

    def listings(self) -> int:
        """How often a lost report was looked for."""
        requests = [call.request for call in self.platform.calls]
        return sum(r.method == "GET" and r.path == REPORTS for r in requests)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[KilledBench]:
    clock = Clock(NOW)
    account = {**ACCOUNT, "settings": {**ACCOUNT["settings"], "max_window_days": "3"}}
    with mounted(KilledBench(AmazonSpFake(clock), clock, tmp_path, account)) as bench:
        yield bench


LOST = "before the answer of the create call"
STAGES = {
    "before the create call arrives": partial(KillWhen, method="POST", prefix=REPORTS, number=1),
    LOST: partial(KillWhen, method="POST", prefix=REPORTS, number=1, is_dealt_with=True),
    "after the create call": partial(KillWhen, method="GET", prefix=f"{REPORTS}/", number=1),
    "while polling": partial(KillWhen, method="GET", prefix=f"{REPORTS}/", number=2, is_dealt_with=True),
    "during the download": partial(KillWhen, method="GET", prefix="/files/", number=1, is_dealt_with=True),
    "before the landing file is named": None,
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_pull_is_resumed_with_the_same_report_and_one_create_call(
    stage: str, bench: KilledBench
) -> None:
    make_kill = STAGES[stage]
    code = bench.killed(make_kill() if make_kill else None)
    landed_before = list((bench.folder / "landing").rglob("*.jsonl.gz"))
    reports_before = [job.id for job in bench.platform.jobs.made]

    (window,) = bench.resumed()

    assert code == -signal.SIGKILL
    assert landed_before == []
    assert isinstance(window, PulledWindow)
    assert window.rows == len(bench.platform.world.between("orders", window.window_from, window.window_to))
    assert window.rows > 0
    made = [job.id for job in bench.platform.jobs.made]
    assert made == (reports_before or made)
    assert len(made) == 1
    assert bench.creates() == (2 if stage == "before the create call arrives" else 1)
    assert bench.listings() == (1 if stage in (LOST, "before the create call arrives") else 0)
