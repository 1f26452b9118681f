"""`pay.deduction_limit`: how much of a loss may be taken from one month's wage.

《工资支付暂行规定》(劳部发〔1994〕489号) 第十六条: compensation for a loss may be taken from the wage, each month at most 20 % of
that month's wage, and what remains may not be below the local minimum wage. Both limits are arguments and no constants:
a province may be stricter, and counsel confirms what applies.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.wording import line, money, operand
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class DeductionLimitResult:
    """What is allowed now, and what remains of the deduction."""

    allowed: Decimal
    remaining: Decimal


@dataclass(frozen=True)
class DeductionLimit(PayMethod):
    """Wage, deduction and both limits."""

    NAME = "pay.deduction_limit"
    NAME_ZH = "扣款上限"
    ARGUMENTS = ("wage", "deduction", "share_cap", "minimum_wage")

    wage: Decimal
    deduction: Decimal
    share_cap: Decimal
    minimum_wage: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; nothing has a default."""
        return cls(
            wage=not_negative(a, "wage"),
            deduction=fen(not_negative(a, "deduction")),
            share_cap=share(a, "share_cap"),
            minimum_wage=not_negative(a, "minimum_wage"),
        )

    def raw(self) -> Decimal:
        """The deduction within both limits, before rounding; a wage below the minimum gives nothing."""
        # both limits of 第十六条 at once: the stricter one holds, and below the minimum wage nothing may be taken
        return max(min(self.deduction, self.wage * self.share_cap, self.wage - self.minimum_wage), ZERO)

    def result(self) -> DeductionLimitResult:
        """What is taken now and what remains.

        >>> limits = {"share_cap": "0.2", "minimum_wage": "2500"}
        >>> DeductionLimit.evaluate({"wage": "2800", "deduction": "600", **limits})
        DeductionLimitResult(allowed=Decimal('300.00'), remaining=Decimal('300.00'))
        """
        allowed = fen(self.raw())
        return DeductionLimitResult(allowed, self.deduction - allowed)

    def steps(self) -> tuple[Step, ...]:
        """The smallest of three, and the rest."""
        limit, wage = self.result(), operand(self.wage)
        capped, left = f"{wage} × {operand(self.share_cap)}", f"{wage} − {operand(self.minimum_wage)}"
        formula = f"max(0, min({money(self.deduction)}, {capped}, {left}))"
        rest = f"{money(self.deduction)} − {money(limit.allowed)}"
        return (
            line("本月可扣", "allowed this month", formula, self.raw()),
            line("尚余未扣", "remaining", rest, limit.remaining),
        )

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """The share of the wage that may go, where the plan states it."""
        return PayTraits(share_deducted=self.share_cap if "share_cap" in terms.stated else None)
