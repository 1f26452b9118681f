"""`kpi lint` and its asset check: what they print of a company, and when they stop a run."""

import shutil
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.closing.access import parse_access
from models.definitions import load_definitions
from models.inputs import Person
from models.lint import CompanyContext, lint
from pipelines.commands.cli import main
from pipelines.company import clock
from pipelines.company.company import SAMPLE, load_company
from pipelines.company.home import Home
from pipelines.company.lint_context import context_of, findings_of
from pipelines.company.run_scope import RunScope
from pipelines.company.untrusted_folder import read_text
from pipelines.graph.checks import asset_checks, lint_result
from pipelines.steps.files import checked_files
from tests.models.lint.planted import WORLD
from tests.pace import slowness

pytestmark = pytest.mark.slow  # whole commands

BAD_NEWS = """\
kpis:
  - id: own_refunds
    effective_from: 2010-01-01
    label: {zh: 退款额, en: Refunds}
    formula: {zh: 退款之和, en: sum of refunds}
    kind: process
    unit: CNY
    direction: %s
    decimals: %s
    numerator: [{fact: refund, sum: amount_base, where: not is_excluded, date: business_date}]
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    folder = tmp_path / "company"
    shutil.copytree(SAMPLE, folder)
    return folder


def add(company: Path, text: str) -> None:
    (company / "kpi_definitions" / "own.yaml").write_text(text, encoding="utf-8")


def context(company: Path) -> CompanyContext:
    loaded = load_company(company)
    day = loaded.first_day
    work = RunScope(loaded, Home(company / "home"), day, day, clock.as_of(loaded, day))
    return context_of(loaded, checked_files(work), day)


def test_an_error_stops_and_names_file_line_and_remedy(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(company, BAD_NEWS % ("higher", "2"))

    code = main(["lint", "--company", str(company)])

    printed = capsys.readouterr().out
    assert code == 1
    assert "[L010] error: own_refunds" in printed
    assert "own.yaml:2" in printed
    assert "findings: 1 error, 0 warnings" in printed


def test_a_warning_is_shown_and_stops_nothing(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(company, BAD_NEWS % ("lower", "0"))

    code = main(["lint", "--company", str(company)])

    assert code == 0
    assert "[L003] warning: own_refunds" in capsys.readouterr().out


def test_notices_are_shown_when_asked_for(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(company, BAD_NEWS % ("lower", "2"))

    main(["lint", "--company", str(company)])
    few = capsys.readouterr().out
    main(["lint", "--company", str(company), "--all"])
    all_of_them = capsys.readouterr().out

    assert "own_refunds" not in few
    assert "[L005] notice: no role uses own_refunds" in all_of_them


def test_a_refusal_comes_alone_because_nothing_can_be_linted(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(company, BAD_NEWS % ("upward", "2"))

    code = main(["lint", "--company", str(company)])

    assert code == 1
    assert "[D114]" in capsys.readouterr().err


def test_the_context_of_the_sample_knows_sources_owners_and_targets(company: Path) -> None:
    found = context(company)

    assert found.facts is not None
    assert found.owned is not None
    assert {"order_line", "refund", "ticket", "headcount"} <= found.facts
    assert "shop" in found.owned["store_manager"]
    assert any(t.scope == "person" for t in found.targets)
    assert found.template is not None


def test_a_source_that_is_taken_away_is_missed_by_every_role_that_needs_it(company: Path) -> None:
    loaded = load_company(company)
    day = loaded.first_day
    definitions = RunScope(loaded, Home(company / "home"), day, day, clock.as_of(loaded, day)).definitions
    held = context(company)
    without = CompanyContext(facts=(held.facts or frozenset()) - {"ticket"}, owned=held.owned)

    found = [f for f in lint(definitions, without) if f.code == "L090"]

    missed = {f.en.split(":")[0] for f in found if f.severity == "notice"}
    assert {"aftersales_cs", "cs_supervisor"} <= missed
    [told] = [f for f in found if f.severity == "warning" and "nothing feeds ticket: " in f.en]
    assert all(
        role in told.en and role in told.zh for role in missed if role in {"aftersales_cs", "cs_supervisor"}
    )
    assert "没有来源提供 ticket：" in told.zh
    # a table is told once, whoever needs it, and its lines stand in the notices alone
    warned = [f.en.partition(":")[0] for f in found if f.severity == "warning"]
    assert len(warned) == len(set(warned)) < len(found) / 2


def _unfed(company: Path, *absent: str, partly: dict[str, frozenset[str]] | None = None) -> list[str]:
    """What L090 says of pre-sales agents, once nothing feeds some tables."""
    loaded = load_company(company)
    day = loaded.first_day
    definitions = RunScope(loaded, Home(company / "home"), day, day, clock.as_of(loaded, day)).definitions
    held = context(company)
    without = CompanyContext(
        facts=(held.facts or frozenset()) - set(absent), partly=partly or {}, owned=held.owned
    )
    return [f.en for f in lint(definitions, without) if f.code == "L090" and f.en.startswith("presales_cs")]


def test_nothing_is_missed_where_an_alternative_is_fed(company: Path) -> None:
    assert _unfed(company, "chat") == []
    assert _unfed(company, partly={"chat": frozenset({"rating_only"})}) == []


def test_both_tables_are_named_where_neither_is_fed(company: Path) -> None:
    found = _unfed(company, "chat", "agent_day")

    assert "presales_cs: cs_sales needs chat, or agent_day (reported_net_sales)" in found
    assert len(found) == 5


def test_ratings_alone_are_no_chats(company: Path) -> None:
    found = _unfed(company, "agent_day", partly={"chat": frozenset({"rating_only"})})

    assert "presales_cs: reply_rate needs chat, or agent_day (reported_reply_rate)" in found


@pytest.mark.parametrize(
    ("direction", "decimals", "passed", "severity"),
    [("higher", "2", False, "ERROR"), ("lower", "0", False, "WARN"), ("lower", "2", True, "WARN")],
)
def test_the_asset_check_stops_a_run_for_errors_only(
    company: Path, direction: str, decimals: str, passed: bool, severity: str
) -> None:
    add(company, BAD_NEWS % (direction, decimals))
    loaded = load_company(company)
    day = loaded.first_day
    work = RunScope(loaded, Home(company / "home"), day, day, clock.as_of(loaded, day))

    result = lint_result(findings_of(work, checked_files(work)))

    assert result.passed is passed
    assert result.severity.value == severity


def test_the_asset_check_is_there_and_blocks() -> None:
    specs = {spec.name: spec for check in asset_checks() for spec in check.check_specs}

    assert specs["definitions_lint"].blocking


def test_a_slip_in_access_yaml_is_told_and_stops_no_run(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (company / "access.yaml").write_text("grants:\n  - {person: HR, may: [lok], over: company}\n", "utf-8")

    code = main(["lint", "--company", str(company)])

    printed = capsys.readouterr().out
    assert code == 1
    assert (
        "[D114] may has an unknown value | at access.yaml:2 | found: 'lok' | do: did you mean lock?"
        in printed
    )
    assert context(company).access is None


def test_the_sample_has_no_finding_about_who_may_do_what_but_its_made_up_logins(company: Path) -> None:
    loaded = load_company(company)
    day = loaded.first_day
    work = RunScope(loaded, Home(company / "home"), day, day, clock.as_of(loaded, day))

    found = [f for f in findings_of(work, checked_files(work)) if f.code.startswith("L12")]

    assert {(f.code, f.severity) for f in found} == {("L123", "notice")}
    assert all("has no login merit-" in f.en for f in found)


def test_people_nobody_may_review_are_named_and_grouped_by_their_manager(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (company / "access.yaml").read_text("utf-8")
    (company / "access.yaml").write_text(text.replace(", head: true", ""), "utf-8")

    code = main(["lint", "--company", str(company)])

    printed = capsys.readouterr().out
    assert code == 0
    assert (
        "[L120] warning: people without a manager: nobody may review P001 周明远 (2011-12-31), "
        "P013 秦慧敏 (2016-06-30), P100 赵思远 (2011-11-30), P101 钱文博 (2011-11-30) | at people.csv"
    ) in printed


def test_a_manager_whose_leave_date_alone_says_so_reviews_nobody(company: Path) -> None:
    people = company / "people.csv"
    text = people.read_text("utf-8").replace(
        "P013,秦慧敏,cs_supervisor,客服部,,2016-02-01,2016-06-30,2014-05-12,,",
        "P013,秦慧敏,cs_supervisor,客服部,,2016-02-01,,2014-05-12,2016-04-30,voluntary",
    )
    people.write_text(text, "utf-8")

    found = [row for row in context(company).people if row.person_id == "P013"]

    assert [str(row.valid_to) for row in found] == ["2016-04-30"]


def test_three_hundred_people_are_looked_through_in_a_moment() -> None:
    people = tuple(
        Person(
            person_id=f"P{n}", name=f"员工{n}", role_id="cs", dept="客服部",
            manager_id=f"P{(n - 1) // 8}" if n else None, valid_from=date(2026, 1, 1) + timedelta(days=n % 200),
        )
        for n in range(300)
    )  # fmt: skip
    access = parse_access(read_text(SAMPLE / "access.yaml"))
    definitions = load_definitions({"world.yaml": WORLD})

    before = time.process_time()
    found = lint(definitions, CompanyContext(people=people, access=access))
    spent = time.process_time() - before

    assert [f.code for f in found if f.code in {"L120", "L121"}] == []
    assert spent < 2 * slowness()
