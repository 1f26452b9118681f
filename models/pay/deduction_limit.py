"""`pay.deduction_limit`: how much of a loss may be taken from one month's wage.

The shares are arguments, not constants: the legal limits are for HR counsel to confirm.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.money import multiply, subtract
from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.wording import exact, line, money
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.deduction_limit"
ARGUMENTS = ("wage", "deduction", "share_cap", "minimum_wage")


@dataclass(frozen=True)
class DeductionLimit:
    """What is allowed now, and what remains of the deduction."""

    allowed: Decimal
    remaining: Decimal


@dataclass(frozen=True)
class Rule:
    """Wage, deduction and both limits."""

    wage: Decimal
    deduction: Decimal
    share_cap: Decimal
    minimum_wage: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments."""
        return cls(
            wage=not_negative(a, "wage"),
            deduction=fen(not_negative(a, "deduction")),
            share_cap=share(a, "share_cap"),
            minimum_wage=not_negative(a, "minimum_wage"),
        )

    def allowed(self) -> Decimal:
        """The deduction within both limits, before rounding."""
        above_minimum = subtract(self.wage, self.minimum_wage)
        return max(min(self.deduction, multiply(self.wage, self.share_cap), above_minimum), ZERO)


def _limit(rule: Rule) -> DeductionLimit:
    allowed = fen(rule.allowed())
    return DeductionLimit(allowed, subtract(rule.deduction, allowed))


def evaluate(inputs: dict[str, object]) -> DeductionLimit:
    """`pay.deduction_limit` on golden inputs.

    >>> limits = {"share_cap": "0.2", "minimum_wage": "2500"}
    >>> evaluate({"wage": "2800", "deduction": "600", **limits})
    DeductionLimit(allowed=Decimal('300.00'), remaining=Decimal('300.00'))
    """
    return _limit(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    limit = _limit(rule)
    wage = exact(rule.wage)
    inner = f"{money(rule.deduction)}, {wage} × {exact(rule.share_cap)}, {wage} − {exact(rule.minimum_wage)}"
    rest = f"{money(rule.deduction)} − {money(limit.allowed)}"
    return (
        line("本月可扣", "allowed this month", f"max(0, min({inner}))", rule.allowed()),
        line("尚余未扣", "remaining", rest, limit.remaining),
    )
