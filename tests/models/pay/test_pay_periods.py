from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DefinitionError
from models.pay import PAY_METHODS

CLIFF = {
    "mode": "whole_slab",
    "bands": [{"max": "600000", "rate": "0.05"}, {"min": "600000", "rate": "0.07"}],
}
SLABS = {
    "mode": "progressive",
    "bands": [{"max": "100000", "rate": "0.01"}, {"min": "100000", "rate": "0.02"}],
}
MONEY = st.decimals("0", "500000", places=2)


def run(method: str, **inputs: object) -> Any:
    return PAY_METHODS[f"pay.{method}"](inputs)


def segment(first: str, last: str, base: str = "3000", **more: object) -> dict[str, object]:
    return {"from": first, "to": last, "base": base, "coefficient": "1", **more}


def prorate(first: str, last: str, *segments: object, **more: object) -> Any:
    return run("prorate", period_start=first, period_end=last, segments=list(segments), **more)


def test_a_refund_over_a_cliff_takes_back_more_than_was_refunded() -> None:
    found = run("clawback", original_basis="600000", refund="1", commission=CLIFF)

    assert (found.original, found.restated) == (Decimal("42000.00"), Decimal("29999.95"))
    assert found.adjustment == Decimal("-12000.05")
    assert (found.payable, found.carry_forward) == (0, Decimal("-12000.05"))


def test_the_effective_rate_takes_back_in_proportion_instead() -> None:
    found = run(
        "clawback", original_basis="600000", refund="1000", commission=CLIFF, mode="original_effective_rate"
    )

    assert (found.original, found.adjustment, found.restated) == (42000, -70, 41930)


def test_what_the_open_period_cannot_bear_is_carried_forward() -> None:
    found = run(
        "clawback", original_basis="110000", refund="20000", commission=SLABS, current_commission="100"
    )

    assert (found.adjustment, found.payable, found.carry_forward) == (-300, 0, -200)


def test_a_debt_of_earlier_months_may_be_the_current_commission() -> None:
    found = run("clawback", original_basis="1000", refund="0", commission=SLABS, current_commission="-200")

    assert (found.adjustment, found.payable, found.carry_forward) == (0, 0, -200)


@given(MONEY, MONEY, st.decimals("-5000", "5000", places=2))
def test_a_clawback_never_loses_a_fen(basis: Decimal, refund: Decimal, current: Decimal) -> None:
    for mode in ("recompute_original", "original_effective_rate"):
        found = run(
            "clawback",
            original_basis=basis + 1,
            refund=refund,
            commission=SLABS,
            mode=mode,
            current_commission=current,
        )

        assert found.original + found.adjustment == found.restated
        assert found.payable + found.carry_forward == current + found.adjustment
        assert found.payable >= 0 >= found.carry_forward
        assert found.adjustment <= 0


@given(MONEY, st.lists(st.decimals("0", "30000", places=2), max_size=4))
def test_refunds_taken_back_one_by_one_come_to_the_same_as_at_once(
    basis: Decimal, refunds: list[Decimal]
) -> None:
    posted, left = Decimal(0), basis
    for refund in refunds:
        posted += run("clawback", original_basis=left, refund=refund, commission=SLABS).adjustment
        left -= refund

    at_once = run("clawback", original_basis=basis, refund=sum(refunds), commission=SLABS)

    assert posted == at_once.adjustment


def test_a_guarantee_that_is_given_is_never_owed() -> None:
    found = run("guarantee", mode="nonrecoverable", earned=["4000", "5000", "7000"], guarantee="5000")

    assert (found.payments, found.balance) == ([5000, 5000, 7000], 0)


def test_a_draw_is_repaid_only_from_what_lies_above_it() -> None:
    found = run("guarantee", mode="recoverable", earned=["1000", "5500", "6000", "-100"], guarantee="5000")

    assert (found.payments, found.balance) == ([5000, 5000, 5000, 5000], 4000 - 500 - 1000 + 5100)


def test_no_month_is_no_payment() -> None:
    assert run("guarantee", mode="recoverable", earned=[], guarantee="5000").payments == []


@given(st.lists(st.decimals("-100", "20000", places=2), max_size=12), st.decimals("0", "9000", places=2))
def test_a_draw_conserves_every_fen_and_never_pays_less_than_the_guarantee(
    earned: list[Decimal], guarantee: Decimal
) -> None:
    found = run("guarantee", mode="recoverable", earned=earned, guarantee=guarantee)

    assert sum(found.payments) - sum(earned) == found.balance >= 0
    assert all(payment >= guarantee for payment in found.payments)


def test_a_change_of_post_pays_each_part_by_its_days() -> None:
    found = prorate(
        "2026-11-01",
        "2026-11-30",
        segment("2026-10-01", "2026-11-12", "1500", score="88"),
        segment("2026-11-13", "2027-12-31", "3000", coefficient="1.2", score="96"),
    )

    assert (found.lines, found.amount, found.score) == ([600, 2160], 2760, Decimal("92.8"))


@pytest.mark.parametrize(
    ("year", "days", "amount"), [("2024", 29, "3000.00"), ("2026", 28, "3000.00"), ("2000", 29, "3000.00")]
)
def test_a_whole_february_is_a_whole_month_in_any_year(year: str, days: int, amount: str) -> None:
    found = prorate(f"{year}-02-01", f"{year}-02-{days}", segment(f"{year}-01-01", f"{year}-12-31"))

    assert found.amount == Decimal(amount)


def test_the_leap_day_is_a_day() -> None:
    leap = segment("2024-02-29", "2024-02-29", "2900")

    assert prorate("2024-02-01", "2024-02-29", leap).amount == 100


def test_the_last_day_alone_is_one_day_and_both_ends_count() -> None:
    assert prorate("2026-10-01", "2026-10-31", segment("2026-10-31", "2026-12-31", "3100")).amount == 100
    assert prorate("2026-10-01", "2026-10-01", segment("2026-10-01", "2026-10-01", "5")).amount == 5


def test_a_segment_outside_the_period_pays_nothing_and_keeps_its_place() -> None:
    found = prorate(
        "2026-10-01",
        "2026-10-31",
        segment("2026-09-01", "2026-09-30", score="10"),
        segment("2026-10-01", "2026-10-31", score="90"),
        segment("2026-11-01", "2026-11-30"),
    )

    assert (found.lines, found.amount, found.score) == ([0, 3000, 0], 3000, 90)


def test_a_gap_is_not_paid_and_does_not_lower_the_score() -> None:
    found = prorate(
        "2026-11-01",
        "2026-11-30",
        segment("2026-11-01", "2026-11-10", score="80"),
        segment("2026-11-21", "2026-11-30", score="100"),
    )

    assert (found.amount, found.score) == (2000, 90)


def test_a_segment_below_min_days_takes_its_own_coefficient_and_exactly_min_days_does_not() -> None:
    rule = {"min_days": "10", "below_min_coefficient": "1.0"}
    nine = {**segment("2026-11-22", "2026-12-31"), "coefficient": None}
    ten = segment("2026-11-21", "2026-12-31", coefficient="0.5")

    assert prorate("2026-11-01", "2026-11-30", nine, **rule).amount == 900
    assert prorate("2026-11-01", "2026-11-30", ten, **rule).amount == 500


def test_nobody_on_the_post_is_no_line_and_no_score() -> None:
    found = prorate("2026-11-01", "2026-11-30")

    assert (found.lines, found.amount, found.score) == ([], 0, None)


@pytest.mark.parametrize(
    "segments",
    [
        [segment("2026-11-01", "2026-11-12"), segment("2026-11-12", "2026-11-30")],
        [segment("2026-11-05", "2026-11-04")],
        [{"from": "2026-11-01", "to": None, "base": "1", "coefficient": "1"}],
        [{"from": "2026-11-01", "to": "2026-11-30", "base": "1"}],
        [{"from": "2026-02-30", "to": "2026-11-30", "base": "1", "coefficient": "1"}],
    ],
)
def test_a_segment_that_cannot_be_right_is_refused(segments: list[object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        prorate("2026-11-01", "2026-11-30", *segments)

    assert caught.value.code == "D221"


@given(st.integers(1, 29), st.randoms())
def test_two_halves_of_a_month_never_differ_from_the_whole_by_more_than_a_fen(day: int, random: Any) -> None:
    parts = [segment("2026-11-01", f"2026-11-{day:02}"), segment(f"2026-11-{day + 1:02}", "2026-11-30")]

    found = prorate("2026-11-01", "2026-11-30", *random.sample(parts, 2))

    assert abs(found.amount - 3000) <= Decimal("0.01")
    assert found.amount == sum(found.lines)
