"""Amazon's fake on loopback, an account at it, and what several test files do with both."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.amazon_sp import AmazonSp
from connectors.testing.clock import Clock
from connectors.testing.conformance.traps import OnRequest, always
from connectors.testing.fakes.amazon_sp import CLIENT, REFRESH, SECRET, AmazonSpFake
from connectors.testing.reply import Reply
from models.loads import FailedWindow, PulledWindow
from tests.connectors import bench
from tests.connectors.against_fake import FakeBench

NOW = datetime(2026, 3, 9, 15, tzinfo=UTC)  # eight in the morning at the seller's
STREAMS = tuple(stream.name for stream in AmazonSp.streams)
ACCOUNT: dict[str, Any] = {
    "shop_id": "us",
    "zone": "America/Los_Angeles",
    "currency": "USD",
    "secrets": {"client_secret": SECRET, "refresh_token": REFRESH},
    "settings": {"marketplace": "US", "client_id": CLIENT, "max_window_days": "30"},
}


@dataclass
class AmazonBench(FakeBench):
    """Amazon's fake and one account at it."""

    platform: AmazonSpFake

    def read(self, stream: str, days: int = 1, **account: Any) -> list[PulledWindow | FailedWindow]:
        """Every window of the last days."""
        return self.pull(AmazonSp(), stream, span_from=NOW - timedelta(days=days), as_of=NOW, **account)

    def one(self, stream: str, **account: Any) -> PulledWindow | FailedWindow:
        """The last window of the last day."""
        return self.read(stream, **account)[-1]


def at_amazon(folder: Path) -> AmazonBench:
    """A fresh fake, not yet on a socket."""
    clock = Clock(NOW)
    return AmazonBench(AmazonSpFake(clock), clock, folder, ACCOUNT)


def spoilt(prefix: str, change: Callable[[Reply], Reply]) -> OnRequest:
    """Changes answers whose path begins so."""
    return OnRequest(when=always, change=change, counts=lambda call: call.request.path.startswith(prefix))


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
    return bench.records(bench.only([found]))
