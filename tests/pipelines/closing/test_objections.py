"""People object to a line of their own card while their time runs, and are answered by somebody who did not score."""

import hashlib

import pytest

from models.closing.kinds import EntryKind
from models.errors import SigningError
from pipelines.closing.approval import approve_cards
from pipelines.closing.clocks import calendar_told
from pipelines.closing.moves import sign_cards
from pipelines.closing.objections import answer, object_to
from pipelines.closing.publication import publish_cards
from pipelines.closing.signing import Decisions
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm
from tests.pipelines.closing.stations import published, reviewed

K = EntryKind
REASON = "评分没有算上加班"


def objected(firm: Firm, login: str = "m1", day: str = "2026-02-05", kpi: str = "teamwork") -> Decisions:
    return object_to(firm.sign(login, day), JANUARY, "maker", kpi, REASON)


def answered(firm: Firm, login: str, day: str = "2026-02-06", number: int = 1) -> Decisions:
    return answer(firm.sign(login, day), JANUARY, "M1", number, outcome="rejected", reason="工时表没有加班")


def code(found: Decisions) -> str:
    [error] = found.refused.values()
    return error.code


def with_holidays(firm: Firm, country: str = "CN", more: str = "") -> Firm:
    text = (firm.folder / "company.yaml").read_text(encoding="utf-8")
    firm.write("company.yaml", f"{text}holidays: {country}\n{more}")
    return firm


def test_publication_starts_a_clock_of_seven_working_days(firm: Firm) -> None:
    found = publish_cards(reviewed(firm).sign("hr"), JANUARY)

    assert {e.person for e in found.entered} == set(APPRAISED)
    says = found.entered[0].says
    # Tuesday 3 February; without a country the days run from Monday to Friday
    assert (says["objections_until"], says["calendar"], says["calendar_unpublished"]) == (
        "2026-02-12",
        "weekdays",
        [],
    )


def test_the_clock_stands_still_over_spring_festival(firm: Firm) -> None:
    with_holidays(firm, more="objection_days: 9\n")
    firm.write("calendar.csv", "日期,是否上班,备注\n2026-02-13,否,提前放假\n")

    found = publish_cards(reviewed(firm).sign("hr"), JANUARY)

    # Wed 4, Thu 5, Fri 6, Mon 9 to Thu 12, not Fri 13 (own), Sat 14 (make-up), Tue 24
    assert found.entered[0].says["objections_until"] == "2026-02-24"
    assert found.entered[0].says["calendar"] == "CN"


def test_what_is_not_reviewed_is_not_published(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)

    found = publish_cards(firm.sign("hr"), JANUARY)

    assert {e.person for e in found.entered} == {"M1", "M2"}
    assert {p: e.code for p, e in found.refused.items()} == dict.fromkeys(["B1", "B2", "HEAD", "M3"], "S103")


def test_nobody_but_who_may_lock_publishes(firm: Firm) -> None:
    found = publish_cards(reviewed(firm).sign("b1"), JANUARY, ["M1"])

    assert code(found) == "R103"


def test_an_objection_keeps_the_card_the_story_of_the_line_and_the_day_of_the_answer(firm: Firm) -> None:
    [entry] = objected(published(firm)).entered

    says = entry.says
    assert (entry.person, entry.actor, says["number"]) == ("M1", "M1", 1)
    assert (says["role"], says["kpi"], says["reason"]) == ("maker", "teamwork", REASON)
    assert says["card_hash"] == firm.sign("m1").cards(JANUARY)["M1"].hash
    assert says["why_hash"] == hashlib.sha256(says["why"].encode()).hexdigest()
    assert "贡献 = 80 × 60% = 48.00" in says["why"]
    assert "总分 → 等级 → 系数：80 → B → 1" in says["why"]
    # five working days after Thursday 5 February
    assert says["answer_due"] == "2026-02-12"
    assert firm.sign("m1").stands(JANUARY).of("M1").state == "objected"


def test_a_line_is_named_by_its_label_too(firm: Firm) -> None:
    published(firm)

    [by_name] = objected(firm, kpi="团队协作").entered

    assert by_name.says["kpi"] == "teamwork"


def test_a_line_that_is_not_on_the_card_is_told(firm: Firm) -> None:
    published(firm)

    with pytest.raises(SigningError, match=r"S123.*teamwork, execution"):
        objected(firm, kpi="net_sales")
    with pytest.raises(SigningError, match=r"S123.*no card as smith"):
        object_to(firm.sign("m1"), JANUARY, "smith", "teamwork", REASON)
    with pytest.raises(SigningError, match=r"S123.*HR has no card"):
        objected(firm, "hr")


def test_the_same_objection_twice_is_one_and_another_line_is_a_second_one(firm: Firm) -> None:
    objected(published(firm))

    assert objected(firm).made_before == ["M1"]
    assert objected(firm, kpi="execution").entered[0].says["number"] == 2


@pytest.mark.parametrize(("day", "found"), [("2026-02-12", None), ("2026-02-13", "S105")])
def test_the_last_day_counts_and_the_day_after_does_not(firm: Firm, day: str, found: str | None) -> None:
    result = objected(published(firm), day=day)

    assert (code(result) if result.refused else None) == found


def test_a_card_that_was_not_published_cannot_be_objected_to(firm: Firm) -> None:
    assert code(objected(reviewed(firm))) == "S104"


@pytest.mark.parametrize(
    ("login", "found"),
    [("b1", "R104"), ("head", None), ("owner", None), ("b2", "R103"), ("hr", "R103"), ("m1", "R102")],
)
def test_an_objection_is_answered_by_one_who_may_approve_and_did_not_score(
    firm: Firm, login: str, found: str | None
) -> None:
    objected(published(firm))

    result = answered(firm, login)

    assert (code(result) if result.refused else None) == found
    assert firm.sign("m1").stands(JANUARY).of("M1").state == ("objected" if found else "answered")


def test_an_answer_to_no_open_objection_is_refused(firm: Firm) -> None:
    objected(published(firm))

    assert code(answered(firm, "head", number=2)) == "S107"
    answered(firm, "head")
    assert code(answered(firm, "head")) == "S107"


def test_an_upheld_objection_leads_to_a_new_card_that_is_signed_from_the_start(firm: Firm) -> None:
    objected(published(firm))
    answer(firm.sign("head", "2026-02-06"), JANUARY, "M1", 1, outcome="judgement_changed", reason="补算加班")
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 5})
    firm.score()

    firm.sign("hr", "2026-02-09").cards(JANUARY)

    stands = firm.sign("hr", "2026-02-09").stands(JANUARY).of("M1")
    assert (stands.state, stands.objections[1].outcome) == ("scored", "judgement_changed")
    assert (
        approve_cards(firm.sign("head", "2026-03-02"), JANUARY, ["M1"]).decisions.refused["M1"].code == "S104"
    )


def test_a_year_that_nobody_has_published_is_told_in_entry_and_message(firm: Firm) -> None:
    [entry, *_] = publish_cards(with_holidays(reviewed(firm)).sign("hr", "2060-02-03"), JANUARY).entered

    assert (
        entry.says["objections_until"] == "2060-02-12"
    )  # Tuesday 3 February and seven days from Monday to Friday
    assert entry.says["calendar_unpublished"] == [2060]
    assert calendar_told(entry.says).en == "by working days Monday to Friday, calendar of 2060 not published"
    assert calendar_told(entry.says).zh == "按周一至周五计，2060 年的放假安排尚未公布"
