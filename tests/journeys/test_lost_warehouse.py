"""A home whose warehouse was lost or damaged: the publication stands, and `kpi rebuild` brings the warehouse back."""

import shutil
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox
from pipelines.commands.cli import main
from tests.journeys.place import TOKENS
from warehouse.published.digest import published_rows

DAYS = ("--from", "2011-11-29", "--to", "2011-11-30")
# made from how far a day was read, which only the record of loads knows to the second
HEALTH = {"source_health", "source_window", "publication"}


@pytest.fixture(scope="module")
def ran(filed: Path, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a run of two days."""
    home = tmp_path_factory.mktemp("ran")
    shutil.copytree(filed, home, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, home, sandbox)
        assert main(["run", *DAYS]) == 0
    return home


def _enter(patch: pytest.MonkeyPatch, home: Path, sandbox: Sandbox) -> None:
    for name, value in {
        **TOKENS,
        "KPI_SANDBOX_URL": sandbox.url,
        "KPI_HOME": str(home),
        "DAGSTER_HOME": "",
    }.items():
        patch.setenv(name, value)
    patch.delenv("KPI_COMPANY", raising=False)


@pytest.fixture
def home(ran: Path, tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "home"
    shutil.copytree(ran, found)
    _enter(monkeypatch, found, sandbox)
    return found


@pytest.mark.parametrize("command", [("run", *DAYS), ("score", "--period", "2011-11"), ("verify",)])
def test_a_command_over_a_lost_warehouse_stops_with_the_way_back_and_keeps_the_publication(
    home: Path, command: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    before = (home / "published" / "kpi.duckdb").read_bytes()
    (home / "warehouse.duckdb").write_bytes(b"")

    code = main(command)

    told = capfd.readouterr()
    assert code == 1
    assert "[W114]" in told.out + told.err
    assert "kpi rebuild" in told.out + told.err
    assert (home / "published" / "kpi.duckdb").read_bytes() == before


def test_rebuild_brings_back_what_was_published(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = published_rows(home)
    (home / "warehouse.duckdb").write_bytes(b"")

    code = main(["rebuild"])

    after = published_rows(home)
    assert code == 0, capfd.readouterr().err
    assert before["core_order_line"]
    assert before["kpi_actual_daily"]
    assert {t for t in before if after[t] != before[t]} <= HEALTH
    assert (home / "warehouse.duckdb.set-aside-1").read_bytes() == b""
    assert main(["verify"]) == 0


def test_rebuild_without_a_landing_file_of_the_publication_changes_nothing(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = (home / "published" / "kpi.duckdb").read_bytes()
    (home / "warehouse.duckdb").unlink()
    next((home / "landing" / "shopify").rglob("*.jsonl.gz")).unlink()

    assert main(["rebuild"]) == 1
    assert "[W115]" in capfd.readouterr().err
    assert (home / "published" / "kpi.duckdb").read_bytes() == before
    assert not (home / "warehouse.duckdb").exists()
    assert not list(home.glob("rebuild-*"))
