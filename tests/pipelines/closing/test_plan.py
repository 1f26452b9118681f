"""Everybody is told the plan beforehand and answers by the own login; a target that nobody can reach waits for an approver."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from models.closing.plan_record import PlanState
from models.errors import MeritError
from models.periods import Period
from pipelines.closing.plans import PlanService, allow, answer, plan_standings, serve
from pipelines.closing.signing import Decisions
from pipelines.commands.cli import main
from pipelines.company.company import load_company
from pipelines.company.home import Home
from pipelines.company.identity import system_login
from tests.pipelines.closing.conftest import ACCESS, APPRAISED, Firm

APRIL = Period.parse("2026-04")
DAY = "2026-03-30"
KPI = """\
kpis:
  - id: lanterns
    effective_from: 2025-01-01
    label: {zh: 灯笼数, en: Lanterns}
    formula: {zh: 本期完成的灯笼, en: lanterns made in the period}
    kind: result
    unit: pieces
    direction: higher
    decimals: 0
    numerator: [{fact: task, count: rows, date: due_on}]
"""
RESULT = """\
    dimensions:
      - id: result
        label: {zh: 工作结果, en: Results}
        weight: 50
        kpis:
          - {kpi: lanterns, duty: make, weight: 100, target: plan, method: score.linear, args: {cap: 1.2}}
"""
# what everybody made in the three months before, and what April asks for
MADE = {
    "M1": (8, 10, 12),
    "M2": (8, 10, 12),
    "M3": (10, 10, 10),
    "B1": (5, 5, 5),
    "B2": (5, 5, 5),
    "HEAD": (5, 5, 5),
}
GOALS = {"M1": 11, "M2": 20, "M3": 11, "B1": 5, "B2": 5, "HEAD": 5}
TARGETS = "scope,scope_id,kpi_id,period,value,basis,approved_by,version\n"


@pytest.fixture(scope="module")
def workshop_once(scored_once: Firm, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The firm with lanterns that are counted, after January to March were scored."""
    place = tmp_path_factory.mktemp("workshop")
    shutil.copytree(scored_once.folder, place / "company")
    firm = Firm(place / "company", Home.at(place / "home"))
    role = (firm.folder / "kpi_definitions/roles.yaml").read_text(encoding="utf-8")
    firm.write("kpi_definitions/kpis.yaml", KPI)
    behaviour = "weight: 100\n        kpis:\n          - {kpi: teamwork"
    role = role.replace("    dimensions:\n", RESULT).replace(behaviour, behaviour.replace("100", "50"))
    firm.write("kpi_definitions/roles.yaml", role)
    owner = "[score, approve, veto, read], over: company"
    firm.write("access.yaml", ACCESS.replace(owner, owner.replace("veto", "veto, plan")))
    tasks = [
        f"{who}-{month}-{n},{who},other,2026-{month:02d}-{n + 1:02d} 10:00:00\n"
        for who, counts in MADE.items()
        for month, count in enumerate(counts, start=1)
        for n in range(count)
    ]
    firm.write("facts/tasks.csv", "task_id,assignee_id,type,due_at\n" + "".join(tasks))
    firm.write(
        "facts.yaml",
        "drops:\n  - {table: task, file: facts/tasks.csv, shop_id: bench, zone: Asia/Shanghai,"
        f" from: 2026-01-01, to: 2026-03-31, rows: {len(tasks)}}}\n",
    )
    monthly = [f"person,{who},lanterns,2026-0{n},5,negotiated,OWNER,1\n" for who in GOALS for n in (1, 2, 3)]
    april = [f"person,{who},lanterns,2026-04,{goal},own_history,OWNER,1\n" for who, goal in GOALS.items()]
    firm.write("targets.csv", TARGETS + "".join([*monthly, *april]))
    ratings = ["person_id,period,item_id,rater_id,rater_type,score,scale_max\n"]
    ratings += [
        f"{who},2026-0{n},{item},{'OWNER' if who == 'HEAD' else 'BOSS'},superior,4,5\n"
        for who in APPRAISED
        for n in (1, 2, 3)
        for item in ("teamwork", "execution")
    ]
    firm.write("ratings.csv", "".join(ratings))
    for month in ("2026-01", "2026-02", "2026-03"):
        firm.score(Period.parse(month))
    return firm


@pytest.fixture
def workshop(workshop_once: Firm, tmp_path: Path) -> Firm:
    shutil.copytree(workshop_once.folder, tmp_path / "company")
    shutil.copytree(workshop_once.home.root, tmp_path / "home")
    return Firm(tmp_path / "company", Home.at(tmp_path / "home"))


def serve_all(firm: Firm, login: str = "hr", day: str = DAY, *people: str) -> PlanService:
    return serve(firm.sign(login, day), APRIL, people)


def states(firm: Firm, login: str = "hr") -> dict[str, PlanState]:
    return {stands.plan.person: stands.state for stands in plan_standings(firm.sign(login, DAY), APRIL)}


def codes(found: Decisions) -> dict[str, str]:
    return {person: refusal.code for person, refusal in found.refused.items()}


def retarget(firm: Firm, who: str, goal: int, version: int = 2) -> None:
    text = (firm.folder / "targets.csv").read_text(encoding="utf-8")
    firm.write("targets.csv", f"{text}person,{who},lanterns,2026-04,{goal},negotiated,OWNER,{version}\n")


def test_plans_are_served_and_whose_target_is_blind_is_left_out_by_name(workshop: Firm) -> None:
    found = serve_all(workshop)

    assert sorted(e.person for e in found.decisions.entered) == ["B1", "B2", "HEAD", "M1"]
    assert codes(found.decisions) == {"M2": "S150", "M3": "S150"}
    told = str(found.decisions.refused["M2"])
    assert "lanterns" in told
    assert "target 20; own history 2026-01 8, 2026-02 10, 2026-03 12" in told
    assert "0 of the last 3 periods" in str(found.decisions.refused["M3"])
    waiting = dict.fromkeys(["B1", "B2", "HEAD", "M1"], "waiting")
    assert states(workshop) == {**waiting, "M2": "not_served", "M3": "not_served"}


def test_what_was_served_lies_there_for_its_reader_alone_and_an_entry_names_it(workshop: Firm) -> None:
    found = serve_all(workshop)

    [mine] = [e.says for e in found.decisions.entered if e.person == "M1"]
    page = found.index.parent / mine["page"]
    assert hashlib.sha256(page.read_bytes()).hexdigest() == mine["page_hash"]
    assert page.name == f"M1-{mine['plan_hash'][:8]}.html"
    assert {path.stat().st_mode & 0o777 for path in found.index.parent.iterdir()} == {0o600}
    index = found.index.read_text(encoding="utf-8")
    assert f'href="{mine["page"]}"' in index
    assert "M2" in index


def test_the_page_tells_the_plan_in_words_numbers_history_and_an_example(workshop: Firm) -> None:
    found = serve_all(workshop, "hr", DAY, "M1")

    [entry] = found.decisions.entered
    page = (found.index.parent / entry.says["page"]).read_text(encoding="utf-8")
    for words in (
        "本期完成的灯笼", "lanterns made in the period", "做好灯笼", "Make lanterns well", "依据：自身历史",
        "basis: own history", "2026-03", "±5", "≤ 总分", "kpi plan confirm --period 2026-04",
    ):  # fmt: skip
        assert words in page, words
    # 12 lanterns of March against 11, for half of the weight; 4 of 5 points of every rating for the other half
    assert "1 + (12 − 11) ÷ |11| ≈ 1.090909" in page
    assert "54.545455 + 24 + 16 ≈ 94.545455" in page


def test_served_again_is_nothing_and_the_page_stays(workshop: Firm) -> None:
    first = serve_all(workshop)
    pages = {path: path.read_bytes() for path in first.index.parent.glob("M1-*")}

    again = serve_all(workshop, "hr", "2026-04-02")

    assert again.decisions.entered == []
    assert sorted(again.decisions.made_before) == ["B1", "B2", "HEAD", "M1"]
    assert {path: path.read_bytes() for path in first.index.parent.glob("M1-*")} == pages


def test_the_own_login_confirms_and_nobody_else(workshop: Firm) -> None:
    serve_all(workshop)

    mine = answer(workshop.sign("m1", DAY), APRIL, "confirmed")

    assert [(e.person, e.actor, e.kind) for e in mine.entered] == [("M1", "M1", "plan_confirmed")]
    assert states(workshop)["M1"] == "confirmed"
    assert states(workshop)["B1"] == "waiting"
    assert answer(workshop.sign("m1", DAY), APRIL, "confirmed").made_before == ["M1"]
    with pytest.raises(MeritError, match="S157"):  # HR has no plan, and answers for nobody
        answer(workshop.sign("hr", DAY), APRIL, "confirmed")
    assert codes(answer(workshop.sign("m3", DAY), APRIL, "confirmed")) == {"M3": "S151"}


def test_who_refuses_says_why_and_may_agree_later(workshop: Firm) -> None:
    serve_all(workshop)
    signing = workshop.sign("m1", DAY)

    assert codes(answer(signing, APRIL, "refused")) == {"M1": "S140"}
    assert answer(signing, APRIL, "refused", reason="四月停工一周").entered
    assert states(workshop)["M1"] == "refused"
    [row] = [s for s in plan_standings(workshop.sign("hr", DAY), APRIL) if s.plan.person == "M1"]
    assert row.record.served[-1].reason == "四月停工一周"
    answer(signing, APRIL, "confirmed")
    assert states(workshop)["M1"] == "confirmed"
    assert codes(answer(signing, APRIL, "refused", reason="还是太高")) == {"M1": "S153"}


def test_a_changed_target_asks_again_and_both_plans_stay_with_their_days(workshop: Firm) -> None:
    serve_all(workshop)
    answer(workshop.sign("m1", DAY), APRIL, "confirmed")
    retarget(workshop, "M1", 10)

    assert states(workshop)["M1"] == "changed"
    assert states(workshop)["B1"] == "waiting"
    assert codes(answer(workshop.sign("m1", DAY), APRIL, "confirmed")) == {"M1": "S152"}
    again = serve_all(workshop, "hr", "2026-04-10")
    assert [e.person for e in again.decisions.entered] == ["M1"]
    answer(workshop.sign("m1", "2026-04-11"), APRIL, "confirmed")

    [row] = [s for s in plan_standings(workshop.sign("hr", "2026-04-12"), APRIL) if s.plan.person == "M1"]
    assert row.state == "confirmed"
    assert [(str(x.on), str(x.answered_on)) for x in row.record.served] == [(DAY, DAY), ("2026-04-10", "2026-04-11")]  # fmt: skip
    assert len([*again.index.parent.glob("M1-*")]) == 2


def test_a_changed_definition_asks_everybody_in_the_role_again_from_its_day(workshop: Firm) -> None:
    serve_all(workshop)
    newer = (
        KPI.removeprefix("kpis:\n").replace("2025-01-01", "2026-04-15").replace("本期完成", "本期按时完成")
    )
    workshop.write("kpi_definitions/kpis.yaml", KPI + newer)

    found = plan_standings(workshop.sign("hr", DAY), APRIL)

    assert {s.plan.person for s in found if s.state == "changed"} == {"B1", "B2", "HEAD", "M1"}
    assert {str(s.plan.begins) for s in found} == {"2026-04-15"}


def test_a_blind_target_is_served_once_an_approver_stands_for_it(workshop: Firm) -> None:
    serve_all(workshop)

    assert codes(allow(workshop.sign("m3", DAY), APRIL, "M2", "lanterns", "新店")) == {"M2": "R103"}
    assert codes(allow(workshop.sign("m3", DAY), APRIL, "M3", "lanterns", "新店")) == {"M3": "R102"}
    assert codes(allow(workshop.sign("hr", DAY), APRIL, "M2", "lanterns", "新店")) == {"M2": "R103"}
    assert allow(workshop.sign("b1", DAY), APRIL, "M2", "lanterns", "四月开新店").entered
    found = serve_all(workshop)

    [entry] = [e for e in found.decisions.entered if e.person == "M2"]
    page = (found.index.parent / entry.says["page"]).read_text(encoding="utf-8")
    assert "B1 特批：四月开新店" in page
    retarget(workshop, "M2", 30)  # another value, for which nobody stands
    assert codes(serve_all(workshop, "hr", DAY, "M2").decisions) == {"M2": "S150"}


def test_who_allowed_a_target_does_not_serve_it(workshop: Firm) -> None:
    allow(workshop.sign("owner", DAY), APRIL, "M2", "lanterns", "四月开新店")

    assert codes(serve_all(workshop, "owner", DAY, "M2").decisions) == {"M2": "S154"}
    assert serve_all(workshop, "hr", DAY, "M2").decisions.entered


def test_only_a_blind_target_takes_an_approver(workshop: Firm) -> None:
    with pytest.raises(MeritError, match="S155"):
        allow(workshop.sign("b1", DAY), APRIL, "M1", "lanterns", "新店")


def test_a_plan_without_its_target_is_not_served(workshop: Firm) -> None:
    text = (workshop.folder / "targets.csv").read_text(encoding="utf-8")
    workshop.write("targets.csv", text.replace("person,M1,lanterns,2026-04,11,own_history,OWNER,1\n", ""))

    assert codes(serve_all(workshop, "hr", DAY, "M1").decisions) == {"M1": "S156"}


def test_who_may_not_plan_serves_nobody_and_a_manager_reads_of_the_own_people_alone(workshop: Firm) -> None:
    assert codes(serve_all(workshop, "b1", DAY, "M1").decisions) == {"M1": "R103"}
    serve_all(workshop)

    assert [*states(workshop, "b1")] == ["B1", "M1", "M2"]
    assert [*states(workshop, "m1")] == ["M1"]


def test_a_first_month_has_no_history_and_no_example(firm: Firm) -> None:
    shutil.rmtree(firm.home.root / "published")

    found = serve(firm.sign("hr", "2026-01-02"), Period.parse("2026-01"), ["M1"])

    [entry] = found.decisions.entered
    page = (found.index.parent / entry.says["page"]).read_text(encoding="utf-8")
    assert "2025-12 没有您的数字" in page
    assert "no earlier figures" in page


def test_the_commands_serve_answer_and_list(
    workshop: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KPI_HOME", str(workshop.home.root))
    access = (workshop.folder / "access.yaml").read_text(encoding="utf-8")

    def kpi(person: str, *words: str) -> int:
        users = f"users:\n  - {{login: {system_login()}, person: {person}}}\n"
        workshop.write("access.yaml", access.replace("users:\n", users))
        at = datetime.fromisoformat(f"{DAY}T09:00:00+08:00").isoformat()
        return main(["plan", *words, "--period", "2026-04", "--as-of", at, "--company", str(workshop.folder)])

    assert kpi("HR", "serve") == 1
    told = capsys.readouterr().out
    assert "方案已送达：4 人，被拒绝 2 人" in told
    assert 'kpi plan allow M2 lanterns --period 2026-04 --reason "…"' in told
    assert kpi("B1", "allow", "M2", "lanterns", "--reason", "四月开新店") == 0
    assert kpi("HR", "serve", "M2") == 0
    assert kpi("M1", "confirm", "--refuse", "--reason", "停工一周") == 0
    assert kpi("M1", "confirm") == 0
    assert kpi("M2", "confirm", "--refuse") == 1
    capsys.readouterr()
    assert kpi("HR", "status") == 0
    listed = capsys.readouterr().out
    assert "已确认 confirmed: 1" in listed
    assert "未送达 not served: 1" in listed
    assert "plan_confirmation: off" in listed


def test_company_yaml_says_what_has_to_be_there(firm: Firm) -> None:
    text = (firm.folder / "company.yaml").read_text(encoding="utf-8")

    assert load_company(firm.folder).plan_confirmation == "off"
    for word in ("required", "recorded", "off"):
        firm.write("company.yaml", f"{text}plan_confirmation: {word}\n")
        assert load_company(firm.folder).plan_confirmation == word
    firm.write("company.yaml", f"{text}plan_confirmation: yes\n")
    with pytest.raises(MeritError, match="plan_confirmation"):
        load_company(firm.folder)
