"""`pay.supervisor_multiple`: a multiple of the team's average commission."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.money import exact
from models.pay.amounts import ZERO, by_id, fen, not_negative
from models.pay.method import PayMethod
from models.pay.wording import figure, line, operand, sum_of
from models.scoring.arguments import Arguments
from models.wording import Step


@dataclass(frozen=True)
class SupervisorMultipleResult:
    """The average is of rounded lines and itself not rounded."""

    average: Decimal
    amount: Decimal


@dataclass(frozen=True)
class SupervisorMultiple(PayMethod):
    """The team's lines, rounded, and the multiple."""

    NAME = "pay.supervisor_multiple"
    NAME_ZH = "主管倍数"
    ARGUMENTS = ("amounts", "multiple")
    PAYS_FOR = "sales_commission"

    lines: tuple[Decimal, ...]
    multiple: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; the lines in the order of their ids, so that the sum reads the same every time."""
        lines = by_id(a, "amounts")
        return cls(tuple(fen(lines[key]) for key in sorted(lines)), not_negative(a, "multiple"))

    @exact
    def average(self) -> Decimal:
        """Mean of the lines."""
        return sum(self.lines, ZERO) / len(self.lines)

    @exact
    def raw(self) -> Decimal:
        """The amount before rounding, divided last so that no digit is lost before."""
        return sum(self.lines, ZERO) * self.multiple / len(self.lines)

    def result(self) -> SupervisorMultipleResult:
        """Average and line.

        >>> team = {"a": "586.00", "b": "402.50", "c": "611.30"}
        >>> SupervisorMultiple.evaluate({"amounts": team, "multiple": "1.5"}).amount
        Decimal('799.90')
        """
        # not average × multiple: the average may be a quotient that was cut
        return SupervisorMultipleResult(self.average(), fen(self.raw()))

    def steps(self) -> tuple[Step, ...]:
        """Average, then the line."""
        formula = f"({sum_of(self.lines)}) ÷ {len(self.lines)}"
        product = f"{formula} × {operand(self.multiple)}"
        return (
            figure("团队平均提成", "average commission of the team", formula, self.average()),
            line("主管提成", "supervisor's commission", product, self.raw()),
        )
