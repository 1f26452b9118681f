"""`pay.supervisor_multiple`: a multiple of the team's average commission."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import divide, multiply, total
from models.pay.amounts import by_id, fen, not_negative
from models.pay.wording import exact, figure, line, sum_of
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.supervisor_multiple"
ARGUMENTS = ("amounts", "multiple")


@dataclass(frozen=True)
class SupervisorPay:
    """The average is of rounded lines and itself not rounded."""

    average: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """The team's lines, rounded, and the multiple."""

    lines: tuple[Decimal, ...]
    multiple: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments."""
        lines = by_id(a, "amounts")
        return cls(tuple(fen(lines[key]) for key in sorted(lines)), not_negative(a, "multiple"))

    def average(self) -> Decimal:
        """Mean of the lines."""
        return divide(total(list(self.lines)), Decimal(len(self.lines)))

    def raw(self) -> Decimal:
        """The amount before rounding, divided last so that no digit is lost before."""
        return divide(multiply(total(list(self.lines)), self.multiple), Decimal(len(self.lines)))


def evaluate(inputs: dict[str, object]) -> SupervisorPay:
    """`pay.supervisor_multiple` on inputs.

    >>> evaluate({"amounts": {"a": "586.00", "b": "402.50", "c": "611.30"}, "multiple": "1.5"}).amount
    Decimal('799.90')
    """
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    return SupervisorPay(rule.average(), fen(rule.raw()))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    formula = f"({sum_of(rule.lines)}) ÷ {len(rule.lines)}"
    product = f"{formula} × {exact(rule.multiple)}"
    return (
        figure("团队平均提成", "average commission of the team", formula, rule.average()),
        line("主管提成", "supervisor's commission", product, rule.raw()),
    )
