"""`pay.performance`: base x coefficient, for the days that count."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.money import exact
from models.pay.amounts import Amount, above_zero, fen, not_negative
from models.pay.method import PayMethod
from models.pay.wording import line, operand
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class Performance(PayMethod):
    """Base, coefficient and days.

    Payable days may exceed period days. A plan that counts 21.75 paid days in every month divides 22 worked days by
    21.75: 月计薪天数 = (365 − 104) ÷ 12 = 21.75, 人力资源社会保障部 劳社部发〔2008〕3号, and again 人社部发〔2025〕2号.
    """

    NAME = "pay.performance"
    NAME_ZH = "绩效工资"
    ARGUMENTS = ("base", "coefficient", "payable_days", "period_days")

    base: Decimal
    coefficient: Decimal
    payable_days: Decimal
    period_days: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without days the whole period counts."""
        return cls(
            base=a.number("base"),
            coefficient=a.number("coefficient"),
            # 1 of 1 day: the fraction disappears for a plan that does not count days
            payable_days=not_negative(a, "payable_days", 1),
            period_days=above_zero(a, "period_days", 1),
        )

    @exact
    def raw(self) -> Decimal:
        """The amount before rounding; divided last, so that 31 of 31 days is the whole amount."""
        return self.base * self.coefficient * self.payable_days / self.period_days

    def result(self) -> Amount:
        """The line.

        >>> Performance.evaluate({"base": "1500", "coefficient": "0.875"})
        Amount(amount=Decimal('1312.50'))
        >>> Performance.evaluate({"base": "3000", "coefficient": "1", "payable_days": "29", "period_days": "31"})
        Amount(amount=Decimal('2806.45'))
        """
        return Amount(fen(self.raw()))

    def steps(self) -> tuple[Step, ...]:
        """One product; the days stand in it where they are not the whole period."""
        formula = f"{operand(self.base)} × {operand(self.coefficient)}"
        if self.payable_days != self.period_days:
            formula += f" × {operand(self.payable_days)} ÷ {operand(self.period_days)}"
        return (line("绩效工资", "performance pay", formula, self.raw()),)
