"""A scripted platform on a real loopback socket, and helpers to pull from it.

Belongs here: the scripted server and what several test files share. Not here: a realistic platform
(connectors/sandbox).
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from connectors.kit import AccountSettings, Landing, Runtime, pull
from connectors.kit.contract.connector import Connector
from models.loads import FailedWindow, PulledWindow

TOKEN = "shpat_planted-secret-0123456789"


@dataclass
class Reply:
    """One scripted answer; `cut` sends only so many bytes of the body, `reset` none at all."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None
    reset: bool = False


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    json: Any


class Platform:
    """Answers with the scripted replies first, then with `default`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.script: list[Reply] = []
        self.default: Callable[[Call], Reply] = lambda _: Reply(status=404, body={})
        handler = type("Handler", (_Handler,), {"platform": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        return self.script.pop(0) if self.script else self.default(call)


class _Handler(BaseHTTPRequestHandler):
    platform: Platform
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer; a second would wait for a delayed acknowledgement

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        call = Call(self.command, self.path, dict(self.headers), json.loads(sent) if sent else None)
        reply = self.platform.answer(call)
        if reply.reset:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: reply.cut])
        if reply.cut is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    do_POST = do_GET  # noqa: N815 - the name http.server looks for


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def runtime(self, **settings: Any) -> Runtime:
        def wall() -> datetime:
            return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

        return Runtime(
            sleep=self.sleep, chance=lambda: 0.5, monotonic=lambda: self.now, wall=wall, **settings
        )


@dataclass
class Bench:
    """Everything one test needs to pull."""

    platform: Platform
    clock: Clock
    folder: Path

    def account(self, **changes: Any) -> AccountSettings:
        base = {
            "shop_id": "uk",
            "zone": "Europe/London",
            "base_url": self.platform.url,
            "secrets": {"token": TOKEN},
        }
        return AccountSettings.model_validate({**base, **changes})

    def pull(
        self,
        connector: Connector,
        *,
        span_from: datetime,
        as_of: datetime,
        runtime: Runtime | None = None,
        **account: Any,
    ) -> list[PulledWindow | FailedWindow]:
        cursor = account.pop("cursor", None)
        return list(
            pull(
                connector,
                connector.streams[0],
                self.account(**account),
                span_from=span_from,
                as_of=as_of,
                cursor=cursor,
                landing=Landing(self.folder / "landing"),
                spool=self.folder / "spool",
                runtime=runtime or self.clock.runtime(),
            )
        )

    def landed(self) -> list[Path]:
        return sorted(p for p in (self.folder / "landing").rglob("*") if p.is_file())


def records(window: PulledWindow) -> list[dict[str, Any]]:
    return [json.loads(line) for line in window.records_path.read_text("utf-8").splitlines()]


def only(windows: list[PulledWindow | FailedWindow]) -> PulledWindow:
    (window,) = windows
    assert isinstance(window, PulledWindow), window
    return window


def only_failed(windows: list[PulledWindow | FailedWindow]) -> FailedWindow:
    (window,) = windows
    assert isinstance(window, FailedWindow), window
    return window
