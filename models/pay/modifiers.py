"""Modifiers of a commission: a second measure that lowers the rate or the amount.

Belongs here: shortfall steps and what they take. Not here: the commission they act on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.money import divide, multiply, round_half_up, subtract, total
from models.pay.amounts import ONE, ZERO, above_zero, not_negative
from models.scoring.arguments import Arguments, mapping
from models.scoring.gap_points import COUNT_MODES, count

ARGUMENTS = ("kind", "actual", "limit", "direction", "per", "each", "count_mode")
RATE_POINTS, AMOUNT_PCT = "rate_points", "amount_pct"
PROPORTIONAL = "proportional"


@dataclass(frozen=True)
class Modifier:
    """Every `per` that the actual misses the limit by takes `each`: rate points, or a share of the amount."""

    kind: str
    actual: Decimal
    limit: Decimal
    direction: str
    per: Decimal
    each: Decimal
    count_mode: str = "whole"

    @classmethod
    def read(cls, method: str, item: object) -> "Modifier":
        """One modifier; the direction has no default, because a reversed one pays for the opposite."""
        a = Arguments(f"{method} modifiers", mapping(method, "modifiers", item), ARGUMENTS)
        return cls(
            kind=a.choice("kind", (RATE_POINTS, AMOUNT_PCT)),
            actual=a.number("actual"),
            limit=a.number("limit"),
            direction=a.choice("direction", ("higher", "lower")),
            per=above_zero(a, "per"),
            each=not_negative(a, "each"),
            count_mode=a.choice("count_mode", COUNT_MODES, "whole"),
        )

    def shortfall(self) -> Decimal:
        """How far the actual is on the bad side of the limit; exactly on it is no shortfall."""
        higher = self.direction == "higher"
        miss = subtract(self.limit, self.actual) if higher else subtract(self.actual, self.limit)
        return max(miss, ZERO)

    def taken(self) -> Decimal:
        """Steps x each.

        >>> acos = {"kind": "amount_pct", "actual": "0.255", "limit": "0.22", "direction": "lower"}
        >>> Modifier.read("pay.commission", {**acos, "per": "0.01", "each": "0.05"}).taken()
        Decimal('0.15')
        """
        if self.count_mode == PROPORTIONAL:
            # Divided last: 2/3 of 0.3 is 0.2, and not a last digit beside it that a large amount makes a fen.
            return divide(multiply(self.shortfall(), self.each), self.per)
        return multiply(self.steps(), self.each)

    def steps(self) -> Decimal:
        """Shortfall steps as they count."""
        units = divide(self.shortfall(), self.per)
        if self.count_mode == PROPORTIONAL:
            return units
        # A shortfall from a ratio such as 7/30 carries digits that divisions left: absorb them before counting.
        return count(round_half_up(units, 30), self.count_mode)


def lowered(rate: Decimal, modifiers: Sequence[Modifier]) -> Decimal:
    """The rate less its rate points, not below 0."""
    points = total([m.taken() for m in modifiers if m.kind == RATE_POINTS])
    return max(subtract(rate, points), min(rate, ZERO))


def kept(modifiers: Sequence[Modifier]) -> Decimal:
    """The share of the amount that is left; several multiply."""
    share = ONE
    for modifier in modifiers:
        if modifier.kind == AMOUNT_PCT:
            share = multiply(share, max(subtract(ONE, modifier.taken()), ZERO))
    return share
