"""A period goes from open to locked by moves that fit, and by no other."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.closing.adjustments import adjustments_digest
from models.closing.entries import EMPTY, Draft, Entry, Head, sealed
from models.closing.kinds import KINDS, EntryKind, require_fields
from models.closing.states import PeriodStanding, check_lock, check_move, check_reopening, standing
from models.errors import SigningError

K = EntryKind
DAY = date(2026, 2, 10)
LATER = date(2026, 2, 20)


def entry(
    kind: K, person: str = "P007", actor: str = "P001", **body: Any
) -> tuple[K, str, str, dict[str, Any]]:
    return kind, person, actor, body


def after(moves: Iterable[tuple[K, str, str, dict[str, Any]]]) -> PeriodStanding:
    last, entries = EMPTY, list[Entry]()
    for kind, person, actor, body in moves:
        draft = Draft(kind=kind, period="2026-01", person=person, body=body)
        entries.append(sealed(draft, actor=actor, at=datetime(2026, 2, 3, tzinfo=UTC), after=last))
        last = Head(entries[-1].seq, entries[-1].hash)
    return standing(entries)


SCORED = entry(K.SCORED, card_hash="a", status="scored")
REVIEWED = entry(K.REVIEWED, card_hash="a")
PUBLISHED = entry(K.PUBLISHED, actor="P900", card_hash="a", objections_until="2026-02-15")
OBJECTED = entry(
    K.OBJECTED, actor="P007", number=1, role="cs", kpi="csat", reason="漏算两单", card_hash="a", why_hash="w"
)
ANSWERED = entry(K.ANSWERED, number=1, outcome="rejected", reason="两单已退款")
APPROVED = entry(K.APPROVED, actor="P002", card_hash="a")
LOCKED = entry(K.LOCKED, person="", actor="P900", version=1, manifest_hash="m", cards=1)
RAISED = entry(K.ADJUSTED, role="cs", points="2", reason="带新人")
WHOLE_WAY = [SCORED, REVIEWED, PUBLISHED, OBJECTED, ANSWERED, APPROVED, LOCKED]


@pytest.mark.parametrize(
    ("steps", "state"),
    [*enumerate(("open", "scored", "reviewed", "published", "objected", "answered", "approved", "locked"))],
)
def test_a_card_goes_from_open_to_locked(steps: int, state: str) -> None:
    assert after(WHOLE_WAY[:steps]).of("P007").state == state


def test_a_changed_card_is_to_be_signed_anew() -> None:
    changed = entry(K.SCORED, card_hash="b", status="scored")

    stands = after([*WHOLE_WAY[:6], changed]).of("P007")

    assert stands.state == "scored"
    assert stands.card_hash == "b"
    assert stands.objections[1].outcome == "rejected"


def test_the_same_card_scored_again_changes_nothing() -> None:
    assert after([*WHOLE_WAY[:6], SCORED]) == after(WHOLE_WAY[:6])


def test_a_move_on_an_older_card_leads_nowhere() -> None:
    changed = entry(K.SCORED, card_hash="b", status="scored")

    assert after([SCORED, changed, REVIEWED]).of("P007").state == "scored"


def test_a_veto_sends_the_card_back_to_its_review() -> None:
    veto = entry(K.VETOED, actor="P002", card_hash="a", reason="评分未附依据")

    assert after([*WHOLE_WAY[:3], veto]).of("P007").state == "scored"


def test_who_had_a_part_in_a_card_is_remembered() -> None:
    adjusted = entry(K.ADJUSTED, actor="P003", role="cs", points="2", reason="带新人")

    stands = after([SCORED, adjusted, REVIEWED]).of("P007")

    assert stands.prepared_by == {"P001", "P003"}
    assert [str(a.points) for a in stands.adjustments["cs"]] == ["2"]


def test_a_second_adjustment_takes_the_place_of_the_first() -> None:
    first = entry(K.ADJUSTED, role="cs", points="2", reason="带新人")
    second = entry(K.ADJUSTED, role="cs", points="1", reason="带新人，半月")
    calibrated = entry(K.CALIBRATED, actor="P002", role="cs", points="-1", reason="部门对齐")

    found = after([SCORED, first, calibrated, second]).of("P007").adjustments["cs"]

    assert {(a.kind, str(a.points)) for a in found} == {(K.ADJUSTED, "1"), (K.CALIBRATED, "-1")}


def test_of_two_objections_both_are_to_be_answered() -> None:
    second = entry(
        K.OBJECTED, actor="P007", number=2, role="cs", kpi="x", reason="y", card_hash="a", why_hash="w"
    )

    stands = after([*WHOLE_WAY[:3], OBJECTED, second, ANSWERED]).of("P007")

    assert stands.state == "objected"
    assert [o.number for o in stands.open_objections] == [2]


@pytest.mark.parametrize(
    ("before", "move", "code"),
    [
        ([], REVIEWED, "S113"),
        ([entry(K.SCORED, card_hash="a", status="provisional")], REVIEWED, "S101"),
        ([SCORED], PUBLISHED, "S103"),
        ([SCORED, REVIEWED], OBJECTED, "S104"),
        ([SCORED, REVIEWED], APPROVED, "S104"),
        (WHOLE_WAY[:3], ANSWERED, "S107"),
        (WHOLE_WAY[:5], ANSWERED, "S107"),
        (WHOLE_WAY[:4], APPROVED, "S106"),
        (WHOLE_WAY[:3], APPROVED, "S108"),
        (WHOLE_WAY, OBJECTED, "S102"),
        (WHOLE_WAY, SCORED, "S102"),
        ([SCORED], entry(K.REVIEWED, card_hash="old"), "S113"),
        ([*WHOLE_WAY[:6]], RAISED, "S120"),
        ([SCORED, RAISED], REVIEWED, "S122"),
        ([SCORED, REVIEWED, RAISED], PUBLISHED, "S122"),
        ([*WHOLE_WAY[:5], RAISED], APPROVED, "S122"),
        ([SCORED], entry(K.VETOED, card_hash="a", reason="x"), "S124"),
    ],
)
def test_a_move_that_does_not_fit_is_refused(before: list[Any], move: Any, code: str) -> None:
    kind, person, _, body = move

    with pytest.raises(SigningError) as refused:
        check_move(after(before), kind, person, body, DAY)

    assert refused.value.code == code


def test_after_its_days_nobody_objects_and_the_card_can_be_approved() -> None:
    published = after(WHOLE_WAY[:3])

    with pytest.raises(SigningError, match="S105"):
        check_move(published, OBJECTED[0], "P007", OBJECTED[3], LATER)
    assert check_move(published, APPROVED[0], "P007", APPROVED[3], LATER)


@pytest.mark.parametrize("steps", [2, 3, 6])
def test_a_move_that_was_made_is_not_entered_twice(steps: int) -> None:
    kind, person, _, body = WHOLE_WAY[steps - 1]

    assert not check_move(after(WHOLE_WAY[:steps]), kind, person, body, LATER)


def test_a_review_after_the_publication_of_the_same_card_adds_nothing() -> None:
    assert not check_move(after(WHOLE_WAY[:3]), K.REVIEWED, "P007", {"card_hash": "a"}, DAY)


def test_a_lock_needs_every_card_as_it_is_now() -> None:
    approved = after(WHOLE_WAY[:6])

    assert check_lock(approved, {"P007": "a"})
    with pytest.raises(SigningError, match=r"S109.*P008"):
        check_lock(approved, {"P007": "a", "P008": "z"})
    with pytest.raises(SigningError, match=r"S109.*P007"):
        check_lock(approved, {"P007": "b"})
    assert not check_lock(after(WHOLE_WAY), {"P007": "a"})


def test_reopening_takes_a_lock_a_request_and_keeps_the_version() -> None:
    asked = entry(K.REOPEN_ASKED, person="", actor="P900", version=1, reason="平台更正")
    reopened = entry(K.REOPENED, person="", actor="P002", version=1, reason="同意")

    with pytest.raises(SigningError, match="S111"):
        check_reopening(after(WHOLE_WAY[:6]))
    with pytest.raises(SigningError, match="S112"):
        check_reopening(after(WHOLE_WAY))
    assert check_reopening(after([*WHOLE_WAY, asked])).actor == "P900"
    again = after([*WHOLE_WAY, asked, reopened])
    assert (again.is_locked, again.version, again.of("P007").state) == (False, 1, "approved")
    assert after([*WHOLE_WAY, asked, reopened, LOCKED]).version == 2


def test_every_kind_has_its_rule_and_says_what_it_must() -> None:
    assert set(KINDS) == set(EntryKind)
    with pytest.raises(SigningError, match=r"S140.*reason"):
        require_fields(K.ADJUSTED, {"role": "cs", "points": "1", "reason": "  "})
    require_fields(K.ADJUSTED, {"role": "cs", "points": "0", "reason": "带新人"})


def test_a_card_that_was_scored_with_the_adjustment_is_signed_and_locked() -> None:
    raised = after([SCORED, RAISED]).of("P007").adjustments
    with_it = entry(K.SCORED, card_hash="b", status="scored", adjusted=adjustments_digest(raised))

    found = after([SCORED, RAISED, with_it])

    assert found.of("P007").state == "scored"
    assert check_move(found, K.REVIEWED, "P007", {"card_hash": "b"}, DAY)
    assert not check_move(found, K.SCORED, "P007", with_it[3], DAY)


def test_a_card_that_shows_no_point_of_an_adjustment_is_entered_for_it_and_keeps_its_state() -> None:
    with_it = entry(K.SCORED, card_hash="a", status="scored", adjusted="d")

    assert check_move(after([SCORED, REVIEWED]), K.SCORED, "P007", with_it[3], DAY)
    assert after([SCORED, REVIEWED, with_it]).of("P007").state == "reviewed"


def test_an_approved_card_that_lacks_an_adjustment_is_not_locked() -> None:
    """The door is closed before (S120); the lock looks once more."""
    with pytest.raises(SigningError, match=r"S109.*P007"):
        check_lock(after([*WHOLE_WAY[:6], RAISED]), {"P007": "a"})
