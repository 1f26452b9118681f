"""Secrets, personal data and hostile names through real runs: what is left on disk, in output, in reports."""

import base64
import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from connectors.sandbox import Options, Sandbox
from pipelines.company.company import SAMPLE, SHIPPED

SHOP, DESK = "planted-shop-91be7d20", "planted-desk-4c07aa35"
BASIC = base64.b64encode(f"agent@example.com/token:{DESK}".encode()).decode()
SECRETS = (SHOP, DESK, BASIC)
# What the sandbox's Zendesk serves of people: their words, who they are, where they can be looked up.
PERSONAL = ("redacted in source", "requester_id", "submitter_id", "raw_subject", "/api/v2/tickets/")
SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://x")'
DAY, DESK_DAY, MONTH = "2011-11-29", "2016-03-01", "2011-11"


@dataclass
class Journey:
    """A home, and everything the commands said."""

    home: Path
    company: Path
    environment: dict[str, str]
    told: str = ""
    codes: list[int] = field(default_factory=list)

    def kpi(self, *arguments: str) -> None:
        line = [sys.executable, "-m", "pipelines.commands.cli", *arguments, "--company", str(self.company)]
        ended = subprocess.run(
            line,
            cwd=SHIPPED.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        self.told += ended.stdout + ended.stderr
        self.codes.append(ended.returncode)

    def files_with(self, words: tuple[str, ...]) -> list[str]:
        """Every file below the home that holds one of the words, also packed ones."""
        files = sorted(path for path in self.home.rglob("*") if path.is_file())
        assert files
        return [
            f"{path.relative_to(self.home)}: {word}"
            for path in files
            for content in [b"\n".join(_contents(path))]
            for word in words
            if word.encode() in content
        ]


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes as they lie there, and what they hold once unpacked."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".gz":
        yield gzip.decompress(raw)
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif path.suffix == ".duckdb":
        yield from _duckdb_rows(path)
    elif path.suffix == ".db":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
            yield from (line.encode("utf-8", "replace") for line in con.iterdump())


def _duckdb_rows(path: Path) -> Iterator[bytes]:
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, table in tables:
            yield repr(con.table(f'"{schema}"."{table}"').fetchall()).encode()


def _journey(folder: Path, sandbox: Sandbox) -> Journey:
    company = folder / "company"
    shutil.copytree(SAMPLE, company)
    people = company / "people.csv"
    text = people.read_text(encoding="utf-8")
    text = text.replace("林晓岚", SCRIPT).replace("何志诚", '"=HYPERLINK(""http://x"")"')
    people.write_text(text, encoding="utf-8")
    tokens = {"SAMPLE_SHOPIFY_TOKEN": SHOP, "SAMPLE_ZENDESK_TOKEN": DESK}
    place = {"KPI_HOME": str(folder / "home"), "KPI_SANDBOX_URL": sandbox.url}
    return Journey(folder / "home", company, {**os.environ, **tokens, **place})


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with Sandbox(datetime(2011, 11, 30, 6, 30, tzinfo=UTC), options=Options(SHOP, DESK)) as sandbox:
        journey = _journey(tmp_path_factory.mktemp("good"), sandbox)
        journey.kpi("run", "--date", DAY)
        journey.kpi("score", "--period", MONTH)
        journey.kpi("run", "--date", DESK_DAY)
        yield journey


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    options = Options("another-shop-token", "another-desk-token")
    with Sandbox(datetime(2011, 11, 30, 6, 30, tzinfo=UTC), options=options) as sandbox:
        journey = _journey(tmp_path_factory.mktemp("refused"), sandbox)
        journey.kpi("run", "--date", DAY)
        journey.kpi("connectors", "check")
        yield journey


def test_the_scan_looks_into_every_kind_of_file(good: Journey) -> None:
    names = {place.split(":")[0] for place in good.files_with(("uk", "P002"))}

    assert {Path(name).suffix for name in names} >= {".duckdb", ".gz", ".xlsx", ".html", ".db"}
    assert set(good.codes[:2]) == {0}


def test_a_good_run_leaves_no_secret_behind(good: Journey) -> None:
    assert "Traceback" not in good.told
    assert good.codes[0] == 0
    assert good.files_with(SECRETS) == []
    assert [word for word in SECRETS if word in good.told] == []


def test_a_refused_token_is_a_cause_and_no_secret(refused: Journey) -> None:
    assert refused.codes == [1, 1]
    assert "[P104] the platform does not accept the credential" in refused.told
    assert "Traceback" not in refused.told
    assert refused.files_with(SECRETS) == []
    assert [word for word in SECRETS if word in refused.told] == []


def test_nothing_personal_of_tickets_is_stored(good: Journey) -> None:
    with closing(duckdb.connect(str(good.home / "warehouse.duckdb"), read_only=True)) as con:
        tickets = con.execute("select count(*) from raw_zendesk_tickets").fetchone()

    assert tickets is not None
    assert tickets[0] > 0
    assert good.files_with(PERSONAL) == []
    assert [word for word in PERSONAL if word in good.told] == []


def test_a_name_is_text_on_the_board(good: Journey) -> None:
    board = (good.home / "reports" / DAY / "board.html").read_text(encoding="utf-8")

    assert "alert(1)" in board
    assert SCRIPT not in board
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in board
    assert "=HYPERLINK(&#34;http://x&#34;)" in board or "=HYPERLINK(&quot;http://x&quot;)" in board


def test_a_name_is_no_formula_in_the_workbook(good: Journey) -> None:
    book = openpyxl.load_workbook(good.home / "reports" / MONTH / "workbook.xlsx")

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    named = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    assert named
    assert {cell.data_type for cell in named} == {"s"}
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert [
        cell.coordinate for cell in cells if cell.hyperlink and "http://x" in str(cell.hyperlink.target)
    ] == []
    assert any(str(cell.value) == SCRIPT for cell in cells)
