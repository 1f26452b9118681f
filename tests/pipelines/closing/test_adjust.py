"""Points that people decide enter the card with who and why, within bounds, and the card is signed anew."""

import json
from decimal import Decimal
from typing import Any

import pytest

from models.closing.kinds import EntryKind
from models.errors import SigningError
from pipelines.closing.adjusting import (
    Adjusted,
    AdjustmentAsked,
    CardResult,
    adjust,
    read_points,
    results_now,
)
from pipelines.closing.distribution import distribution
from pipelines.closing.moves import sign_cards
from pipelines.commands.adjusted import show
from tests.pipelines.closing.conftest import JANUARY, ROLE, Firm
from warehouse.published import read
from warehouse.store.connect import open_published

K = EntryKind
M1 = ("M1", "maker")


def asked(points: str, person: str = "M1", reason: str = "带新人") -> AdjustmentAsked:
    return AdjustmentAsked(person, "maker", Decimal(points), reason)


def adjusted(firm: Firm, login: str, points: str, person: str = "M1", **more: Any) -> Adjusted:
    return adjust(firm.sign(login), JANUARY, K.ADJUSTED, asked(points, person), **more)


def calibrated(firm: Firm, login: str, points: str, person: str = "M1") -> Adjusted:
    return adjust(firm.sign(login), JANUARY, K.CALIBRATED, asked(points, person, "部门对齐"))


def refusal(found: Adjusted) -> str:
    [error] = found.decisions.refused.values()
    return error.code


def steps(firm: Firm, person: str = "M1") -> list[str]:
    with open_published(firm.home.root) as con:
        [card] = [c for c in read.cards(con, JANUARY.id) if c.person_id == person]
    return [f"{step['zh']} | {step['en']}" for step in json.loads(card.steps or "[]")]


def test_an_adjustment_is_told_before_it_counts_and_counts_once_scored(firm: Firm) -> None:
    found = adjusted(firm, "b1", "3")

    assert (found.before[M1], found.after[M1]) == (
        CardResult(Decimal(80), "B"),
        CardResult(Decimal("83.00"), "B"),
    )
    assert results_now(firm.sign("b1"), JANUARY)[M1].total == 80
    firm.score()
    assert results_now(firm.sign("b1"), JANUARY)[M1] == CardResult(Decimal(83), "B")


def test_who_adjusted_and_why_stand_on_the_card(firm: Firm) -> None:
    adjusted(firm, "b1", "3")
    calibrated(firm, "head", "-1.5")
    firm.score()

    assert [line for line in steps(firm) if "+3" in line or "3 →" in line or "-1.5" in line] == [
        "主管调整 3 → 3 (±5)（B1: 带新人） | manager's adjustment 3 → 3 (±5) (B1: 带新人)",
        "校准 -1.5（HEAD: 部门对齐） | calibration -1.5 (HEAD: 部门对齐)",
        "调整后 = 80 + 3 + (-1.5) = 81.5 | adjusted = 80 + 3 + (-1.5) = 81.5",
    ]
    assert steps(firm, "M2") == [
        "基础分 = 48 + 32 = 80 | base = 48 + 32 = 80",
        "总分 = 80.00（四舍五入） | total = 80.00 (half up)",
        steps(firm, "M2")[-1],
    ]


@pytest.mark.parametrize(
    ("login", "points", "person", "code"),
    [
        ("b1", "5.01", "M1", "S114"),
        ("b1", "-6", "M1", "S114"),
        ("b1", "1", "M3", "R103"),
        ("b1", "1", "B1", "R102"),
        ("m1", "1", "B1", "R103"),
        ("m1", "1", "M1", "R102"),
        ("hr", "1", "M1", "R103"),
        ("b1", "1", "nobody", "R106"),
    ],
)
def test_rights_and_the_limit_of_the_role_bound_an_adjustment(
    firm: Firm, login: str, points: str, person: str, code: str
) -> None:
    found = adjusted(firm, login, points, person)

    assert refusal(found) == code
    assert firm.sign("hr").stands(JANUARY).of(person).adjustments == {}


def test_a_role_that_the_person_does_not_hold_is_told(firm: Firm) -> None:
    found = adjust(firm.sign("b1"), JANUARY, K.ADJUSTED, AdjustmentAsked("M1", "smith", Decimal(1), "x"))

    assert refusal(found) == "S123"


def test_points_without_a_reason_are_refused(firm: Firm) -> None:
    found = adjust(firm.sign("b1"), JANUARY, K.ADJUSTED, asked("1", reason=" "))

    assert refusal(found) == "S140"


@pytest.mark.parametrize("text", ["", "drei", "1.005", "1e2", "+", "NaN", "５"])
def test_what_is_no_number_of_points_is_told(text: str) -> None:
    with pytest.raises(SigningError, match="S125"):
        read_points(text)


def test_a_calibration_is_not_bounded_by_the_limit_but_by_the_cap(firm: Firm) -> None:
    found = calibrated(firm, "head", "60")

    assert found.after[M1].total == 120


@pytest.mark.parametrize(
    ("login", "person", "code"),
    [("b1", "M1", "S121"), ("owner", "HEAD", "S121"), ("b2", "M1", "R103"), ("head", "HEAD", "R102")],
)
def test_the_direct_manager_does_not_get_round_the_limit_by_calibrating(
    firm: Firm, login: str, person: str, code: str
) -> None:
    assert refusal(calibrated(firm, login, "20", person)) == code


def test_the_level_above_corrects_its_own_calibration(firm: Firm) -> None:
    calibrated(firm, "head", "12")
    again = calibrated(firm, "head", "10")
    firm.score()

    assert [e.kind for e in again.decisions.entered] == ["calibrated"]
    assert results_now(firm.sign("hr"), JANUARY)[M1] == CardResult(Decimal(90), "A")


def test_the_same_adjustment_twice_is_entered_once_and_0_takes_it_back(firm: Firm) -> None:
    adjusted(firm, "b1", "3")
    assert adjusted(firm, "b1", "3").decisions.made_before == ["M1"]

    back = adjusted(firm, "b1", "0")

    assert len(back.decisions.entered) == 1
    assert back.after[M1].total == 80
    assert adjusted(firm, "b1", "0").decisions.made_before == ["M1"]


def test_a_preview_enters_nothing(firm: Firm) -> None:
    before = firm.sign("b1").ledger.head()
    firm.sign("b1").cards(JANUARY)
    scored = firm.sign("b1").ledger.head()

    found = adjusted(firm, "b1", "3", preview=True)

    assert found.after[M1].total == Decimal("83.00")
    assert firm.sign("b1").ledger.head() == scored != before


def test_a_card_that_lacks_the_last_adjustment_is_not_signed(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)
    adjusted(firm, "b1", "3")

    published = sign_cards(firm.sign("hr"), JANUARY, K.PUBLISHED, ["M1", "M2"])
    assert {p: e.code for p, e in published.refused.items()} == {"M1": "S122"}

    firm.score()
    again = sign_cards(firm.sign("hr"), JANUARY, K.PUBLISHED, ["M1"])
    assert again.refused["M1"].code == "S103"
    assert [e.person for e in sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED).entered] == ["M1"]


def test_an_adjustment_that_was_taken_back_before_scoring_asks_for_no_new_signature(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)
    adjusted(firm, "b1", "3")
    adjusted(firm, "b1", "0")

    assert [e.person for e in sign_cards(firm.sign("hr"), JANUARY, K.PUBLISHED, ["M1"]).entered] == ["M1"]


def test_an_adjustment_that_changes_no_figure_is_known_to_be_scored(firm: Firm) -> None:
    """A provisional card shows no total; once its rating is there the points count."""
    firm.rate(dict.fromkeys(["M2", "M3", "B1", "B2", "HEAD"], 4))
    firm.score()
    adjusted(firm, "b1", "3")
    firm.score()
    firm.sign("b1").cards(JANUARY)

    assert not firm.sign("b1").stands(JANUARY).of("M1").awaits_scoring


def test_the_grades_of_a_department_are_shown_before_and_after_with_the_places_of_its_quotas(
    firm: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    quotas = "[{grade: A, share: 0.2}, {grade: B, share: 0.6}, {grade: C, share: 0.2}]"
    table = """
grade_tables:
  - id: standard
    effective_from: 2010-01-01
    bands:
      - {min: 90, grade: A, coefficient: 1.2}
      - {min: 60, max: 90, grade: B, coefficient: 1}
      - {max: 60, grade: C, coefficient: 0}
    quotas: QUOTAS
"""
    firm.write("kpi_definitions/roles.yaml", ROLE + table.replace("QUOTAS", quotas))
    firm.score()
    signing = firm.sign("head")
    request = asked("10", reason="部门对齐")
    found = adjust(signing, JANUARY, K.CALIBRATED, request)

    counts = distribution(signing, JANUARY, found)

    # HEAD sees the five below, not the own card
    assert [(c.dept, c.grade, c.before, c.after, c.places) for c in counts] == [
        ("workshop", "A", 0, 1, 1),
        ("workshop", "B", 5, 4, 3),
        ("workshop", "C", 0, 0, 1),
    ]
    assert show(signing, JANUARY, K.CALIBRATED, request, found) == 0
    assert "workshop  A  0 → 1  1" in capsys.readouterr().out


def test_a_group_of_four_is_not_spread_by_quotas(firm: Firm) -> None:
    people = (firm.folder / "people.csv").read_text(encoding="utf-8")
    firm.write("people.csv", people.replace("M3,吴五,maker,workshop", "M3,吴五,maker,store"))
    firm.score()
    signing = firm.sign("head")

    found = distribution(signing, JANUARY, adjust(signing, JANUARY, K.CALIBRATED, asked("10"), preview=True))

    assert {c.dept for c in found} == {"workshop", "store"}
    assert {c.places for c in found} == {None}


def test_what_kpi_adjust_prints(firm: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    code = show(firm.sign("b1"), JANUARY, K.ADJUSTED, asked("3"), adjusted(firm, "b1", "3"))

    told = capsys.readouterr().out
    assert code == 0
    assert "M1 maker: total 80.00 B -> 83.00 B (once it is scored again)" in told
    assert "kpi score --period 2026-01" in told

    assert show(firm.sign("b1"), JANUARY, K.ADJUSTED, asked("9"), adjusted(firm, "b1", "9")) == 1
    assert "[S114]" in capsys.readouterr().out
