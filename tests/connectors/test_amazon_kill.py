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
from typing import Any

import pytest

from connectors.amazon_sp import AmazonSp
from connectors.kit import AccountSettings, Landing, Runtime, pull
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from connectors.testing.fakes.amazon_sp import CLIENT, REFRESH, REPORTS, SECRET, AmazonSpFake
from connectors.testing.loopback import Served
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow

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


@dataclass
class KillWhen:
    """Kills the puller at the `number`-th request that fits, before or after the platform has dealt with it."""

    method: str
    prefix: str
    number: int
    after: bool = False
    pid: int = 0
    seen: int = 0
    known: threading.Event = field(default_factory=threading.Event)

    def before(self, call: PlatformCall) -> Reply | None:
        """The platform never sees the request."""
        return self._gone() if not self.after and self._fits(call) else None

    def after_answer(self, reply: Reply, call: PlatformCall) -> Reply:
        """The platform has acted; nobody hears its answer."""
        return self._gone() if self.after and self._fits(call) else reply

    def _fits(self, call: PlatformCall) -> bool:
        if call.request.method != self.method or not call.request.path.startswith(self.prefix):
            return False
        self.seen += 1
        return self.seen == self.number

    def _gone(self) -> Reply:
        self.known.wait(10)
        os.kill(self.pid, signal.SIGKILL)
        return Reply(500, b"", wire="reset")


class _Fault:
    """Puts a KillWhen into the platform's seam."""

    def __init__(self, kill: KillWhen) -> None:
        self._kill = kill

    def before(self, call: PlatformCall) -> Reply | None:
        return self._kill.before(call)

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        return self._kill.after_answer(reply, call)


@dataclass
class Bench:
    """A platform, a home and an account."""

    platform: AmazonSpFake
    folder: Path
    account: dict[str, Any]

    def killed(self, kill: KillWhen | None) -> int:
        """Pull in a process of its own until it dies; without a fault it dies by itself when all rows are read."""
        self.platform.fault = _Fault(kill) if kill else None
        arguments = [json.dumps(self.account), str(self.folder), SPAN_FROM.isoformat(), NOW.isoformat()]
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
        clock = self.platform.clock
        runtime = Runtime(
            sleep=clock.sleep, monotonic=clock.monotonic, wall=clock.wall, state=State(self.folder / FILE)
        )
        return list(
            pull(
                AmazonSp(),
                "orders",
                AccountSettings.model_validate(self.account),
                span_from=SPAN_FROM,
                as_of=NOW,
                landing=Landing(self.folder / "landing"),
                spool=self.folder / "spool",
                runtime=runtime,
            )
        )

    def creates(self) -> int:
        """How often a report was asked for, heard or not."""
        return sum(self.platform.creates(call.request) for call in self.platform.calls)

    def listings(self) -> int:
        """How often a lost report was looked for."""
        requests = [call.request for call in self.platform.calls]
        return sum(r.method == "GET" and r.path == REPORTS for r in requests)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    platform = AmazonSpFake(Clock(NOW))
    with Served() as server:
        url = server.mount("us", platform)
        account: dict[str, Any] = {
            "shop_id": "us",
            "zone": "America/Los_Angeles",
            "base_url": url,
            "token_url": url + "/auth/o2/token",
            "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
            "settings": {"marketplace": "US", "client_id": CLIENT, "max_window_days": "3"},
        }
        yield Bench(platform, tmp_path, account)


LOST = "before the answer of the create call"
STAGES = {
    "before the create call arrives": partial(KillWhen, "POST", REPORTS, 1),
    LOST: partial(KillWhen, "POST", REPORTS, 1, after=True),
    "after the create call": partial(KillWhen, "GET", f"{REPORTS}/", 1),
    "while polling": partial(KillWhen, "GET", f"{REPORTS}/", 2, after=True),
    "during the download": partial(KillWhen, "GET", "/files/", 1, after=True),
    "before the landing file is named": None,
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_pull_is_resumed_with_the_same_report_and_one_create_call(stage: str, bench: Bench) -> None:
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
