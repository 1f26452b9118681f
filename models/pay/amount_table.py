"""`pay.amount_table`: an amount between the rows of a table, rounded to a stated unit."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from itertools import pairwise

from models.money import CONTEXT, divide, multiply, round_half_up
from models.pay.amounts import Amount, above_zero, fen
from models.pay.wording import equation, exact, figure, line
from models.scoring.arguments import Arguments
from models.scoring.piecewise import Piecewise
from models.wording import Step

NAME = "pay.amount_table"
ARGUMENTS = ("x", "points", "below", "above", "unit", "rounding")
_ROUNDINGS = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
_WORDS = {
    "half_up": Step("四舍五入", "half up"),
    "down": Step("舍去", "down"),
    "up": Step("进位", "up"),
}


@dataclass(frozen=True)
class Rule:
    """The table; `unit` is a whole number of fen."""

    table: Piecewise
    unit: Decimal
    rounding: str

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in.

        Raises:
            DefinitionError: `points_not_ascending`.
        """
        unit = above_zero(a, "unit", Decimal("0.01"))
        if unit != round_half_up(unit, 2):
            raise a.invalid("unit", "must be a whole number of fen, such as 0.01, 1 or 10")
        return cls(Piecewise.read(a), unit, a.choice("rounding", tuple(_ROUNDINGS), "half_up"))

    def units(self, raw: Decimal) -> Decimal:
        """So many units as the rounding counts: up is away from 0, down is towards it."""
        return divide(raw, self.unit).to_integral_value(_ROUNDINGS[self.rounding], CONTEXT)

    def amount(self, raw: Decimal) -> Decimal:
        """The amount in whole units."""
        return fen(multiply(self.units(raw), self.unit))


def evaluate(inputs: dict[str, object]) -> Amount:
    """`pay.amount_table` on inputs.

    >>> points = [["80", "500"], ["90", "800"], ["100", "1500"]]
    >>> evaluate({"x": "87", "points": points})
    Amount(amount=Decimal('710.00'))
    >>> evaluate({"x": "92.3", "points": points, "unit": "10", "rounding": "down"})
    Amount(amount=Decimal('960.00'))
    """
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule = Rule.read(a)
    return Amount(rule.amount(rule.table.at(a.number("x"))))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule, x = Rule.read(a), a.number("x")
    raw = rule.table.at(x)
    points = " ".join(f"({exact(p)}, {exact(q)})" for p, q in rule.table.points)
    words = _WORDS[rule.rounding]
    return (
        Step(f"金额表：{points}", f"amount table: {points}"),
        _read(rule.table, x, raw),
        line(
            f"按 {exact(rule.unit)} 元{words.zh}",
            f"rounded {words.en} to {exact(rule.unit)}",
            f"{exact(rule.units(raw))} × {exact(rule.unit)}",
            rule.amount(raw),
        ),
    )


def _read(table: Piecewise, x: Decimal, raw: Decimal) -> Step:
    zh, en = f"{exact(x)} 处金额", f"amount at {exact(x)}"
    for (x0, y0), (x1, y1) in pairwise(table.points):
        if x0 < x < x1:
            share = f"({exact(x)} − {exact(x0)}) ÷ ({exact(x1)} − {exact(x0)})"
            return figure(zh, en, f"{exact(y0)} + {share} × ({exact(y1)} − {exact(y0)})", raw)
    return equation(zh, en, exact(raw))
