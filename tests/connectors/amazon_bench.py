"""Amazon's fake on loopback, an account at it, and what several test files do with both."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.amazon_sp import AmazonSp
from connectors.kit import AccountSettings, Landing, Runtime, pull
from connectors.testing.clock import Clock
from connectors.testing.fakes.amazon_sp import CLIENT, REFRESH, SECRET, AmazonSpFake
from connectors.testing.loopback import Served
from connectors.testing.platform import PlatformCall
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow

NOW = datetime(2026, 3, 9, 15, tzinfo=UTC)  # eight in the morning at the seller's
STREAMS = tuple(stream.name for stream in AmazonSp.streams)


class Bench:
    """A platform on loopback and one account at it."""

    def __init__(self, server: Served, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.currency: str | None = "USD"
        self.platform = AmazonSpFake(Clock(NOW))
        self.url = server.mount("us", self.platform)
        clock = self.platform.clock
        self.runtime = Runtime(
            sleep=clock.sleep, chance=lambda: 0.5, monotonic=clock.monotonic, wall=clock.wall
        )

    def account(self, **settings: str) -> AccountSettings:
        return AccountSettings.model_validate(
            {
                "shop_id": settings.pop("shop_id", "us"),
                "zone": "America/Los_Angeles",
                "currency": self.currency,
                "base_url": self.url,
                "token_url": self.url + "/auth/o2/token",
                "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
                "settings": {"marketplace": "US", "client_id": CLIENT, "max_window_days": "30", **settings},
            }
        )

    def pull(self, stream: str, days: int = 1, **settings: str) -> list[PulledWindow | FailedWindow]:
        return list(
            pull(
                AmazonSp(),
                stream,
                self.account(**settings),
                span_from=NOW - timedelta(days=days),
                as_of=NOW,
                landing=Landing(self.folder / "landing"),
                spool=self.folder / "spool",
                runtime=self.runtime,
            )
        )

    def one(self, stream: str, **settings: str) -> PulledWindow | FailedWindow:
        return self.pull(stream, **settings)[-1]

    def landed(self) -> str:
        files = (self.folder / "landing").rglob("*.gz")
        return "".join(gzip.decompress(path.read_bytes()).decode() for path in files)


class Spoil:
    """Changes answers whose path begins so."""

    def __init__(self, prefix: str, change: Callable[[Reply], Reply]) -> None:
        self._prefix, self._change = prefix, change

    def before(self, call: PlatformCall) -> Reply | None:
        return None

    def after(self, call: PlatformCall, reply: Reply) -> Reply:
        return self._change(reply) if call.request.path.startswith(self._prefix) else reply


def rows_changed(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Reply], Reply]:
    def changed(reply: Reply) -> Reply:
        reply.document = deepcopy(reply.document)
        change(reply.document.rows)
        return reply

    return changed


def failed(found: PulledWindow | FailedWindow) -> tuple[str, str]:
    assert isinstance(found, FailedWindow), found
    return found.code, found.cause


def records(found: PulledWindow | FailedWindow) -> list[dict[str, Any]]:
    assert isinstance(found, PulledWindow), found
    return [json.loads(line) for line in found.records_path.read_text("utf-8").splitlines()]
