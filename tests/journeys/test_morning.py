"""The ops lead's morning: run three days, run them again, and see one changed order arrive."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from connectors.sandbox import Sandbox
from pipelines.company.company import SHIPPED
from tests.journeys.place import TOKENS, Place
from warehouse.published.digest import published_rows

SPAN = ("--from", "2011-11-28", "--to", "2011-11-30")


@dataclass(frozen=True)
class Run:
    """What a command ended with, said, and left below its home."""

    code: int
    out: str
    err: str
    home: Path


@pytest.fixture(scope="module")
def first(filed: Path, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The first run of the three days, made once."""
    home = tmp_path_factory.mktemp("first")
    shutil.copytree(filed, home, dirs_exist_ok=True)
    environment = {**os.environ, **TOKENS, "KPI_SANDBOX_URL": sandbox.url, "KPI_HOME": str(home)}
    line = [sys.executable, "-m", "pipelines.commands.cli", "run", *SPAN]
    ended = subprocess.run(
        line, cwd=SHIPPED.parent, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return Run(ended.returncode, ended.stdout, ended.stderr, home)


@pytest.fixture
def next_place(first: Run, place: Place) -> Place:
    """A place after that run."""
    shutil.copytree(first.home, place.home, dirs_exist_ok=True)
    return place


def test_a_run_publishes_figures_a_board_and_its_summary(first: Run) -> None:
    board = (first.home / "reports" / "2011-11-30" / "board.html").read_text(encoding="utf-8")
    figures = [json.loads(row) for row in published_rows(first.home)["kpi_actual_daily"]]
    assert first.code == 0, first.err
    assert "shopify.orders" in first.out
    assert "3/3" in first.out
    assert "林晓岚" in first.out
    assert "林晓岚" in board
    assert {f["business_date"] for f in figures} == {"2011-11-28", "2011-11-29", "2011-11-30"}
    assert {f["status"] for f in figures if f["person_id"] == "P002" and f["kpi_id"] == "net_sales"} == {
        "scored"
    }
    assert all(f["cause"] for f in figures if f["status"] == "missing")


def test_running_again_loads_nothing_new_and_publishes_the_same(
    next_place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    before = next_place.digests()

    code = next_place.kpi("run", *SPAN)

    progress = capsys.readouterr().err
    assert code == 0
    assert set(re.findall(r"(\d+) new, +(\d+) changed", progress)) == {("0", "0")}
    assert next_place.digests() == before


def test_what_is_published_follows_from_the_landing_files(
    next_place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    code = next_place.kpi("verify")

    assert code == 0
    assert "equal" in capsys.readouterr().out


def test_a_changed_order_changes_its_own_figures_and_no_others(next_place: Place) -> None:
    place = next_place
    lines = [json.loads(row) for row in place.rows("core_order_line")]
    line = next(
        r for r in lines if r["shop_id"] == "uk" and r["qty"] > 1 and r["business_date"] == "2011-11-29"
    )
    before = {table: set(place.rows(table)) for table in ("core_order_line", "kpi_actual_daily")}

    _change_price(place, line)
    place.morning("2011-11-28", "2011-11-30")

    after = {table: set(place.rows(table)) for table in before}
    changed = [json.loads(row) for row in after["core_order_line"] - before["core_order_line"]]
    figures = [json.loads(row) for row in after["kpi_actual_daily"] - before["kpi_actual_daily"]]
    assert [r["line_id"] for r in changed] == [line["line_id"]]
    assert {f["business_date"] for f in figures} == {line["business_date"]}
    assert {f["kpi_id"] for f in figures} >= {"net_sales"}
    assert "P003" not in {f["person_id"] for f in figures}


def _change_price(place: Place, line: dict[str, str]) -> None:
    number = line["order_id"].rsplit("/", 1)[-1]
    body = {"at": "2011-12-01T05:00:00+00:00", "set_line_price": {line["line_id"]: "99.99"}}
    url = f"{place.sandbox.url}/_sandbox/shopify/uk/orders/{number}"
    requests.post(url, json=body, timeout=10).raise_for_status()


def test_no_secret_is_left_anywhere_below_home(first: Run) -> None:
    secrets = [token.encode() for token in TOKENS.values()]
    found = [path for path in first.home.rglob("*") if path.is_file() and _holds(path, secrets)]
    assert found == []
    assert not any(token in first.out + first.err for token in TOKENS.values())


def _holds(path: Path, secrets: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(secret in content for secret in secrets)


def test_a_diff_names_whose_figures_other_definitions_change_and_stores_nothing(
    next_place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, before = next_place, next_place.digests()
    kpis = (SHIPPED / "kpis" / "sales.yaml").read_text(encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.yaml").write_text(
        _only(kpis, "net_sales").replace("where: not is_excluded", "where: qty < 0"), encoding="utf-8"
    )

    code = place.kpi("diff", "current", str(other), "--period", "2011-11", "--lang", "en")

    printed = capsys.readouterr().out
    assert code == 0
    assert "KPI net_sales (from 2010-01-01) changed" in printed
    assert "numerator.1.where: not is_excluded → qty < 0" in printed
    assert place.digests() == before


def _only(text: str, kpi: str) -> str:
    """A definition file that holds one of the KPIs of another."""
    entries = re.split(r"\n(?=  - id: )", text)
    return "kpis:\n" + next(e for e in entries if e.startswith(f"  - id: {kpi}\n")) + "\n"
