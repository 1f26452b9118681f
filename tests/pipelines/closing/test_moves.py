"""Cards are reviewed by those who may, as they are now, and one refusal keeps no other back."""

import pytest

from models.closing.kinds import EntryKind
from models.errors import MeritError, UsageError
from models.periods import Period
from pipelines.closing.moves import sign_cards
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm

K = EntryKind


def test_a_manager_reviews_the_cards_of_the_own_reports(firm: Firm) -> None:
    found = sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)

    assert [(e.person, e.actor, e.kind) for e in found.entered] == [
        ("M1", "B1", "reviewed"),
        ("M2", "B1", "reviewed"),
    ]
    states = {p: firm.sign("hr").stands(JANUARY).of(p).state for p in APPRAISED}
    assert states == {
        "B1": "scored",
        "B2": "scored",
        "HEAD": "scored",
        "M1": "reviewed",
        "M2": "reviewed",
        "M3": "scored",
    }


def test_reviewing_again_enters_nothing(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)

    again = sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)

    assert again.entered == []
    assert sorted(again.made_before) == ["M1", "M2"]


def test_a_stranger_is_refused_and_the_own_report_is_reviewed_all_the_same(firm: Firm) -> None:
    found = sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED, ["M1", "M3", "B1", "nobody"])

    assert [e.person for e in found.entered] == ["M1"]
    assert {p: e.code for p, e in found.refused.items()} == {"M3": "R103", "B1": "R102", "nobody": "R106"}


def test_a_provisional_card_is_not_reviewed(firm: Firm) -> None:
    firm.rate(dict.fromkeys(["M2", "M3", "B1", "B2", "HEAD"], 4))
    firm.score()

    found = sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)

    assert [e.person for e in found.entered] == ["M2"]
    assert found.refused["M1"].code == "S101"


def test_a_changed_rating_asks_for_a_new_review_of_that_card_alone(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    firm.score()

    signing = firm.sign("hr")
    signing.cards(JANUARY)

    assert signing.stands(JANUARY).of("M1").state == "scored"
    assert signing.stands(JANUARY).of("M2").state == "reviewed"


def test_cards_that_were_scored_again_unchanged_stay_signed(firm: Firm) -> None:
    sign_cards(firm.sign("b1"), JANUARY, K.REVIEWED)
    firm.score()

    signing = firm.sign("hr")
    signing.cards(JANUARY)

    assert signing.stands(JANUARY).of("M1").state == "reviewed"


def test_a_period_without_cards_is_told(firm: Firm) -> None:
    with pytest.raises(UsageError, match="U310"):
        firm.sign("b1").cards(Period.parse("2026-02"))


def test_a_login_of_nobody_acts_for_nobody(firm: Firm) -> None:
    with pytest.raises(MeritError, match="R110"):
        firm.sign("mallory")


def test_who_left_acts_no_more(firm: Firm) -> None:
    people = (firm.folder / "people.csv").read_text(encoding="utf-8")
    firm.write("people.csv", people.replace("HEAD,2025-01-01,\nB2", "HEAD,2025-01-01,2026-01-31\nB2"))

    with pytest.raises(MeritError, match="R101"):
        firm.sign("b1")
