"""Wrong files: every one is refused with code, file and line and a remedy, and nothing is written."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.commands.cli import main
from pipelines.company.company import SAMPLE, SHIPPED
from tests.refusals import unsaid_in

ROOT = SHIPPED.parent
BOMB = "x0: &a [lol, lol]\nx1: &b [*a, *a, *a]\nx2: [*b, *b, *b]\n"
TAG = '!!python/object/apply:os.system ["exit 7"]'
DEEP = "[" * 5000 + "]" * 5000
OWN = "company/kpi_definitions"


@dataclass(frozen=True)
class Copy:
    """A copy of the sample company that may be damaged."""

    folder: Path
    home: Path

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def own(self, name: str, text: str) -> "Copy":
        path = self.folder / "kpi_definitions" / Path(name).name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def change_own(self, shipped: str, old: str, new: str) -> "Copy":
        """The company's own definition file, or else a shipped one as its own, with one thing changed."""
        own = SAMPLE / "kpi_definitions" / Path(shipped).name
        text = (own if own.exists() else SHIPPED / shipped).read_text(encoding="utf-8")
        assert old in text
        return self.own(shipped, text.replace(old, new, 1))

    def as_gbk(self, file: str) -> "Copy":
        path = self.folder / file
        path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
        return self

    def lint(self) -> int:
        return main(["lint", "--company", str(self.folder)])

    def written(self) -> list[Path]:
        return list(self.home.rglob("*"))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    found = Copy(tmp_path / "company", tmp_path / "home")
    shutil.copytree(SAMPLE, found.folder)
    monkeypatch.setenv("KPI_HOME", str(found.home))
    monkeypatch.delenv("KPI_COMPANY", raising=False)
    return found


Damage = Callable[[Copy], object]
MANAGER = "roles/store_manager.yaml"

DEFINITIONS: dict[str, tuple[Damage, str, str]] = {
    "weights of a dimension sum to 99": (
        lambda c: c.change_own(MANAGER, "duty: returns, weight: 40", "duty: returns, weight: 39"),
        "weights_sum",
        f"{OWN}/store_manager.yaml:26",
    ),
    "weights of the dimensions sum to 99": (
        lambda c: c.change_own(MANAGER, "weight: 60\n", "weight: 59\n"),
        "weights_sum",
        f"{OWN}/store_manager.yaml:16",
    ),
    "a key stands twice in a role": (
        lambda c: c.change_own(MANAGER, "cycle: M", "cycle: M\n    cycle: Q"),
        "D104",
        f"{OWN}/store_manager.yaml:12",
    ),
    "a role measures an unknown KPI": (
        lambda c: c.change_own(MANAGER, "kpi: gross_margin", "kpi: gros_margin"),
        "D208",
        f"{OWN}/store_manager.yaml:21",
    ),
    "grade bands overlap": (
        lambda c: c.change_own("grades.yaml", "max: 95, grade: A", "max: 96, grade: A"),
        "bands_overlap",
        f"{OWN}/grades.yaml:7 and {OWN}/grades.yaml:6",
    ),
    "grade bands leave a gap": (
        lambda c: c.change_own("grades.yaml", "max: 95, grade: A", "max: 94, grade: A"),
        "bands_gap",
        f"{OWN}/grades.yaml:7 and {OWN}/grades.yaml:6",
    ),
    "step bands overlap": (
        lambda c: c.change_own(MANAGER, "{min: 0.95, max: 1,", "{min: 0.95, max: 1.1,"),
        "bands_overlap",
        f"{OWN}/store_manager.yaml:27",
    ),
    "step bands leave a gap": (
        lambda c: c.change_own(MANAGER, "{min: 0.95, max: 1,", "{min: 0.96, max: 1,"),
        "bands_gap",
        f"{OWN}/store_manager.yaml:27",
    ),
    "aliases grow": (lambda c: c.own("x.yaml", BOMB), "D105", f"{OWN}/x.yaml:1"),
    "a Python tag": (lambda c: c.own("x.yaml", f"# x\nkpis: {TAG}\n"), "D105", f"{OWN}/x.yaml:2"),
    "5,000 levels": (lambda c: c.own("x.yaml", f"kpis: {DEEP}\n"), "D106", f"{OWN}/x.yaml:1"),
    "an own KPI counts an unknown column": (
        lambda c: c.change_own("kpis/sales.yaml", "sum: paid_amount_base", "sum: paid_amount_bas"),
        "D310",
        f"{OWN}/sales.yaml:",
    ),
    "an own file in GBK": (
        lambda c: (c.change_own("grades.yaml", "# ", "# 等级\n# "), c.as_gbk("kpi_definitions/grades.yaml")),
        "C002",
        f"{OWN}/grades.yaml:1",
    ),
    "an own file that would not be read": (
        lambda c: c.own("sales.yml", "kpis: []\n"),
        "C007",
        f"{OWN}/sales.yml:1",
    ),
}

COMPANY: dict[str, tuple[Damage, str, str]] = {
    "a key stands twice": (
        lambda c: c.change("company.yaml", "currency: CNY\n", "currency: CNY\ncurrency: USD\n"),
        "D104",
        "company.yaml:6",
    ),
    "an unknown key": (
        lambda c: c.change("company.yaml", "currency:", "currencies: 1\ncurrency:"),
        "D110",
        "company.yaml:5",
    ),
    "an unknown zone": (
        lambda c: c.change("company.yaml", "Europe/London", "Europe/Lundun"),
        "C003",
        "company.yaml:4",
    ),
    "a zone that is a path": (
        lambda c: c.change("company.yaml", "Europe/London", "../../etc/passwd"),
        "C003",
        "company.yaml:4",
    ),
    "an unknown accountable role": (
        lambda c: c.change("company.yaml", "refund: store_manager", "refund: store_boss"),
        "C003",
        "company.yaml:10",
    ),
    "a year with a slip": (
        lambda c: c.change("company.yaml", "first_day: 2010-12-01", "first_day: 0010-12-01"),
        "C003",
        "company.yaml:8",
    ),
    "company.yaml in GBK": (lambda c: c.as_gbk("company.yaml"), "C002", "company.yaml:3"),
    "company.yaml with a NUL": (
        lambda c: c.change("company.yaml", "CNY", "C\0NY"),
        "D102",
        "company.yaml:5",
    ),
    "company.yaml grows by aliases": (
        lambda c: c.change("company.yaml", "id: sample\n", "id: sample\n" + BOMB),
        "D105",
        "company.yaml:3",
    ),
    "a tag in files.yaml": (
        lambda c: (c.folder / "files.yaml").write_text(f"people: {TAG}\n"),
        "C112",
        "files.yaml:1",
    ),
    "files.yaml of 5,000 levels": (
        lambda c: (c.folder / "files.yaml").write_text(f"people: {DEEP}\n"),
        "C112",
        "files.yaml:1",
    ),
    "no company.yaml": (lambda c: (c.folder / "company.yaml").unlink(), "C001", "company.yaml"),
}

SOURCES: dict[str, tuple[Damage, str, str]] = {
    "a secret written down": (
        lambda c: c.change("sources.yaml", "${SAMPLE_SHOPIFY_TOKEN}", "shpat_planted"),
        "C005",
        "sources.yaml:9",
    ),
    "a secret among the settings": (
        lambda c: c.change(
            "sources.yaml", "settings: {email:", "settings: {api_token: shpat_planted, email:"
        ),
        "C005",
        "sources.yaml:25",
    ),
    "a secret in the URL": (
        lambda c: c.change("sources.yaml", "base_url: sandbox ", "base_url: https://me:shpat_planted@x.com "),
        "C004",
        "sources.yaml:3",
    ),
    "no secret at all": (
        lambda c: c.change("sources.yaml", '    secrets: {token: "${SAMPLE_SHOPIFY_TOKEN}"}\n', ""),
        "C004",
        "sources.yaml:3",
    ),
    "http to another host": (
        lambda c: c.change("sources.yaml", "base_url: sandbox ", "base_url: http://uk.myshopify.com "),
        "C004",
        "sources.yaml:3",
    ),
    "http to a host that only begins like this machine": (
        lambda c: c.change("sources.yaml", "base_url: sandbox ", "base_url: http://127.0.0.1.example.com "),
        "C004",
        "sources.yaml:3",
    ),
    "a port that does not exist": (
        lambda c: c.change("sources.yaml", "base_url: sandbox ", "base_url: https://x.com:99999 "),
        "C004",
        "sources.yaml:3",
    ),
    "an account that ends before it starts": (
        lambda c: c.change("sources.yaml", "active_to: 2011-12-09", "active_to: 2009-12-09"),
        "C004",
        "sources.yaml:3",
    ),
    "an unknown connector": (
        lambda c: c.change("sources.yaml", "connector: shopify", "connector: shopfy"),
        "D114",
        "sources.yaml:3",
    ),
}

TABLES: dict[str, tuple[Damage, str, str]] = {
    "a target for an unknown KPI": (
        lambda c: c.change("targets.csv", "P001,net_sales", "P001,net_sale"),
        "C128",
        "targets.csv:2",
    ),
    "GBK that is declared UTF-8": (
        lambda c: (
            c.as_gbk("people.csv"),
            (c.folder / "files.yaml").write_text("people: {encoding: utf-8}\n"),
        ),
        "C105",
        "people.csv:2",
    ),
    "text for a rate": (lambda c: c.change("rates.csv", "10.4133", "ten"), "C152", "rates.csv:3"),
    "text for a target": (lambda c: c.change("targets.csv", "7417000", "lots"), "C152", "targets.csv:2"),
    "two owners of 130 %": (
        lambda c: c.change("ownership.csv", "P005,0.4,", "P005,0.7,"),
        "C120",
        "ownership.csv:6 and ownership.csv:7",
    ),
    "managers in a circle": (
        lambda c: c.change("people.csv", "ecom_ops_manager,电商部,,", "ecom_ops_manager,电商部,P004,"),
        "C124",
        "people.csv:2 and people.csv:5 and people.csv:3",
    ),
    "a NUL in a CSV": (lambda c: c.change("people.csv", "林晓岚", "林\0岚"), "C113", "people.csv:3"),
    "a name that turns the direction of writing": (
        lambda c: c.change("people.csv", "林晓岚", "林\u202e岚"),
        "C159",
        "people.csv:3",
    ),
    "an open quote": (lambda c: c.change("people.csv", "林晓岚", '"林晓岚'), "C113", "people.csv:3"),
    "no people.csv": (lambda c: (c.folder / "people.csv").unlink(), "C101", "people.csv"),
}

WRONG = DEFINITIONS | COMPANY | SOURCES | TABLES


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_code_place_and_remedy(
    copy: Copy, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    damage, code, place = WRONG[name]
    damage(copy)

    exit_code = copy.lint()

    printed = capsys.readouterr()
    assert exit_code == 1
    assert re.search(
        rf"^\[{code}\] .+ \| at (\S*/)?{re.escape(place)}.* \| do: .+", printed.err, re.MULTILINE
    )
    told = re.split(r"\n(?=\[)", printed.err.rstrip("\n"))
    assert [gap for one in told for gap in unsaid_in(one)] == []
    assert "Traceback" not in printed.err
    assert "shpat_planted" not in printed.err + printed.out
    assert copy.written() == []


def test_a_wrong_cost_is_set_aside_and_printed_with_row_and_cause(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.change("costs.csv", "10080,2010-12-01,0.22", "10080,2010-12-01,cheap")

    exit_code = copy.lint()

    printed = capsys.readouterr().out
    assert exit_code == 1
    assert "[C152] cogs: this is no amount | at costs.csv:3 | found: 'cheap' | do: write digits" in printed
    assert "costs 4,069" in printed
    assert copy.written() == []


def test_a_name_that_looks_like_a_formula_is_text(copy: Copy) -> None:
    copy.change("people.csv", "林晓岚", '"=HYPERLINK(""http://x"")"')

    assert copy.lint() == 0
    assert copy.written() == []


def test_an_own_definition_replaces_the_shipped_one(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.lint()
    before = capsys.readouterr().out
    copy.change_own("kpis/sales.yaml", "decimals: 2", "decimals: 3")

    exit_code = copy.lint()

    after = capsys.readouterr().out
    assert exit_code == 0
    assert before.splitlines()[0] == after.splitlines()[0]  # no KPI more and none less
    assert _line(before, "definitions ") != _line(after, "definitions ")  # another content


def _line(printed: str, begin: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith(begin))


def test_every_wrong_definition_is_told_at_once(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.change_own(MANAGER, "kpi: gross_margin", "kpi: gros_margin")
    copy.change_own("grades.yaml", "max: 95, grade: A", "max: 94, grade: A")

    copy.lint()

    codes = re.findall(r"^\[(\w+)\]", capsys.readouterr().err, re.MULTILINE)
    assert set(codes) == {"D208", "bands_gap"}


def test_the_sample_company_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["lint", "--company", str(SAMPLE)])

    printed = capsys.readouterr()
    assert exit_code == 0
    assert printed.err == ""
    assert "[" not in printed.out


@pytest.mark.parametrize("command", [("lint",), ("run", "--date", "2011-11-29")])
def test_the_command_itself_ends_with_code_1_and_writes_nothing(copy: Copy, command: tuple[str, ...]) -> None:
    copy.change("people.csv", "ecom_ops_manager,电商部,,", "ecom_ops_manager,电商部,P004,")

    line = [sys.executable, "-m", "pipelines.commands.cli", *command, "--company", str(copy.folder)]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    assert ended.returncode == 1
    assert ended.stderr.startswith("[C124] the managers form a circle | at people.csv:2")
    assert "Traceback" not in ended.stderr
    assert copy.written() == []


def test_an_unset_secret_names_its_variable_and_asks_nobody(
    copy: Copy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMPLE_SHOPIFY_TOKEN", raising=False)
    monkeypatch.delenv("SAMPLE_ZENDESK_TOKEN", raising=False)
    text = (copy.folder / "sources.yaml").read_text(encoding="utf-8")
    text = text.replace("sandbox: true", "sandbox: false").replace(
        "base_url: sandbox", "base_url: https://x.invalid"
    )
    (copy.folder / "sources.yaml").write_text(text, encoding="utf-8")

    exit_code = main(["connectors", "check", "--company", str(copy.folder)])

    told = capsys.readouterr().out
    assert exit_code == 1
    assert "[P120] a secret of the source is not set (token: set the variable SAMPLE_SHOPIFY_TOKEN)" in told
    assert "set the variable SAMPLE_ZENDESK_TOKEN" in told
    assert copy.written() == []


def test_a_sandbox_that_does_not_answer_is_told_in_one_line(
    copy: Copy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_SANDBOX_URL", "http://127.0.0.1:1")

    exit_code = main(["connectors", "check", "--company", str(copy.folder)])

    assert exit_code == 1
    assert capsys.readouterr().err.startswith("[P190] no sandbox answers | at KPI_SANDBOX_URL")


def test_a_home_that_cannot_be_written_is_told_in_one_line(
    copy: Copy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.home.write_text("a file, not a folder")
    monkeypatch.setenv("KPI_HOME", str(copy.home))

    exit_code = main(["run", "--date", "2011-11-29", "--company", str(copy.folder)])

    assert exit_code == 1
    assert capsys.readouterr().err.startswith(f"[W103] the home folder cannot be written | at {copy.home}")
