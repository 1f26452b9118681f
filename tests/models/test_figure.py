"""Value, cause, attainment, share and pace, against figures worked by hand."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from models.figure import (
    ONE,
    RateBounds,
    attained,
    divided,
    divided_by_target,
    over_target,
    pace_of,
    share_of_target,
    summed,
)

D = Decimal


@dataclass(frozen=True)
class Rule:
    """What a KPI says about its arithmetic."""

    scale: Decimal = ONE
    min_n: Decimal = ONE
    floor: Decimal | None = None
    cap: Decimal | None = None
    bounds: RateBounds | None = None


# 1 + (actual − target) ÷ |target| where more is better, 1 − (actual − target) ÷ |target| where less is better.
BY_HAND = [
    ("higher", "100", "100", "1"),
    ("higher", "100", "135", "1.35"),
    ("higher", "100", "90", "0.9"),
    ("higher", "100", "0", "0"),
    ("higher", "100", "-50", "-0.5"),
    ("higher", "-100", "-100", "1"),
    ("higher", "-100", "-80", "1.2"),  # a smaller loss than planned
    ("higher", "-100", "-200", "0"),
    ("higher", "-100", "50", "2.5"),  # a planned loss turned into profit
    ("higher", "-100", "0", "2"),
    ("lower", "420", "210", "1.5"),
    ("lower", "420", "420", "1"),
    ("lower", "420", "630", "0.5"),
    ("lower", "420", "0", "2"),
    ("lower", "420", "1260", "-1"),
    ("lower", "0.10", "0.12", "0.8"),
    ("lower", "-100", "-80", "0.8"),
    ("lower", "-100", "-120", "1.2"),
    ("lower", "-100", "50", "-0.5"),
]


@pytest.mark.parametrize(("direction", "target", "actual", "expected"), BY_HAND)
def test_attainment_is_one_at_the_target_and_grows_with_what_is_better(
    direction: str, target: str, actual: str, expected: str
) -> None:
    assert attained(D(actual), D(target), direction) == D(expected)


@pytest.mark.parametrize(
    ("actual", "target", "share", "over"),
    [
        ("210", "420", "0.5", "0.5"),
        ("-80", "-100", "0.8", "1.2"),
        ("50", "-100", "-0.5", "2.5"),
        ("0", "7", "0", "0"),
    ],
)
def test_the_share_is_the_plain_quotient_and_a_kpi_over_its_target_turns_for_a_negative_one(
    actual: str, target: str, share: str, over: str
) -> None:
    assert share_of_target(D(actual), D(target)) == D(share)
    assert over_target(D(actual), D(target)) == D(over)


def test_there_is_no_share_without_a_value_without_a_target_and_of_nothing() -> None:
    assert [share_of_target(*pair) for pair in ((None, D(1)), (D(1), None), (D(1), D(0)))] == [None] * 3


@pytest.mark.parametrize(
    ("below", "min_n", "text"),
    [
        ("0", "1", "the denominator is 0, at least 1 is needed"),
        ("0", "0", "the denominator is 0, it must be above 0"),
        ("-5", "0", "the denominator is -5, it must be above 0"),
        ("4", "5", "the denominator is 4, at least 5 is needed"),
    ],
)
def test_a_denominator_of_nothing_or_too_little_has_one_cause(below: str, min_n: str, text: str) -> None:
    found = divided(Rule(min_n=D(min_n)), D(1), D(below))

    assert (found.value, found.cause and (found.cause.code, found.cause.text)) == (None, ("M201", text))


def test_a_target_of_zero_has_its_own_cause_and_a_missing_one_another() -> None:
    zero = divided_by_target(Rule(), D(1), D(0), "net_sales", "this period")
    absent = divided_by_target(Rule(), D(1), None, "net_sales", "ann in 2011-11")

    assert (zero.value, zero.cause and zero.cause.code) == (None, "M212")
    assert absent.cause is not None
    assert (absent.cause.code, absent.cause.text) == ("M210", "no target of net_sales for ann in 2011-11")


def test_scale_comes_before_the_bounds_and_the_value_before_them_is_kept() -> None:
    rule = Rule(scale=D(100), floor=D(0), cap=D(120))

    found = [divided(rule, D(3), D(2)), divided(rule, D(-1), D(2)), summed(rule, D("0.5"))]

    assert [(f.value, f.unbounded) for f in found] == [(120, 150), (0, -50), (50, 50)]


def test_arithmetic_runs_with_fifty_digits_whatever_the_caller_has_set() -> None:
    third = divided(Rule(), D(1), D(3)).value

    assert third is not None
    assert len(third.as_tuple().digits) == 50


@pytest.mark.parametrize(
    ("pace", "state"),
    [("0.9799", "behind"), ("0.98", "on"), ("1.0199", "on"), ("1.02", "ahead"), (None, None)],
)
def test_pace_is_on_within_two_percent(pace: str | None, state: str | None) -> None:
    assert pace_of(None if pace is None else D(pace)) == state
