"""One company sells on every platform we can read: all accounts pulled through the pipeline into canonical facts.

Belongs here: what only shows when streams meet (side by side, one bad account, facts of every kind). Not here: what one stream
promises (tests/connectors/testing/conformance).
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.kit import Runtime
from connectors.kit.transport.state import FILE, State
from connectors.testing.clock import Clock
from connectors.testing.conformance import StreamCase
from connectors.testing.loopback import Served
from connectors.testing.platform import Platform
from connectors.testing.reply import Reply
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings
from pipelines.graph.metadata import reports_metadata
from pipelines.steps.facts import build_facts
from pipelines.steps.pull import PullReport, StreamName, pull_streams
from tests.connectors.testing.conformance.discovery import cases
from warehouse.store.connect import open_warehouse

COMPANY = """\
id: everywhere
name: {zh: 全平台, en: Everywhere}
zone: Asia/Shanghai
currency: CNY
first_day: 2026-01-01
"""
SNAPSHOT_PASSED = (
    "P112"  # a day that its platform no longer shows: the span is longer than a snapshot can be read
)


@dataclass
class Everywhere:
    """A home, a company folder and the fakes of one connector at a time."""

    folder: Path
    served: Served
    platforms: dict[str, Platform] = field(default_factory=dict)

    def pull(
        self, connector: str, *, names: tuple[str, ...] = ("one",), **changes: Any
    ) -> tuple[RunScope, dict[StreamName, list[PullReport]]]:
        """Pull every stream of a connector, one shop per name; `changes` are secrets of the last one."""
        found = [c for c in cases() if c.connector.name == connector and not c.way]
        clock = Clock(found[0].span[1])
        entries, environment = [], {}
        for name in names:
            entry, secrets = self._entry(found, name, clock, changes if name == names[-1] else {})
            entries.append(entry)
            environment |= secrets
        (self.folder / "company.yaml").write_text(COMPANY, encoding="utf-8")
        (self.folder / "sources.yaml").write_text(yaml.safe_dump({"sources": entries}), encoding="utf-8")
        company = load_company(self.folder)
        first = (found[0].span[0] + timedelta(days=1)).date()
        work = RunScope(company, Home(self.folder / "var"), first, found[0].span[1].date(), found[0].span[1])
        runtime = Runtime(
            sleep=clock.sleep,
            chance=lambda: 0.5,
            monotonic=clock.monotonic,
            wall=clock.wall,
            state=State(work.home.root / FILE),
        )
        streams = [(connector, stream.name) for stream in company.connector(connector).streams]
        return work, pull_streams(work, streams, Surroundings(environment, runtime=runtime))

    def secrets(self, connector: str) -> set[bytes]:
        """Everything secret that was configured or handed out."""
        first = next(c for c in cases() if c.connector.name == connector)
        issued = {text for platform in self.platforms.values() for text in platform.secrets()}
        found = {text.encode() for text in {*map(str, first.account["secrets"].values()), *issued}}
        assert found
        return found

    def files_with(self, secrets: set[bytes]) -> list[str]:
        """Files of the home that hold one of the secrets."""
        files = [path for path in (self.folder / "var").rglob("*") if path.is_file()]
        assert files
        return [path.name for path in files if any(secret in path.read_bytes() for secret in secrets)]

    def _entry(
        self, found: list[StreamCase], name: str, clock: Clock, secrets: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        platform = found[0].make_platform(clock)
        self.platforms[name] = platform
        url = self.served.mount(name, platform)
        account = found[0].account
        settings = {k: v for c in reversed(found) for k, v in c.account.get("settings", {}).items()}
        variables = {key: f"EVERYWHERE_{name.upper()}_{key.upper()}" for key in account["secrets"]}
        entry = {
            "connector": found[0].connector.name,
            "shop_id": f"{account['shop_id']}-{name}",
            "zone": account["zone"],
            "base_url": url,
            "secrets": {key: f"${{{variable}}}" for key, variable in variables.items()},
            "settings": {key: str(value) for key, value in settings.items()},
            **({"currency": account["currency"]} if account.get("currency") else {}),
            **({"token_url": url + platform.exchange_path} if platform.exchange_path else {}),
        }
        values = {variables[key]: str({**account["secrets"], **secrets}[key]) for key in variables}
        return entry, values


@pytest.fixture
def everywhere(tmp_path: Path) -> Iterator[Everywhere]:
    with Served() as served:
        yield Everywhere(tmp_path, served)


def shipped() -> list[str]:
    """Connectors that ship, each with a case."""
    return sorted({c.connector.name for c in cases()} - {"orderbook"})


def failures(reports: dict[StreamName, list[PullReport]]) -> list[tuple[str, str, str]]:
    return [(str(f.ref), f.code, f.cause) for found in reports.values() for r in found for f in r.failures]


@pytest.mark.parametrize("connector", shipped())
def test_every_stream_of_a_platform_becomes_canonical_facts_and_no_secret_is_on_disk(
    everywhere: Everywhere, connector: str
) -> None:
    work, reports = everywhere.pull(connector)

    counts = build_facts(work)

    assert [f for f in failures(reports) if f[1] != SNAPSHOT_PASSED] == []
    read = {name for name, found in reports.items() if any(r.windows > len(r.failures) for r in found)}
    streams = work.company.connector(connector).streams
    fed = {table for stream in streams for table in stream.feeds if (connector, stream.name) in read}
    assert read
    assert {table for table in fed if not counts[table]} == set()
    with open_warehouse(work.home.root) as con:
        for table in fed:
            (strangers,) = con.execute(
                f"select count(*) from core_{table} where shop_id not in (select shop_id from source_account)"
            ).fetchone() or (None,)
            assert strangers == 0
    assert everywhere.files_with(everywhere.secrets(connector)) == []


def test_a_second_pull_of_the_same_days_changes_nothing(everywhere: Everywhere) -> None:
    everywhere.pull("taobao_top")

    _, again = everywhere.pull("taobao_top")

    assert failures(again) == []
    assert sum(r.new_rows + r.changed_rows for found in again.values() for r in found) == 0


def test_one_bad_account_of_three_never_stops_the_others(everywhere: Everywhere) -> None:
    work, reports = everywhere.pull(
        "taobao_top", names=("one", "two", "bad"), session="planted-wrong-session"
    )

    failed = {r.ref.shop_id for found in reports.values() for r in found if r.failures}
    loaded = {r.ref.shop_id for found in reports.values() for r in found if r.rows}

    assert failed == {"tmall-1-bad"}
    assert loaded == {"tmall-1-one", "tmall-1-two"}
    assert "planted-wrong-session" not in str(failures(reports)) + repr(work)


def test_accounts_wait_for_their_platforms_side_by_side(everywhere: Everywhere) -> None:
    meeting = threading.Barrier(3, timeout=20)  # nobody is answered before three accounts have asked
    met = threading.Event()

    class Waiting:
        def before(self, call: Any) -> Reply | None:
            if not met.is_set():
                meeting.wait()
                met.set()
            return None

        def after(self, call: Any, reply: Reply) -> Reply:
            return reply

    real = Served.mount
    names = ("one", "two", "three")

    def mount(name: str, platform: Platform) -> str:
        platform.fault = Waiting()
        return real(everywhere.served, name, platform)

    everywhere.served.mount = mount  # type: ignore[method-assign] - the fakes get their fault before anybody asks

    _, reports = everywhere.pull("zendesk", names=names)

    assert met.is_set()
    assert failures(reports) == []


def test_what_a_pull_cost_stands_in_the_metadata_of_its_asset(everywhere: Everywhere) -> None:
    work, reports = everywhere.pull("doudian")

    shown = reports_metadata(reports["doudian", "orders"], work.as_of)

    assert shown["dagster/row_count"] == sum(r.rows for r in reports["doudian", "orders"])
    assert int(str(shown["requests"])) > 0
    table = str(shown["accounts"])
    assert "Proof" in table
    assert "total" in table
