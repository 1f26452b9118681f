from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sandbox import Options, Sandbox
from tests.journeys.place import TOKENS, Place


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    options = Options(TOKENS["SAMPLE_SHOPIFY_TOKEN"], TOKENS["SAMPLE_ZENDESK_TOKEN"])
    with Sandbox(datetime(2011, 12, 1, 6, 30, tzinfo=UTC), options=options) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in {**TOKENS, "KPI_SANDBOX_URL": sandbox.url, "KPI_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("KPI_COMPANY", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", "")
    found = Place(tmp_path, sandbox)
    found.no_faults()
    yield found
    found.no_faults()
