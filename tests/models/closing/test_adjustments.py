"""What stands of adjustments: points for the scoring step, and one digest a person that a card can name."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.appraisal.card_points import NOTHING_DECIDED, DecidedPoints
from models.closing.adjustments import (
    NOTHING_ADJUSTED,
    Adjustment,
    adjustments_digest,
    card_points,
    points_by_card,
)
from models.closing.kinds import EntryKind

K = EntryKind
RAISED = Adjustment(K.ADJUSTED, Decimal("2.5"), "带新人", "B1")
ALIGNED = Adjustment(K.CALIBRATED, Decimal(-1), "部门对齐", "HEAD")
BACK = Adjustment(K.ADJUSTED, Decimal(0), "撤回", "B1")
ADJUSTMENTS = st.builds(
    Adjustment,
    st.sampled_from([K.ADJUSTED, K.CALIBRATED]),
    st.decimals(-9, 9, places=1),
    st.text(max_size=4),
    st.sampled_from(["B1", "HEAD"]),
)


def test_both_kinds_stand_beside_each_other_with_who_and_why() -> None:
    points = card_points([RAISED, ALIGNED])

    assert points.manager == DecidedPoints(Decimal("2.5"), "B1: 带新人")
    assert points.calibration == DecidedPoints(Decimal(-1), "HEAD: 部门对齐")


def test_what_was_taken_back_is_as_if_nobody_had_said_it() -> None:
    assert card_points([BACK]) == NOTHING_DECIDED
    assert points_by_card({"M1": {"maker": [BACK]}}) == {}
    assert adjustments_digest({"maker": [BACK]}) == adjustments_digest({}) == NOTHING_ADJUSTED


@given(st.lists(ADJUSTMENTS, max_size=2, unique_by=lambda a: a.kind))
def test_the_order_of_entering_changes_no_digest(given_ones: list[Adjustment]) -> None:
    assert adjustments_digest({"maker": given_ones}) == adjustments_digest({"maker": given_ones[::-1]})


@given(ADJUSTMENTS, ADJUSTMENTS)
def test_another_decision_has_another_digest(one: Adjustment, other: Adjustment) -> None:
    same = one == other or (one.points == other.points == 0)

    assert (adjustments_digest({"maker": [one]}) == adjustments_digest({"maker": [other]})) == same
