"""A morning of the sample company: a sandbox, a home, and the `kpi` command in this process."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import requests

from connectors.kit import Runtime
from connectors.sandbox import Sandbox
from connectors.testing.clock import Clock
from pipelines.commands.cli import main
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings
from pipelines.steps.compute import compute_days
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.publish import publish_all, write_day_board
from pipelines.steps.pull import PullReport, pull_streams
from warehouse.published.digest import published_rows

TOKENS = {"SAMPLE_SHOPIFY_TOKEN": "planted-shop-7f3a91", "SAMPLE_ZENDESK_TOKEN": "planted-desk-5c20be"}


@dataclass
class Place:
    """A home of the sample company that pulls from a sandbox in this process."""

    home: Path
    sandbox: Sandbox

    def kpi(self, *arguments: str) -> int:
        """Run a command; its exit code."""
        return main(arguments)

    def digests(self) -> dict[str, str]:
        return published_rows(self.home)

    def rows(self, table: str) -> list[str]:
        return published_rows(self.home)[table]

    def work(self, first: str, last: str) -> RunScope:
        company = load_company()
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        return RunScope(company, Home(self.home), start, end, clock.as_of(company, end))

    def morning(self, first: str, last: str) -> tuple[list[PullReport], str]:
        """Every step of a daily run without Dagster; what was pulled, and the board."""
        work = self.work(first, last)
        self.sandbox.set_clock(work.as_of)
        load_files(work)
        asked = ("shopify", "orders")
        passing = Clock(work.as_of)  # waits between retries are asked for and not sat out
        runtime = Runtime(sleep=passing.sleep, monotonic=passing.monotonic, wall=passing.wall)
        reports = pull_streams(work, [asked], Surroundings(TOKENS, self.sandbox.url, runtime=runtime))[asked]
        build_facts(work)
        compute_days(work)
        publish_all(work)
        return reports, write_day_board(work).read_text(encoding="utf-8")

    def order_fault(self, shop: str, fault: str, times: int = -1) -> None:
        body = {"path_prefix": f"/shopify/{shop}", "fault": fault, "times": times}
        requests.post(f"{self.sandbox.url}/_sandbox/faults", json=body, timeout=10).raise_for_status()

    def no_faults(self) -> None:
        requests.post(f"{self.sandbox.url}/_sandbox/faults", json={}, timeout=10).raise_for_status()
