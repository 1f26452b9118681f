"""The second signature: never of who prepared, never of oneself, and not before the time to object is over."""

from decimal import Decimal

import pytest

from models.closing.kinds import EntryKind
from pipelines.closing.adjusting import AdjustmentAsked, adjust
from pipelines.closing.approval import approve_cards, veto_card
from pipelines.closing.moves import sign_cards
from pipelines.closing.objections import object_to
from pipelines.closing.publication import publish_cards
from pipelines.commands.decided import told_waiting
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm
from tests.pipelines.closing.stations import published

K = EntryKind
AFTER = "2026-02-13"


def test_whoever_did_not_score_approves_all_once_the_time_to_object_is_over(firm: Firm) -> None:
    published(firm)

    by_head = approve_cards(firm.sign("head", AFTER), JANUARY)
    by_owner = approve_cards(firm.sign("owner", AFTER), JANUARY)

    assert [e.person for e in by_head.decisions.entered] == ["M1", "M2", "M3"]
    # the head scored B1 and B2
    assert {p: e.code for p, e in by_head.waiting.items()} == {"B1": "R104", "B2": "R104"}
    assert [e.person for e in by_owner.decisions.entered] == ["B1", "B2"]
    assert by_owner.decisions.made_before == ["M1", "M2", "M3"]
    assert {p: e.code for p, e in by_owner.waiting.items()} == {"HEAD": "R104"}


def test_while_people_may_object_nobody_is_approved_and_the_command_says_until_when(
    firm: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    found = approve_cards(published(firm).sign("owner", "2026-02-12"), JANUARY)

    assert (found.decisions.entered, found.decisions.refused) == ([], {})
    assert {e.code for p, e in found.waiting.items() if p != "HEAD"} == {"S108"}
    told_waiting(found.waiting)
    assert "等待 waiting 5: B1, B2, M1, M2, M3\n    [S108] objections are possible until 2026-02-12" in (
        capsys.readouterr().out
    )


def test_an_open_objection_keeps_that_card_back_and_no_other(firm: Firm) -> None:
    published(firm)
    object_to(firm.sign("m1", "2026-02-05"), JANUARY, "maker", "teamwork", "不对")

    found = approve_cards(firm.sign("head", AFTER), JANUARY, ["M1", "M2"])

    assert [e.person for e in found.decisions.entered] == ["M2"]
    assert found.decisions.refused["M1"].code == "S106"


@pytest.mark.parametrize(
    ("login", "person", "code"),
    [
        ("b1", "M1", "R104"),
        ("head", "HEAD", "R102"),
        ("m1", "M1", "R102"),
        ("m1", "B1", "R103"),
        ("b2", "M1", "R103"),
        ("hr", "M1", "R103"),
        ("owner", "HEAD", "R104"),
    ],
)
def test_the_preparer_oneself_and_strangers_do_not_approve(
    firm: Firm, login: str, person: str, code: str
) -> None:
    found = approve_cards(published(firm).sign(login, AFTER), JANUARY, [person])

    assert found.decisions.refused[person].code == code


def test_who_calibrated_does_not_approve(firm: Firm) -> None:
    adjust(firm.sign("head"), JANUARY, K.CALIBRATED, AdjustmentAsked("M1", "maker", Decimal(2), "对齐"))
    firm.score()
    published(firm)

    assert approve_cards(firm.sign("head", AFTER), JANUARY, ["M1"]).decisions.refused["M1"].code == "R104"
    assert not approve_cards(firm.sign("owner", AFTER), JANUARY, ["M1"]).decisions.refused


def test_a_veto_sends_an_approved_card_back_to_its_review(firm: Firm) -> None:
    published(firm)
    approve_cards(firm.sign("head", AFTER), JANUARY, ["M1"])

    [entry] = veto_card(firm.sign("owner", AFTER), JANUARY, "M1", "评分没有依据").entered

    assert (entry.kind, entry.says["reason"]) == ("vetoed", "评分没有依据")
    assert firm.sign("hr").stands(JANUARY).of("M1").state == "scored"
    assert [e.person for e in sign_cards(firm.sign("b1", AFTER), JANUARY, K.REVIEWED).entered] == ["M1"]
    publish_cards(firm.sign("hr", AFTER), JANUARY, ["M1"])
    # the person may object to what comes after the veto as to any card
    assert (
        approve_cards(firm.sign("head", "2026-02-16"), JANUARY, ["M1"]).decisions.refused["M1"].code == "S108"
    )


@pytest.mark.parametrize(
    ("login", "reason", "code"),
    [("owner", " ", "R105"), ("b2", "x", "R103"), ("m1", "x", "R102"), ("hr", "x", "R103")],
)
def test_a_veto_needs_the_right_and_a_reason(firm: Firm, login: str, reason: str, code: str) -> None:
    found = veto_card(published(firm).sign(login), JANUARY, "M1", reason)

    assert found.refused["M1"].code == code


def test_there_is_nothing_to_veto_before_somebody_signed(firm: Firm) -> None:
    assert veto_card(firm.sign("owner"), JANUARY, "M1", "x").refused["M1"].code == "S124"


def test_an_approved_card_is_adjusted_only_after_a_veto(firm: Firm) -> None:
    asked = AdjustmentAsked("M1", "maker", Decimal(2), "补记")
    published(firm)
    approve_cards(firm.sign("head", AFTER), JANUARY)

    refused = adjust(firm.sign("b1", AFTER), JANUARY, K.ADJUSTED, asked).decisions.refused
    veto_card(firm.sign("owner", AFTER), JANUARY, "M1", "漏记一次")
    entered = adjust(firm.sign("b1", AFTER), JANUARY, K.ADJUSTED, asked).decisions.entered

    assert refused["M1"].code == "S120"
    assert [e.person for e in entered] == ["M1"]


def test_a_changed_rating_takes_an_approval_back(firm: Firm) -> None:
    published(firm)
    approve_cards(firm.sign("owner", AFTER), JANUARY)
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    firm.score()

    firm.sign("hr", AFTER).cards(JANUARY)

    states = {p: firm.sign("hr").stands(JANUARY).of(p).state for p in ("M1", "M2")}
    assert states == {"M1": "scored", "M2": "approved"}
