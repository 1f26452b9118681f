"""`pay.performance`: base x coefficient, for the days that count."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import divide, multiply
from models.pay.amounts import Amount, above_zero, fen, not_negative
from models.pay.wording import exact, line
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.performance"
ARGUMENTS = ("base", "coefficient", "payable_days", "period_days")


@dataclass(frozen=True)
class Performance:
    """Payable days may exceed period days: 22 worked days of a statutory 21.75."""

    base: Decimal
    coefficient: Decimal
    payable_days: Decimal
    period_days: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Performance":
        """The line from arguments, defaults filled in."""
        return cls(
            base=a.number("base"),
            coefficient=a.number("coefficient"),
            payable_days=not_negative(a, "payable_days", 1),
            period_days=above_zero(a, "period_days", 1),
        )

    def raw(self) -> Decimal:
        """The amount before rounding."""
        earned = multiply(multiply(self.base, self.coefficient), self.payable_days)
        return divide(earned, self.period_days)


def evaluate(inputs: dict[str, object]) -> Amount:
    """`pay.performance` on golden inputs.

    >>> evaluate({"base": "1500", "coefficient": "0.875"})
    Amount(amount=Decimal('1312.50'))
    >>> evaluate({"base": "3000", "coefficient": "1", "payable_days": "29", "period_days": "31"})
    Amount(amount=Decimal('2806.45'))
    """
    return Amount(fen(Performance.read(Arguments(NAME, inputs, ARGUMENTS)).raw()))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Performance.read(Arguments(NAME, inputs, ARGUMENTS))
    formula = f"{exact(rule.base)} × {exact(rule.coefficient)}"
    if rule.payable_days != rule.period_days:
        formula += f" × {exact(rule.payable_days)} ÷ {exact(rule.period_days)}"
    return (line("绩效工资", "performance pay", formula, rule.raw()),)
