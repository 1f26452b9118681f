"""`pay.anchor`: a live anchor's base, hours and commission, added or the greater of the two."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self, get_args

from models.pay.amounts import fen, not_negative, one_of
from models.pay.commission import CommissionRule
from models.pay.method import PayMethod
from models.pay.wording import figure, line, money, operand
from models.scoring.arguments import Arguments
from models.wording import Step

Mode = Literal["sum", "greater_of"]
_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class AnchorResult:
    """Time pay and commission are rounded lines of their own."""

    time_pay: Decimal
    commission: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Anchor(PayMethod):
    """Hours and sales of a period, with the rates on both."""

    NAME = "pay.anchor"
    NAME_ZH = "主播薪酬"
    ARGUMENTS = ("hours", "hourly_rate", "gmv", "refunds", "commission", "mode", "base", "guarantee")
    PAYS_FOR = "sales_commission"

    hours: Decimal
    hourly_rate: Decimal
    gmv: Decimal
    refunds: Decimal
    commission: CommissionRule
    mode: Mode
    base: Decimal
    guarantee: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; base and guarantee are 0 where they are not given."""
        return cls(
            hours=not_negative(a, "hours"),
            hourly_rate=not_negative(a, "hourly_rate"),
            gmv=a.number("gmv"),
            # stated as a positive amount: with a minus of its own it would be added to the sales
            refunds=not_negative(a, "refunds"),
            commission=CommissionRule.nested(a, "commission"),
            mode=one_of(a, "mode", _MODES, "sum"),
            base=not_negative(a, "base", 0),
            guarantee=not_negative(a, "guarantee", 0),
        )

    def basis(self) -> Decimal:
        """Sales that stay sold."""
        return self.gmv - self.refunds

    def time(self) -> Decimal:
        """Pay for hours before rounding."""
        return self.hours * self.hourly_rate

    def result(self) -> AnchorResult:
        """Both lines and what is paid.

        >>> rate = {"mode": "flat", "rate": "0.01"}
        >>> show = {"hours": "60", "hourly_rate": "80", "gmv": "600000", "refunds": "100000", "commission": rate}
        >>> Anchor.evaluate({**show, "mode": "greater_of", "base": "3000"}).amount
        Decimal('8000.00')
        """
        time, commission = fen(self.time()), self.commission.amount(self.basis())
        # Compared and added as rounded lines: the statement shows both, and a reader adds what is shown.
        variable = time + commission if self.mode == "sum" else max(time, commission)
        # the guarantee is for all of it, base included, and so is applied last
        return AnchorResult(time, commission, max(fen(self.base) + variable, fen(self.guarantee)))

    def steps(self) -> tuple[Step, ...]:
        """Hours, net sales, commission, pay."""
        pay = self.result()
        time, commission = money(pay.time_pay), money(pay.commission)
        variable = f"{time} + {commission}" if self.mode == "sum" else f"max({time}, {commission})"
        formula = f"max({money(fen(self.base))} + {variable}, {money(fen(self.guarantee))})"
        hours = f"{operand(self.hours)} × {operand(self.hourly_rate)}"
        sales = f"{operand(self.gmv)} − {operand(self.refunds)}"
        return (
            line("时长工资", "pay for hours", hours, self.time()),
            figure("净成交额", "net sales", sales, self.basis()),
            *self.commission.steps(self.basis()),
            line("主播薪酬（不低于保底）", "anchor pay (not below the guarantee)", formula, pay.amount),
        )
