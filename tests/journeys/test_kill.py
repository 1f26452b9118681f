"""kill -9 at ten moments of a run: one plain run afterwards gives what a run that was never killed gives."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox
from tests.journeys.place import TOKENS
from warehouse.published.digest import published_rows

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10
SEED = 20111130


def _start(home: Path, sandbox: Sandbox | None = None) -> "subprocess.Popen[bytes]":
    dropped = {"KPI_SANDBOX_URL", "KPI_COMPANY", "DAGSTER_HOME"}
    environment = {k: v for k, v in os.environ.items() if k not in dropped}
    if sandbox is not None:  # one for all runs: its start takes longer than the run
        environment |= {**TOKENS, "KPI_SANDBOX_URL": sandbox.url}
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.commands.cli", "run", "--date", "2011-11-30"],
        cwd=ROOT,
        env={**environment, "KPI_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _finish(home: Path, sandbox: Sandbox) -> tuple[int, float, str]:
    started = time.monotonic()
    process = _start(home, sandbox)
    _, told = process.communicate(timeout=300)
    return process.returncode, time.monotonic() - started, told.decode()


@pytest.mark.slow
def test_a_run_that_was_killed_ten_times_ends_equal(tmp_path: Path, sandbox: Sandbox) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    code, seconds, told = _finish(calm, sandbox)
    assert code == 0, told

    killed = _kill_often(stormy, seconds, sandbox)
    code, _, told = _finish(stormy, sandbox)

    assert killed == KILLS
    assert code == 0, told
    assert published_rows(stormy) == published_rows(calm)
    assert list((stormy / "landing").rglob("*.duckdb")) == []


def _kill_often(home: Path, seconds: float, sandbox: Sandbox) -> int:
    """Kill KILLS runs at random moments; a run goes on where the last one was killed, so later ones are shorter."""
    chance, killed = random.Random(SEED), 0
    for _ in range(3 * KILLS):
        started = time.monotonic()
        if _killed(home, chance.uniform(0.3, 1.0) * seconds, sandbox):
            killed += 1
        else:
            seconds = time.monotonic() - started
        if killed == KILLS:
            break
    return killed


def _killed(home: Path, after: float, sandbox: Sandbox) -> bool:
    process = _start(home, sandbox)
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


@pytest.mark.slow
def test_the_sandbox_dies_with_a_killed_run(tmp_path: Path) -> None:
    process = _start(tmp_path)
    child = _wait_for_child(process.pid)

    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert _ends(child)


def _wait_for_child(pid: int) -> int:
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    if not listing.exists():
        pytest.skip("this system lists no child processes")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := listing.read_text().split():
            return int(found[0])
        time.sleep(0.05)
    raise AssertionError("no sandbox was started")


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
