"""Pulls from a fake platform on a loopback socket, on a fake clock.

Belongs here: what the tests of connectors with a fake share. Not here: scripted answers (bench.py), the 34
points (conformance).
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from connectors.kit import AccountSettings, Landing, Runtime, pull
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.strict_json import loads
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from connectors.testing.loopback import Served
from connectors.testing.platform import Platform
from connectors.testing.reply import Received
from models.loads import FailedWindow, PulledWindow

B = TypeVar("B", bound="FakeBench")


@dataclass
class FakeBench:
    """One fake platform and one account of it."""

    platform: Platform
    clock: Clock
    folder: Path
    given: Mapping[str, Any]

    def account_fields(self, **changes: Any) -> dict[str, Any]:
        """What the account's file would hold, with changed settings where asked."""
        urls = {"base_url": self.platform.url}
        if self.platform.exchange_path:
            urls["token_url"] = self.platform.url + self.platform.exchange_path
        settings = {**self.given.get("settings", {}), **changes.pop("settings", {})}
        return {**self.given, **urls, "settings": settings, **changes}

    def account(self, **changes: Any) -> AccountSettings:
        """The account, with changed settings where asked."""
        return AccountSettings.model_validate(self.account_fields(**changes))

    def runtime(self) -> Runtime:
        """A process that knows only what is on disk, on the fake clock."""
        return Runtime(
            sleep=self.clock.sleep,
            chance=lambda: 0.5,
            monotonic=self.clock.monotonic,
            wall=self.clock.wall,
            state=State(self.folder / FILE),
        )

    def pull(
        self,
        connector: Connector,
        stream: str | Stream[Any],
        *,
        span_from: datetime,
        as_of: datetime | None = None,
        runtime: Runtime | None = None,
        **account: Any,
    ) -> list[PulledWindow | FailedWindow]:
        """Every window from `span_from` to now, or to `as_of`; by a new process, unless its `runtime` is given."""
        return list(
            pull(
                connector,
                stream,
                self.account(**account),
                span_from=span_from,
                as_of=as_of or self.clock.wall(),
                landing=Landing(self.folder / "landing"),
                spool=self.folder / "spool",
                runtime=runtime or self.runtime(),
            )
        )

    def asked(self) -> list[Received]:
        """The data requests so far, token requests left out."""
        return [c.request for c in self.platform.calls if not self.platform.exchanges(c.request)]

    def landed(self) -> str:
        """All landing files as text."""
        files = sorted((self.folder / "landing").rglob("*.jsonl.gz"))
        return "\n".join(gzip.decompress(path.read_bytes()).decode("utf-8") for path in files)


def payloads(windows: Iterable[PulledWindow | FailedWindow]) -> dict[str, Any]:
    """Key to payload of windows that must all be whole."""
    found = {}
    for window in windows:
        assert isinstance(window, PulledWindow), window
        for line in window.records_path.read_bytes().splitlines():
            record = loads(line)
            found[record["record_key"]] = record["payload"]
    return found


@contextmanager
def served(platform: Platform, clock: Clock, folder: Path, account: Mapping[str, Any]) -> Iterator[FakeBench]:
    """A running fake."""
    with mounted(FakeBench(platform, clock, folder, account)) as bench:
        yield bench


@contextmanager
def mounted(bench: B) -> Iterator[B]:
    """The bench with its platform on a socket."""
    with Served() as server:
        server.mount("fake", bench.platform)
        yield bench
