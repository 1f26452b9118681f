"""A pull in a process of its own, to be killed or run beside others: `python -m tests.connectors.kit.kit_child WHAT URL FOLDER`.

Belongs here: what such a process does. Not here: when it is killed (test_kit_reports.py, test_kit_oauth.py).
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from connectors.kit import Landing, pull
from connectors.kit.contract.connector import Connector
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from models.loads import FailedWindow, PulledWindow
from tests.connectors.kit.kit_samples import (
    FIND,
    FIRST_DAY,
    NOW,
    OAUTH,
    ROTATING,
    account,
    kit,
    report,
    report_stream,
    runtime,
    time_stream,
)

ROOT = Path(__file__).resolve().parents[3]
SAMPLES: dict[str, Connector] = {
    "report": kit(report_stream()),
    "findable": kit(report_stream(report(find=FIND))),
    "tokens": kit(time_stream(), auth=OAUTH),
    "rotating": kit(time_stream(), auth=ROTATING),
}


def pulled(
    what: str, url: str, folder: Path, clock: Clock | None = None, **given: Any
) -> list[PulledWindow | FailedWindow]:
    """One run over a folder, knowing only what lies there."""
    state = State(folder / FILE)
    found = pull(
        SAMPLES[what],
        "things",
        account(url),
        span_from=FIRST_DAY,
        as_of=NOW,
        landing=Landing(folder / "landing"),
        spool=folder / "spool",
        runtime=runtime(clock or Clock(NOW), state),
        **given,
    )
    windows = list(found)
    state.close()
    return windows


def start(what: str, url: str, folder: Path, *more: str) -> "subprocess.Popen[str]":
    """The same in a child."""
    command = [sys.executable, "-m", "tests.connectors.kit.kit_child", what, url, str(folder), *more]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Pull after a line on standard input; `rows` dies when the rows are read, `landed` when the window is on disk."""
    what, url, folder, *more = arguments
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    windows = pulled(what, url, Path(folder), progress=_die if "rows" in more else None)
    if "landed" in more:
        _die()
    sys.stdout.write(" ".join(getattr(w, "code", "proven") for w in windows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
