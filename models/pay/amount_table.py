"""`pay.amount_table`: an amount between the rows of a table, rounded to a stated unit."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from itertools import pairwise
from typing import Literal, Self, get_args

from models.money import CONTEXT, exact, round_half_up
from models.pay.amounts import Amount, above_zero, fen, one_of
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.wording import figure, line, operand
from models.scoring.arguments import Arguments
from models.scoring.piecewise import Piecewise
from models.wording import Step, equation

Rounding = Literal["half_up", "down", "up"]
_ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
# Python's `up` is away from 0 and `down` towards it, so that taking back rounds as paying did.
_PYTHON: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
_WORDS: dict[Rounding, Step] = {
    "half_up": Step("四舍五入", "half up"),
    "down": Step("舍去", "down"),
    "up": Step("进位", "up"),
}


@dataclass(frozen=True)
class AmountTable(PayMethod):
    """A measure, the table it is looked up in, and the unit of the amount: a whole number of fen."""

    NAME = "pay.amount_table"
    NAME_ZH = "金额对照表"
    ARGUMENTS = ("x", "points", "below", "above", "unit", "rounding")
    TABLES = ("points",)
    PAYS_FOR = "sales_commission"

    table: Piecewise
    unit: Decimal
    rounding: Rounding
    x: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without a unit the amount is rounded to the fen.

        Raises:
            DefinitionError: `points_not_ascending`.
        """
        unit = above_zero(a, "unit", Decimal("0.01"))
        # A unit of 0.005 would end in half a fen, which is rounded once more.
        if unit != round_half_up(unit, 2):
            raise a.invalid("unit", "must be a whole number of fen, such as 0.01, 1 or 10")
        return cls(Piecewise.read(a), unit, one_of(a, "rounding", _ROUNDINGS, "half_up"), a.number("x"))

    def raw(self) -> Decimal:
        """What the table says at x."""
        return self.table.at(self.x)

    @exact
    def units(self) -> Decimal:
        """So many units as the rounding counts."""
        # counted in units and multiplied back: quantize() rounds to powers of ten only, and a unit may be 5 or 50
        return (self.raw() / self.unit).to_integral_value(_PYTHON[self.rounding], CONTEXT)

    def amount(self) -> Decimal:
        """The amount in whole units."""
        return fen(self.units() * self.unit)

    def result(self) -> Amount:
        """The line.

        >>> points = [["80", "500"], ["90", "800"], ["100", "1500"]]
        >>> AmountTable.evaluate({"x": "87", "points": points})
        Amount(amount=Decimal('710.00'))
        >>> AmountTable.evaluate({"x": "92.3", "points": points, "unit": "10", "rounding": "down"})
        Amount(amount=Decimal('960.00'))
        """
        return Amount(self.amount())

    def steps(self) -> tuple[Step, ...]:
        """Table, the amount at x, the rounding."""
        points = " ".join(f"({operand(p)}, {operand(q)})" for p, q in self.table.points)
        words, unit = _WORDS[self.rounding], operand(self.unit)
        return (
            Step(f"金额表：{points}", f"amount table: {points}"),
            self._look_up_step(),
            line(
                f"按 {unit} 元{words.zh}",
                f"rounded {words.en} to {unit}",
                f"{operand(self.units())} × {unit}",
                self.amount(),
            ),
        )

    def _look_up_step(self) -> Step:
        x = operand(self.x)
        zh, en = f"{x} 处金额", f"amount at {x}"
        for (x0, y0), (x1, y1) in pairwise(self.table.points):
            # on a point the amount stands in the table itself, and there is no arithmetic to show
            if x0 < self.x < x1:
                part = f"({x} − {operand(x0)}) ÷ ({operand(x1)} − {operand(x0)})"
                formula = f"{operand(y0)} + {part} × ({operand(y1)} − {operand(y0)})"
                return figure(zh, en, formula, self.raw())
        return equation(zh, en, operand(self.raw()))

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """The amounts of the table, where the plan states it."""
        return PayTraits(curve=tuple(y for _, y in self.table.points) if "points" in terms.stated else ())
