"""Starts the loopback sandbox for a company that asks for it, and lets it die with this process.

Not here: what the sandbox answers (connectors/sandbox).
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests

from connectors.kit import Runtime
from connectors.kit.contract.account import is_loopback
from models.errors import PullError
from pipelines.company.company import Company

URL = "KPI_SANDBOX_URL"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Surroundings:
    """Where accounts of the sandbox live and what the secrets are, never shown; and whose time passes while waiting."""

    environment: Mapping[str, str] = field(repr=False)
    sandbox_url: str | None = None
    runtime: Runtime | None = field(default=None, repr=False)  # None for the home's own, with the real clock


@contextmanager
def surroundings(company: Company, as_of: datetime) -> Iterator[Surroundings]:
    """The environment to pull in; a sandbox is started when the company wants one and none is running."""
    running = os.environ.get(URL) if company.sandbox else None
    if running:
        _set_clock(running, as_of)
    if running or not company.sandbox:
        yield Surroundings(os.environ, running)
        return
    names = {name for source in company.sources for name in source.secret_names.values()}
    # The sandbox believes whoever names these 128 random bits: another process on the machine cannot.
    environment = {**os.environ, **{name: secrets.token_hex(16) for name in sorted(names)}}
    process = _start(as_of, environment)
    try:
        yield Surroundings(environment, _url(process))
    finally:
        _stop(process)


def _set_clock(url: str, as_of: datetime) -> None:
    """A sandbox that is running already shows the world of another run until told otherwise."""
    if not is_loopback(urlsplit(url).hostname or ""):
        raise PullError(
            "P191", "the sandbox must run on this machine", where=URL, actual=url[:80], remedy="use 127.0.0.1"
        )
    try:
        # half a minute: it may have to build a year of orders first
        answer = requests.post(
            f"{url}/_sandbox/clock", json={"as_of": as_of.isoformat()}, timeout=30
        )  # it may build a world of orders
    except requests.RequestException:
        raise PullError(
            "P190",
            "no sandbox answers",
            where=URL,
            actual=url[:80],
            remedy=f"start `python -m connectors.sandbox`, or unset {URL}",
        ) from None
    if not answer.ok:
        raise PullError(
            "P190", "the sandbox refuses the clock", where=URL, actual=f"status {answer.status_code}"
        )


def _start(as_of: datetime, environment: dict[str, str]) -> "subprocess.Popen[str]":
    """The pipe to its standard input is the lifeline: it closes with us, also after kill -9."""
    command = [
        sys.executable,
        "-m",
        "connectors.sandbox",
        # 0: the system picks a free port, which the sandbox prints as its first line
        "--port",
        "0",
        "--as-of",
        as_of.isoformat(),
        "--exit-with-stdin",
    ]
    path = os.pathsep.join(filter(None, [str(_ROOT), environment.get("PYTHONPATH", "")]))
    return subprocess.Popen(  # noqa: S603 - our own module, fixed arguments
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**environment, "PYTHONPATH": path},
        text=True,
    )


def _url(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    try:
        url = json.loads(line)["url"]
    except (ValueError, KeyError, TypeError):
        raise PullError(
            "P190",
            "the sandbox did not start",
            where="python -m connectors.sandbox",
            actual=f"exit code {process.poll()}",
            remedy="start it by hand and read its message",
        ) from None
    return str(url)


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=5)  # it ends by itself when its input closes
    except subprocess.TimeoutExpired:
        process.kill()  # and wait: a child that nobody waits for stays as a zombie
        process.wait()
    if process.stdout:
        process.stdout.close()
