"""The list of what blocks a month over a firm that is scored for real: named, ordered, mended and gone."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from models.closing.blockers import Blocker
from models.closing.entries import Draft
from models.closing.kinds import EntryKind
from models.periods import Period
from pipelines.closing.close import CloseStatus, close_status
from pipelines.closing.moves import sign_cards
from pipelines.closing.plans import answer, serve
from pipelines.commands.cli import main
from pipelines.company import clock
from pipelines.company.company import load_company
from pipelines.company.run_scope import RunScope
from pipelines.graph.runner import run_period
from pipelines.render.workbook import write_workbook
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, PEOPLE, ROLE, Firm
from warehouse.ledger.ledger import Ledger
from warehouse.store.connect import open_published

K = EntryKind
# those who lead are scored by the totals of their reports as well
LEADER = (
    ROLE.replace("id: maker", "id: leader")
    .replace("{zh: 匠人, en: Lantern maker}", "{zh: 班长, en: Head of a bench}")
    .removeprefix("roles:\n")
    .replace(
        "{kpi: execution, duty: make, weight: 40, target: 100, method: score.rating, args: {weights: {superior: 100}}}",
        "{kpi: team_attainment, duty: make, weight: 40, target: 1, method: score.linear, args: {cap: 1}}",
    )
)
LED = (
    PEOPLE.replace("许师傅,maker", "许师傅,leader")
    .replace("钱一,maker", "钱一,leader")
    .replace("孙二,maker", "孙二,leader")
)


def _close(firm: Firm, period: Period = JANUARY, as_of: str = "2026-02-03") -> CloseStatus:
    instant = datetime.fromisoformat(f"{as_of}T09:00:00+08:00")
    return close_status(load_company(firm.folder), firm.home, period, as_of=instant)


def _told(status: CloseStatus) -> list[tuple[str, str, list[str]]]:
    return [(b.kind.value, b.thing.subject, sorted(b.people)) for b in status.found.blockers]


def _lead(firm: Firm) -> None:
    firm.write("kpi_definitions/roles.yaml", ROLE + LEADER)
    firm.write("people.csv", LED)


def _only(status: CloseStatus) -> Blocker:
    [blocker] = status.found.blockers
    return blocker


def test_a_firm_of_which_everything_is_known_has_reviews_next(firm: Firm) -> None:
    status = _close(firm)

    assert not status.blocks
    assert status.states == {"scored": 6}
    [step] = status.steps
    assert (step.command, len(step.people)) == ("kpi review --period 2026-01", 6)
    assert step.owner.people == ("B1", "B2", "HEAD", "OWNER")


def test_ratings_of_one_silent_manager_keep_three_people_waiting_and_come_first(firm: Firm) -> None:
    _lead(firm)
    firm.rate(dict.fromkeys(["B1", "B2", "HEAD", "M3"], 4))
    firm.score()

    status = _close(firm)

    # B1 has not rated M1 and M2; so the own card waits, and that of HEAD above
    assert _told(status) == [("rating", "B1", ["B1", "HEAD", "M1", "M2"])]
    assert _only(status).owner.people == ("B1",)
    assert status.found.line.en == "this 1 thing unblocks 4 of 6 people"

    firm.rate(dict.fromkeys(APPRAISED, 4))
    firm.score()
    assert not _close(firm).blocks


def test_two_silent_managers_are_ordered_by_whom_they_free(firm: Firm) -> None:
    _lead(firm)
    firm.rate(dict.fromkeys(["B1", "B2", "HEAD"], 4))
    firm.score()

    told = _told(_close(firm))

    assert told == [("rating", "B1", ["B1", "HEAD", "M1", "M2"]), ("rating", "B2", ["B2", "HEAD", "M3"])]


def test_before_anything_is_scored_it_says_what_will_be_missing(firm: Firm) -> None:
    february = Period.parse("2026-02")

    status = _close(firm, february, as_of="2026-02-20")

    assert (status.is_scored, status.is_running) == (False, True)
    assert {subject for _, subject, _ in _told(status)} == {"B1", "B2", "HEAD", "OWNER"}
    assert status.steps == ()


def test_ratings_are_not_asked_for_before_the_twentieth(firm: Firm) -> None:
    assert not _close(firm, Period.parse("2026-02"), as_of="2026-02-19").blocks


def test_it_works_in_a_home_where_nothing_was_ever_run(firm: Firm) -> None:
    firm.home.published.unlink()

    status = _close(firm)

    assert not status.blocks
    assert [step.command for step in status.steps] == ["kpi score --period 2026-01"]
    assert status.states == {"open": 6}


def test_without_access_the_owners_are_unknown_and_it_says_so(firm: Firm) -> None:
    (firm.folder / "access.yaml").unlink()
    firm.rate(dict.fromkeys(["B1", "B2", "HEAD", "M2", "M3"], 4))
    firm.score()

    status = _close(firm)

    # whom people.csv names as manager is known all the same
    assert _only(status).owner.people == ("B1",)
    assert "there is no usable access.yaml" in status.notes[0].en
    assert "unknown" in status.steps[0].owner.position.en


def test_an_edit_after_scoring_asks_to_score_again(firm: Firm) -> None:
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})

    blocker = _only(_close(firm))

    assert (blocker.code, blocker.command) == ("S136", "kpi score --period 2026-01")
    assert blocker.what.en.endswith("ratings.csv")
    firm.score()
    assert not _close(firm).blocks


def test_shares_above_the_whole_are_named_with_their_lines(firm: Firm) -> None:
    firm.write(
        "ownership.csv",
        "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
        "shop,tea,maker,M1,0.7,2026-01-01,\nshop,tea,maker,M2,0.6,2026-01-01,\n",
    )

    overlap = next(b for b in _close(firm).found.blockers if b.kind == "overlap")

    assert overlap.code == "C120"
    assert overlap.place == "ownership.csv:2 and ownership.csv:3"
    assert len(overlap.people) == 6


def test_definitions_that_do_not_load_are_named(firm: Firm) -> None:
    firm.write("kpi_definitions/roles.yaml", ROLE.replace("weight: 60", "weight: 70"))

    status = _close(firm)

    assert status.blocks
    assert status.found.blockers[0].kind == "file"
    assert "roles.yaml" in status.found.blockers[0].place


def test_an_open_objection_waits_for_whoever_may_answer(firm: Firm) -> None:
    _publish(firm)
    body = {"number": 1, "role": "maker", "kpi": "teamwork", "reason": "不符", "why_hash": "w"}
    cards = firm.sign("hr").cards(JANUARY)
    firm.sign("m1").decide(JANUARY, K.OBJECTED, {"M1": {**body, "card_hash": cards["M1"].hash}})

    status = _close(firm)

    blocker = _only(status)
    assert (blocker.code, sorted(blocker.people)) == ("S133", ["M1"])
    assert "M1" not in blocker.owner.people
    assert blocker.owner.people
    assert status.states == {"published": 5, "objected": 1}


def _publish(firm: Firm) -> None:
    for login in ("b1", "b2", "head", "owner"):
        sign_cards(firm.sign(login), JANUARY, K.REVIEWED)
    sign_cards(firm.sign("hr"), JANUARY, K.PUBLISHED, says={"objections_until": "2026-02-10"})


def test_approval_waits_until_the_time_to_object_is_over(firm: Firm) -> None:
    _publish(firm)

    [waiting] = _close(firm, as_of="2026-02-10").steps
    [due] = _close(firm, as_of="2026-02-11").steps

    assert (waiting.waits, due.waits) == (True, False)
    assert due.command == "kpi approve --period 2026-01"


def test_plans_that_were_never_served_or_not_confirmed_block_where_the_company_demands_it(firm: Firm) -> None:
    text = (firm.folder / "company.yaml").read_text(encoding="utf-8")
    firm.write("company.yaml", f"{text}plan_confirmation: required\n")
    serve(firm.sign("hr", "2026-01-05"), JANUARY, [p for p in APPRAISED if p != "M3"])
    answer(firm.sign("m1", "2026-01-06"), JANUARY, "confirmed")

    status = _close(firm)

    waiting = sorted({*APPRAISED} - {"M1", "M3"})
    assert _told(status) == [("plan", "2026-01 waiting", waiting), ("plan", "2026-01 not_served", ["M3"])]


def test_a_locked_period_waits_for_nothing(firm: Firm) -> None:
    cards = firm.sign("hr").cards(JANUARY)
    body = {"version": 1, "manifest_hash": "m", "cards": len(cards)}
    locked = Draft(kind=K.LOCKED, period="2026-01", body=body)
    Ledger.of(firm.home.root).record("HR", lambda _: [locked], period="2026-01")
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})

    status = _close(firm)

    assert not status.blocks
    assert status.notes[-1].en == "the period is locked"


@pytest.mark.parametrize(("rated", "code"), [(APPRAISED, 0), (APPRAISED[:-1], 1)])
def test_the_command_says_by_its_exit_code_whether_anything_blocks(
    firm: Firm,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    rated: list[str],
    code: int,
) -> None:
    monkeypatch.setenv("KPI_HOME", str(firm.home.root))
    firm.rate(dict.fromkeys(rated, 4))
    firm.score()

    for language in ("zh", "en", "both"):
        assert main(["close", "2026-01", "--company", str(firm.folder), "--lang", language]) == code

    shown = capsys.readouterr().out
    if code:
        assert "B2 孙二 尚未评分：M3 吴五" in shown
        assert "B2 孙二 has not rated M3 吴五" in shown
    assert "kpi review --period 2026-01" in shown


def test_reading_the_list_enters_nothing(firm: Firm) -> None:
    before = Ledger.of(firm.home.root).head()

    _close(firm)

    assert Ledger.of(firm.home.root).head() == before


def test_the_workbook_has_the_same_list_as_the_command(firm: Firm, tmp_path: Path) -> None:
    # a name that Excel would take for a formula stays text
    firm.write("people.csv", PEOPLE.replace("孙二", "=SUM(A1)"))
    firm.rate(dict.fromkeys(APPRAISED[:-1], 4))
    firm.score()
    status = _close(firm)

    with open_published(firm.home.root) as con:
        book = openpyxl.load_workbook(write_workbook(con, JANUARY.id, tmp_path / "book.xlsx", status.points))

    sheet = book["待办 Open points"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    texts = "\n".join(str(cell.value) for cell in cells)
    assert "B2 =SUM(A1) has not rated M3 吴五" in texts
    assert status.found.line.zh in texts
    assert book.sheetnames[:2] == ["汇总 Summary", "待办 Open points"]


def test_a_month_in_which_nothing_blocks_has_no_sheet_of_open_points(firm: Firm, tmp_path: Path) -> None:
    with open_published(firm.home.root) as con:
        path = write_workbook(con, JANUARY.id, tmp_path / "book.xlsx", _close(firm).points)

    assert "待办 Open points" not in openpyxl.load_workbook(path).sheetnames


def test_dagster_shows_the_same_list_and_warns_without_stopping_the_run(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    firm.rate(dict.fromkeys(APPRAISED[:-1], 4))
    company = load_company(firm.folder)
    work = RunScope(company, firm.home, JANUARY.start, JANUARY.end, clock.as_of(company, JANUARY.end))

    outcome = run_period(work, JANUARY.id)

    assert outcome.success
    told = [error.actual for error in outcome.failed_checks if "nothing_blocks" in error.what]
    assert told == ["this 1 thing unblocks 1 of 6 people: kpi close 2026-01"]
    book = openpyxl.load_workbook(firm.home.report(JANUARY.id, "workbook.xlsx"))
    assert "待办 Open points" in book.sheetnames
