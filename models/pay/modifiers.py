"""Modifiers of a commission: a second measure that lowers the rate or the amount.

Belongs here: shortfall steps, what they take, and the sentence about it. Not here: the commission they act on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from models.money import exact, round_half_up
from models.pay.amounts import ONE, ZERO, above_zero, not_negative, one_of
from models.pay.wording import operand
from models.scoring.arguments import Arguments, mapping
from models.scoring.gap_points import COUNT_MODES, count
from models.wording import Step, result

ARGUMENTS = ("kind", "actual", "limit", "direction", "per", "each", "count_mode")
PROPORTIONAL = "proportional"
Kind = Literal["rate_points", "amount_pct"]
Direction = Literal["higher", "lower"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
_COUNTS = {
    "whole": Step("只计整数", "whole steps only"),
    "started": Step("不足一级按一级", "every started step"),
    "proportional": Step("按比例", "in proportion"),
}


@dataclass(frozen=True, kw_only=True)
class Modifier:
    """Every `per` that the actual misses the limit by takes `each`: rate points, or a share of the amount."""

    kind: Kind
    actual: Decimal
    limit: Decimal
    direction: Direction
    per: Decimal
    each: Decimal
    count_mode: str

    @classmethod
    def read(cls, method: str, item: object) -> "Modifier":
        """One modifier; the direction has no default, because a reversed one pays for the opposite."""
        a = Arguments(f"{method} modifiers", mapping(method, "modifiers", item), ARGUMENTS)
        return cls(
            kind=one_of(a, "kind", _KINDS),
            actual=a.number("actual"),
            limit=a.number("limit"),
            direction=one_of(a, "direction", _DIRECTIONS),
            per=above_zero(a, "per"),
            each=not_negative(a, "each"),
            # whole: half a step of shortfall costs nothing, which is the reading in favour of whoever is paid
            count_mode=a.choice("count_mode", COUNT_MODES, "whole"),
        )

    def shortfall(self) -> Decimal:
        """How far the actual is on the bad side of the limit; exactly on it is no shortfall."""
        miss = self.limit - self.actual if self.direction == "higher" else self.actual - self.limit
        return max(miss, ZERO)

    @exact
    def taken(self) -> Decimal:
        """Steps x each.

        >>> acos = {"kind": "amount_pct", "actual": "0.255", "limit": "0.22", "direction": "lower"}
        >>> Modifier.read("pay.commission", {**acos, "per": "0.01", "each": "0.05"}).taken()
        Decimal('0.15')
        """
        if self.count_mode == PROPORTIONAL:
            # Divided last: 2/3 of 0.3 is 0.2, and not a last digit beside it that a large amount makes a fen.
            return self.shortfall() * self.each / self.per
        return self.counted() * self.each

    @exact
    def counted(self) -> Decimal:
        """Shortfall steps as they count."""
        units = self.shortfall() / self.per
        if self.count_mode == PROPORTIONAL:
            return units
        # A shortfall from a ratio such as 7/30 carries digits that divisions left: absorb them before counting.
        return count(round_half_up(units, 30), self.count_mode)

    def step(self) -> Step:
        """When it deducts, how many steps count, and what they take."""
        sign = "<" if self.direction == "higher" else ">"
        fact = f"{operand(self.actual)}, {sign} {operand(self.limit)}"
        words = _COUNTS[self.count_mode]
        counted = operand(self.counted())
        steps = f"{operand(self.shortfall())} ÷ {operand(self.per)} → {counted}"
        taken = f"{counted} × {operand(self.each)} {result(self.taken())}"
        is_rate = self.kind == "rate_points"
        zh, en = ("提成率减", "rate less") if is_rate else ("金额减（比例）", "amount less (share)")
        return Step(
            f"修正（实际 {fact} 时扣减）：级数 = {steps}（{words.zh}）；{zh} = {taken}",
            f"modifier (actual {fact} deducts): steps = {steps} ({words.en}); {en} = {taken}",
        )


def lowered(rate: Decimal, modifiers: Sequence[Modifier]) -> Decimal:
    """The rate less its rate points; not below 0, and a rate that is negative already stays."""
    points = sum((m.taken() for m in modifiers if m.kind == "rate_points"), ZERO)
    # min(rate, 0) and not 0: the limit must not lift a negative rate, and so pay for a shortfall
    return max(rate - points, min(rate, ZERO))


def kept(modifiers: Sequence[Modifier]) -> Decimal:
    """The share of the amount that is left; several multiply."""
    share = ONE
    for modifier in modifiers:
        if modifier.kind == "amount_pct":
            # At least 0 each, or two large deductions would multiply to a positive share again.
            share *= max(ONE - modifier.taken(), ZERO)
    return share
