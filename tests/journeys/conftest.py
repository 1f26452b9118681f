import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from connectors.sandbox import Options, Sandbox
from models.periods import Period
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import Surroundings
from pipelines.steps.facts import build_facts
from pipelines.steps.files import load_files
from pipelines.steps.publish import publish_all
from pipelines.steps.pull import pull_streams
from pipelines.steps.score import compute_period, score_people
from tests.journeys.place import TOKENS, Place
from warehouse.facts.reconcile import reconcile
from warehouse.store.connect import open_published, open_warehouse

AS_OF = datetime(2017, 2, 16, 6, 30, tzinfo=UTC)  # the last ticket event is of 2017-02-15
SCORED = ("2011-11", "2016-03")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    options = Options(TOKENS["SAMPLE_SHOPIFY_TOKEN"], TOKENS["SAMPLE_ZENDESK_TOKEN"])
    with Sandbox(datetime(2011, 12, 1, 6, 30, tzinfo=UTC), options=options) as running:
        yield running


@pytest.fixture(scope="session")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has read the sample's files and pulled nothing yet: most of a first run, and the same for every test."""
    home = Home(tmp_path_factory.mktemp("filed"))
    day = date(2011, 11, 28)
    load_files(RunScope(load_company(), home, day, day, datetime(2011, 11, 29, 6, 30, tzinfo=UTC)))
    return home.root


@pytest.fixture
def place(tmp_path: Path, filed: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    shutil.copytree(filed, tmp_path, dirs_exist_ok=True)
    for name, value in {**TOKENS, "KPI_SANDBOX_URL": sandbox.url, "KPI_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("KPI_COMPANY", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", "")
    found = Place(tmp_path, sandbox)
    found.no_faults()
    yield found
    found.no_faults()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample company's whole history, both of its months scored; made once (tests/conftest.py keeps its tests together)."""
    home = Home(tmp_path_factory.mktemp("history"))
    company = load_company()
    options = Options(TOKENS["SAMPLE_SHOPIFY_TOKEN"], TOKENS["SAMPLE_ZENDESK_TOKEN"])
    with Sandbox(AS_OF, options=options) as sandbox:
        around = Surroundings(TOKENS, sandbox.url)
        work = RunScope(company, home, date(2010, 12, 1), date(2011, 12, 9), AS_OF)
        load_files(work)
        found = pull_streams(work, [("shopify", "orders"), ("zendesk", "tickets")], around)
        assert not [
            failure for reports in found.values() for report in reports for failure in report.failures
        ]
    build_facts(work)
    with open_warehouse(home.root) as con:
        for month in (*(f"2011-{n:02d}" for n in range(1, 13)), "2010-12", "2016-03"):
            reconcile(con, Period.parse(month), company.accountable_roles)
    for period in map(Period.parse, SCORED):
        compute_period(work, period)
        score_people(work, period)
    publish_all(work)
    with open_published(home.root) as con:
        yield con
