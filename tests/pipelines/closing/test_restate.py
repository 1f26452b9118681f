"""What becomes known after the lock is proposed once, decided by somebody else, posted once; what was signed never moves."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal

import pytest

from models.closing.corrections import Proposal
from models.errors import MeritError, RightsError, SigningError
from pipelines.closing.restating import decide_proposal, post, proposals, restate
from pipelines.company.company import load_company
from pipelines.steps.publish import publish_again
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, PEOPLE, ROLE, Firm
from tests.pipelines.closing.locking import approve_all, lock, reopen
from warehouse.published.digest import published_rows
from warehouse.store.connect import open_published

DAY = "2026-02-24"


def rated(firm: Firm, **changed: int) -> None:
    firm.rate({**dict.fromkeys(APPRAISED, 4), **changed})


def totals(proposal: Proposal) -> dict[str, Decimal]:
    return {line.measure: line.amount for line in proposal.lines if not line.kpi}


def states(firm: Firm) -> list[tuple[int, str, str]]:
    return [(p.number, p.card[0], p.state) for p in proposals(firm.sign("hr", DAY), JANUARY)]


def shown(firm: Firm) -> None:
    publish_again(load_company(firm.folder), firm.home, JANUARY)


def signed_bytes(firm: Firm) -> Mapping[str, str]:
    """Every file of every snapshot, and the published rows of January."""
    files = {
        path.relative_to(firm.home.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((firm.home.root / "locked").rglob("*"))
        if path.is_file()
    }
    rows = published_rows(firm.home.root)
    of_cards = [row for name in ("scorecard", "scorecard_line", "kpi_actual_period") for row in rows[name]]
    january = "\n".join(row for row in of_cards if '"2026-01"' in row)
    return {**files, "published": hashlib.sha256(january.encode()).hexdigest()}


def conservation(firm: Firm, person: str, measure: str = "total") -> tuple[Decimal, ...]:
    """locked, approved, open, rejected, recomputed, difference of a number of a card, as it is published."""
    shown(firm)
    with open_published(firm.home.root) as con:
        [row] = con.execute(
            "select locked, approved, open, rejected, recomputed, difference from conservation"
            " where period = '2026-01' and person_id = ? and kpi_id = '' and measure = ?",
            [person, measure],
        ).fetchall()
    return tuple(row)


@pytest.fixture
def locked(approved: Firm) -> Firm:
    """January, locked by HR on the 20th."""
    assert lock(approved).is_new
    shown(approved)
    return approved


def test_nothing_new_proposes_nothing_and_the_law_holds(locked: Firm) -> None:
    found = restate(locked.sign("hr", DAY), JANUARY)

    assert (found.entered, found.refused, found.unbalanced) == ([], {}, ())
    assert conservation(locked, "M1") == (80, 0, 0, 0, 80, 0)


def test_a_rating_that_changed_after_the_lock_becomes_one_proposal(locked: Firm) -> None:
    before = signed_bytes(locked)
    rated(locked, M1=3)

    found = restate(locked.sign("hr", DAY), JANUARY)
    again = restate(locked.sign("hr", DAY), JANUARY)

    assert (found.entered, again.entered, found.causes) == ([1], [], ("ratings in the period",))
    [proposal] = proposals(locked.sign("hr", DAY), JANUARY)
    assert (proposal.card, proposal.state, proposal.proposed_by) == (("M1", "maker"), "open", "HR")
    assert totals(proposal)["total"] == -20
    assert proposal.says["own"] == ["ratings"]
    assert {line.knock_on for line in proposal.lines} == {0}
    assert conservation(locked, "M1") == (80, 0, -20, 0, 60, 0)
    assert signed_bytes(locked) == before


def test_who_proposed_it_does_not_decide_it(locked: Firm) -> None:
    access = (locked.folder / "access.yaml").read_text(encoding="utf-8")
    locked.write("access.yaml", access.replace("BOARD, may: [approve", "BOARD, may: [propose, approve"))
    rated(locked, M1=3)
    restate(locked.sign("board", DAY), JANUARY)

    with pytest.raises(RightsError, match="R104"):
        decide_proposal(locked.sign("board", DAY), JANUARY, 1, "approved", "评分表录错")
    with pytest.raises(RightsError, match="R103"):
        decide_proposal(locked.sign("hr", DAY), JANUARY, 1, "approved", "评分表录错")
    with pytest.raises(SigningError, match="S140"):
        decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", " ")
    assert states(locked) == [(1, "M1", "open")]


def test_the_manager_who_reviewed_the_card_does_not_decide_about_it(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)

    with pytest.raises(RightsError, match="R104"):
        decide_proposal(locked.sign("b1", DAY), JANUARY, 1, "approved", "评分表录错")


def test_what_is_approved_is_posted_once_into_the_open_month(locked: Firm) -> None:
    before = signed_bytes(locked)
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    assert post(locked.sign("hr", DAY), JANUARY).numbers == []

    assert decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "评分表录错") is not None
    assert decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "评分表录错") is None
    first, second = (post(locked.sign("hr", DAY), JANUARY) for _ in range(2))

    assert (first.numbers, first.into and first.into.id, second.numbers) == ([1], "2026-02", [])
    assert restate(locked.sign("hr", DAY), JANUARY).entered == []
    assert conservation(locked, "M1") == (80, -20, 0, 0, 60, 0)
    with open_published(locked.home.root) as con:
        lines = con.execute(
            "select effect, amount, into_period, state, decided_by from correction where measure = 'total'"
        ).fetchall()
    assert lines == [("direct", Decimal(-20), "2026-02", "posted", "OWNER")]
    assert signed_bytes(locked) == before


def test_a_decision_is_not_taken_twice_nor_turned_round(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "rejected", "当时的评分有效")

    with pytest.raises(SigningError, match=r"S171.*rejected"):
        decide_proposal(locked.sign("board", DAY), JANUARY, 1, "approved", "x")
    with pytest.raises(SigningError, match="S170"):
        decide_proposal(locked.sign("board", DAY), JANUARY, 7, "approved", "x")


def test_what_is_rejected_stays_visible_and_is_not_proposed_again(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "rejected", "当时的评分有效")

    assert restate(locked.sign("hr", DAY), JANUARY).entered == []
    assert post(locked.sign("hr", DAY), JANUARY).numbers == []
    assert conservation(locked, "M1") == (80, 0, 0, -20, 60, 0)


def test_a_proposal_that_changed_meanwhile_takes_the_place_of_the_open_one(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    rated(locked, M1=2)
    restate(locked.sign("hr", DAY), JANUARY)

    assert states(locked) == [(1, "M1", "replaced"), (2, "M1", "open")]
    assert proposals(locked.sign("hr", DAY), JANUARY)[1].says["replaces"] == 1
    assert conservation(locked, "M1") == (80, 0, -40, 0, 40, 0)


def test_a_second_change_proposes_what_is_left_after_the_first(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "评分表录错")
    rated(locked, M1=5)
    restate(locked.sign("hr", DAY), JANUARY)

    assert totals(proposals(locked.sign("hr", DAY), JANUARY)[1])["total"] == 40
    assert conservation(locked, "M1") == (80, -20, 40, 0, 100, 0)


def test_a_change_that_is_taken_back_leaves_nothing_to_decide(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "rejected", "当时的评分有效")
    rated(locked)
    restate(locked.sign("hr", DAY), JANUARY)

    assert states(locked) == [(1, "M1", "replaced"), (2, "M1", "settled")]
    assert restate(locked.sign("hr", DAY), JANUARY).entered == []
    assert conservation(locked, "M1") == (80, 0, 0, 0, 80, 0)


def test_a_figure_that_has_gone_can_be_rejected_but_not_approved(locked: Firm) -> None:
    locked.rate({person: 4 for person in APPRAISED if person != "M1"})
    restate(locked.sign("hr", DAY), JANUARY)

    with pytest.raises(SigningError, match="S172"):
        decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "x")
    assert decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "rejected", "文件缺行") is not None


def test_somebody_who_may_propose_about_reports_alone_proposes_about_them_alone(locked: Firm) -> None:
    rated(locked, M1=3, M3=3)

    found = restate(locked.sign("b1", DAY), JANUARY)

    assert [p.card[0] for p in proposals(locked.sign("hr", DAY), JANUARY)] == ["M1"]
    assert {p: e.code for p, e in found.refused.items()} == {"M3": "R103"}
    assert {row.card[0] for row in found.unbalanced} == {"M3"}


def test_a_month_that_is_not_locked_has_no_corrections(approved: Firm) -> None:
    for act in (restate, post):
        with pytest.raises(SigningError, match="S111"):
            act(approved.sign("hr", DAY), JANUARY)


def test_a_new_version_of_the_lock_takes_up_what_was_open_and_gives_back_what_was_posted(
    locked: Firm,
) -> None:
    rated(locked, M1=3, M2=3)
    restate(locked.sign("hr", DAY), JANUARY)
    decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "评分表录错")
    post(locked.sign("hr", DAY), JANUARY)
    reopen(locked)
    locked.score()
    approve_all(locked)
    lock(locked, day="2026-02-25")

    restate(locked.sign("hr", "2026-02-26"), JANUARY)

    # M1's lower points count in February and, since the second lock, in January too: February is given back its part
    assert states(locked) == [(1, "M1", "posted"), (2, "M2", "void"), (3, "M1", "open")]
    assert conservation(locked, "M1") == (60, -20, 20, 0, 60, 0)
    assert conservation(locked, "M2") == (60, 0, 0, 0, 60, 0)


BOSS = (
    ROLE
    + """\
  - id: head
    effective_from: 2025-01-01
    label: {zh: 工坊主管, en: Head of the workshop}
    duties:
      - {id: lead, zh: 带好团队, en: Lead the team well}
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: behaviour
        label: {zh: 工作行为, en: Behaviour}
        weight: 100
        kpis:
          - {kpi: team_attainment, duty: lead, weight: 50, target: 1, method: score.linear, args: {cap: 100}}
          - {kpi: teamwork, duty: lead, weight: 50, target: 100, method: score.rating, args: {weights: {superior: 100}}}
"""
)


def test_a_manager_is_corrected_by_what_the_reports_change_and_apart_by_the_own_change(firm: Firm) -> None:
    firm.write("kpi_definitions/roles.yaml", BOSS)
    firm.write("people.csv", PEOPLE.replace("HEAD,许师傅,maker", "HEAD,许师傅,head"))
    firm.score()
    approve_all(firm)
    assert lock(firm).is_new
    shown(firm)
    # definitions of today count for the open month alone
    firm.write(
        "kpi_definitions/roles.yaml",
        BOSS.replace("cap: 100", "cap: 0.5"),
    )
    rated(firm, B1=3, HEAD=5)

    found = restate(firm.sign("hr", DAY), JANUARY)

    by_person = {p.card[0]: p for p in proposals(firm.sign("hr", DAY), JANUARY)}
    assert (sorted(by_person), found.unbalanced) == (["B1", "HEAD"], ())
    assert by_person["B1"].says["touches"] == ["HEAD"]
    assert by_person["HEAD"].says["own"] == ["ratings"]
    [total] = [line for line in by_person["HEAD"].lines if line.place == ("", "total")]
    # the own rating from 80 to 100 at half the weight; one of two reports is below 80 now
    assert (total.direct, total.knock_on) == (10, -25)
    assert conservation(firm, "HEAD") == (90, 0, -15, 0, 75, 0)


TASKS = ROLE.replace(
    "{kpi: execution, duty: make, weight: 40, target: 100, method: score.rating, args: {weights: {superior: 100}}}",
    "{kpi: task_on_time, duty: make, weight: 40, target: 1, method: score.linear, args: {cap: 1}}",
)
DROP = """\
drops:
  - {table: task, file: facts/tasks.csv, shop_id: hq, zone: Asia/Shanghai, from: 2026-01-01, to: 2026-01-31, rows: 12}
"""


def delivered(firm: Firm, **days: int) -> None:
    """Two tasks each, due on the 20th; the second one of those who are named was delivered on that day of January."""
    rows = [
        f"{person}-{n},{person},design,2026-01-20 18:00,2026-01-{days.get(person, 15) if n == 2 else 15} 10:00\n"
        for person in APPRAISED
        for n in (1, 2)
    ]
    firm.write("facts/tasks.csv", "task_id,assignee_id,type,due_at,delivered_at\n" + "".join(rows))


def test_a_corrected_fact_file_is_a_change_of_figures_of_those_alone_whose_rows_changed(firm: Firm) -> None:
    firm.write("kpi_definitions/roles.yaml", TASKS)
    firm.write("facts.yaml", DROP)
    delivered(firm)
    firm.score()
    approve_all(firm)
    assert lock(firm).is_new
    shown(firm)
    before = signed_bytes(firm)
    assert restate(firm.sign("hr", DAY), JANUARY).entered == []
    delivered(firm, M2=25)

    found = restate(firm.sign("hr", DAY), JANUARY)

    [proposal] = proposals(firm.sign("hr", DAY), JANUARY)
    assert (proposal.card[0], proposal.says["own"], found.causes) == ("M2", ["actuals"], ("records",))
    [value] = [line for line in proposal.lines if line.place == ("task_on_time", "value")]
    assert (value.was, value.now, value.direct, value.knock_on) == (1, Decimal("0.5"), Decimal("-0.5"), 0)
    assert conservation(firm, "M2") == (88, 0, -20, 0, 68, 0)
    assert signed_bytes(firm) == before


def test_everything_is_refused_while_the_month_is_open_again(locked: Firm) -> None:
    rated(locked, M1=3)
    restate(locked.sign("hr", DAY), JANUARY)
    reopen(locked)

    with pytest.raises(MeritError, match="S111"):
        decide_proposal(locked.sign("owner", DAY), JANUARY, 1, "approved", "评分表录错")
