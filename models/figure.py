"""A KPI's figure, once: its value, why there is none, how far its target is reached, and whether it keeps pace.

Belongs here: numerator and denominator to value (scale, bounds, min_n), the causes that this arithmetic gives, attainment by
direction, share of the target. Not here: which target applies (targets), what a scoring rule makes of an attainment
(scoring), the same arithmetic as sentences (measured, lines), words and colours (pipelines/render).

Warehouse, scorecards, board, workbook and `kpi why` call these functions or show what they gave, so that one line has one
attainment wherever it is read.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from models.causes import Cause
from models.money import exact, plain

FigureStatus = Literal["scored", "provisional", "missing", "excluded"]
PaceState = Literal["ahead", "on", "behind"]

ONE = Decimal(1)
# Within 2 % of what is due by now nobody needs to act: a month of 31 days moves by more than 3 % a day.
BEHIND, AHEAD = Decimal("0.98"), Decimal("1.02")


@dataclass(frozen=True)
class RateBounds:
    """What a quotient can be: outside, its numerator and its denominator do not speak of the same things.

    Not floor and cap, which bend a value that is right.
    """

    lower: Decimal | None = None
    upper: Decimal | None = None

    def hold(self, value: Decimal) -> bool:
        """Whether the value lies within, the ends included."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    @property
    def text(self) -> str:
        """As a reader names them."""
        if self.lower is None or self.upper is None:
            side = ("at most", self.upper) if self.lower is None else ("at least", self.lower)
            return f"{side[0]} {plain(side[1] or Decimal(0))}"
        return f"from {plain(self.lower)} to {plain(self.upper)}"


class Arithmetic(Protocol):
    """What the definition of a KPI says about its arithmetic (`models.definitions.Kpi`)."""

    @property
    def scale(self) -> Decimal:
        """What the sum or quotient is multiplied by."""

    @property
    def min_n(self) -> Decimal:
        """The least denominator: one sale of one inquiry is no conversion of 100 %."""

    @property
    def floor(self) -> Decimal | None:
        """The least value."""

    @property
    def cap(self) -> Decimal | None:
        """The greatest value."""

    @property
    def bounds(self) -> RateBounds | None:
        """What a quotient can be at all; None = anything."""


@dataclass(frozen=True)
class Figure:
    """A value, or the cause of its absence: exactly one of them. `unbounded` is the value before floor and cap."""

    value: Decimal | None
    cause: Cause | None = None
    unbounded: Decimal | None = None


@exact
def summed(kpi: Arithmetic, amount: Decimal) -> Figure:
    """The figure of a KPI that is not divided by anything."""
    return _within(kpi, amount * kpi.scale)


@exact
def divided(kpi: Arithmetic, above: Decimal, below: Decimal) -> Figure:
    """The figure of a quotient; M201 where the denominator is not above 0, or below the KPI's min_n, M222 outside its bounds.

    >>> from types import SimpleNamespace
    >>> rate = SimpleNamespace(scale=ONE, min_n=Decimal(5), floor=None, cap=None, bounds=RateBounds(Decimal(0), ONE))
    >>> divided(rate, Decimal(2), Decimal(8)).value, divided(rate, Decimal(1), Decimal(1)).cause.code
    (Decimal('0.25'), 'M201')
    >>> divided(rate, Decimal(9), Decimal(8)).cause.text
    '9 ÷ 8 does not lie from 0 to 1: numerator and denominator do not speak of the same things'
    """
    if not is_divisor(below, kpi.min_n):
        wanted = f"at least {plain(kpi.min_n)} is needed" if kpi.min_n > 0 else "it must be above 0"
        return Figure(None, Cause("M201", f"the denominator is {plain(below)}, {wanted}"))
    value = above / below * kpi.scale
    if kpi.bounds is not None and not kpi.bounds.hold(value):
        times = "" if kpi.scale == ONE else f" × {plain(kpi.scale)}"
        text = f"{plain(above)} ÷ {plain(below)}{times} does not lie {kpi.bounds.text}"
        return Figure(
            None, Cause("M222", f"{text}: numerator and denominator do not speak of the same things")
        )
    return _within(kpi, value)


@exact
def divided_by_target(kpi: Arithmetic, above: Decimal, target: Decimal | None, of: str, whose: str) -> Figure:
    """The figure of a KPI whose denominator is the target of KPI `of`; `whose` target it is, for the cause.

    >>> from types import SimpleNamespace
    >>> rate = SimpleNamespace(scale=ONE, min_n=ONE, floor=None, cap=None)
    >>> divided_by_target(rate, Decimal(5), Decimal(0), "net_sales", "this period").cause
    Cause(code='M212', text='the target of net_sales is 0')
    """
    if target is None:
        return Figure(None, no_target(of, whose))
    if target == 0:
        return Figure(None, target_is_zero(of))
    return _within(kpi, over_target(above, target) * kpi.scale)


def is_divisor(below: Decimal, min_n: Decimal) -> bool:
    """Whether a quotient may be taken: never of 0 or a negative denominator, whatever min_n says."""
    return below > 0 and below >= min_n


def no_target(kpi_id: str, whose: str) -> Cause:
    """M210: nobody stated the target that a figure or its score needs."""
    return Cause("M210", f"no target of {kpi_id} for {whose}")


def target_is_zero(kpi_id: str, so: str = "") -> Cause:
    """M212: the target is 0, which nothing can be divided by. The one cause for it, wherever the target is read."""
    return Cause("M212", f"the target of {kpi_id} is 0{so}")


def bounded(kpi: Arithmetic, value: Decimal) -> Decimal:
    """The value within the KPI's floor and cap."""
    if kpi.floor is not None:
        value = max(value, kpi.floor)
    return value if kpi.cap is None else min(value, kpi.cap)


def _within(kpi: Arithmetic, value: Decimal) -> Figure:
    return Figure(bounded(kpi, value), None, value)


@exact
def relative_gap(actual: Decimal, target: Decimal) -> Decimal:
    """(actual − target) ÷ |target|: stays right for negative targets, where actual ÷ target turns around.

    >>> relative_gap(Decimal(1350000), Decimal(1000000))
    Decimal('0.35')
    """
    return (actual - target) / target.copy_abs()


@exact
def attained(actual: Decimal, target: Decimal, direction: str) -> Decimal:
    """How far a target other than 0 is reached: 1 is exactly reached and more is better, whatever direction and sign.

    Not clamped: a score has a cap, an attainment has none. `score.linear` has a second formula for lower-is-better KPIs
    (`inverse: ratio`); `models.appraisal.lines.attainment_of` knows which of the two a role's line states.

    >>> attained(Decimal(210), Decimal(420), "lower"), attained(Decimal(-80), Decimal(-100), "higher")
    (Decimal('1.5'), Decimal('1.2'))
    """
    gap = relative_gap(actual, target)
    return ONE + gap if direction == "higher" else ONE - gap


@exact
def over_target(actual: Decimal, target: Decimal) -> Decimal:
    """The actual over a target other than 0, whatever the direction; for a target below 0, 1 + (actual − target) ÷ |target|.

    >>> over_target(Decimal(90), Decimal(100)), over_target(Decimal(-50), Decimal(-100))
    (Decimal('0.9'), Decimal('1.5'))
    """
    # below 0 the plain quotient turns round: a loss of 50 against −100 would be 0.5, and is better than planned
    return actual / target if target > 0 else ONE + relative_gap(actual, target)


@exact
def share_of_target(value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """The plain quotient value ÷ target: 210 of 420 is one half. It says nothing about good or bad: that is the attainment.

    None without either, and for a target of 0.

    >>> share_of_target(Decimal(210), Decimal(420)), share_of_target(Decimal(1), Decimal(0))
    (Decimal('0.5'), None)
    """
    # `not target` is true for 0 as well, which nothing can be divided by
    return None if value is None or not target else value / target


def pace_of(pace: Decimal | None) -> PaceState | None:
    """Ahead, on or behind, by the attainment of the part of the target that is due by now."""
    if pace is None:
        return None
    if pace < BEHIND:
        return "behind"
    return "ahead" if pace >= AHEAD else "on"
