"""`pay.anchor`: a live anchor's base, hours and commission, added or the greater of the two."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import add, multiply, subtract
from models.pay.amounts import fen, not_negative
from models.pay.commission import Commission, read_nested
from models.pay.commission_steps import commission_steps
from models.pay.wording import exact, figure, line, money
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.anchor"
ARGUMENTS = ("hours", "hourly_rate", "gmv", "refunds", "commission", "mode", "base", "guarantee")


@dataclass(frozen=True)
class AnchorPay:
    """Time pay and commission are rounded lines of their own."""

    time_pay: Decimal
    commission: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """The plan with its hours and sales."""

    hours: Decimal
    hourly_rate: Decimal
    gmv: Decimal
    refunds: Decimal
    commission: Commission
    mode: str
    base: Decimal
    guarantee: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in."""
        return cls(
            hours=not_negative(a, "hours"),
            hourly_rate=not_negative(a, "hourly_rate"),
            gmv=a.number("gmv"),
            refunds=not_negative(a, "refunds"),
            commission=read_nested(a, "commission"),
            mode=a.choice("mode", ("sum", "greater_of"), "sum"),
            base=not_negative(a, "base", 0),
            guarantee=not_negative(a, "guarantee", 0),
        )

    def basis(self) -> Decimal:
        """Sales that stay sold."""
        return subtract(self.gmv, self.refunds)

    def time(self) -> Decimal:
        """Pay for hours before rounding."""
        return multiply(self.hours, self.hourly_rate)


def _pay(rule: Rule) -> AnchorPay:
    time, commission = fen(rule.time()), rule.commission.amount(rule.basis())
    variable = add(time, commission) if rule.mode == "sum" else max(time, commission)
    return AnchorPay(time, commission, max(add(fen(rule.base), variable), fen(rule.guarantee)))


def evaluate(inputs: dict[str, object]) -> AnchorPay:
    """`pay.anchor` on golden inputs.

    >>> rate = {"mode": "flat", "rate": "0.01"}
    >>> show = {"hours": "60", "hourly_rate": "80", "gmv": "600000", "refunds": "100000", "commission": rate}
    >>> evaluate({**show, "mode": "greater_of", "base": "3000"}).amount
    Decimal('8000.00')
    """
    return _pay(Rule.read(Arguments(NAME, inputs, ARGUMENTS)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    pay = _pay(rule)
    time, commission = money(pay.time_pay), money(pay.commission)
    variable = f"{time} + {commission}" if rule.mode == "sum" else f"max({time}, {commission})"
    formula = f"max({money(fen(rule.base))} + {variable}, {money(fen(rule.guarantee))})"
    return (
        line("时长工资", "pay for hours", f"{exact(rule.hours)} × {exact(rule.hourly_rate)}", rule.time()),
        figure("净成交额", "net sales", f"{exact(rule.gmv)} − {exact(rule.refunds)}", rule.basis()),
        *commission_steps(rule.commission, rule.basis()),
        line("主播薪酬（不低于保底）", "anchor pay (not below the guarantee)", formula, pay.amount),
    )
