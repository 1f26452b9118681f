"""`pay.ad_saving`: a share of the promotion cost that was not needed.

The allowance moves with net sales by default; a fixed budget without a gate pays people for not advertising.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.money import multiply, subtract
from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.wording import equation, exact, figure, line
from models.scoring.arguments import Arguments
from models.wording import Step

NAME = "pay.ad_saving"
ARGUMENTS = (
    "net_sales", "actual_spend", "share", "allowed_rate", "budget", "sales_attainment", "gate_min", "cap",
    "overspend_share",
)  # fmt: skip


@dataclass(frozen=True)
class AdSaving:
    """Saving is negative where more was spent than allowed."""

    allowed: Decimal
    saving: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """Exactly one of allowed_rate and budget is set."""

    share: Decimal
    net_sales: Decimal | None
    allowed_rate: Decimal | None
    budget: Decimal | None
    sales_attainment: Decimal
    gate_min: Decimal
    cap: Decimal | None
    overspend_share: Decimal

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in."""
        if a.has("allowed_rate") == a.has("budget"):
            raise a.invalid("allowed_rate", "or budget: give exactly one of the two")
        return cls(
            share=share(a, "share"),
            net_sales=a.number("net_sales") if a.has("allowed_rate") else None,
            allowed_rate=not_negative(a, "allowed_rate") if a.has("allowed_rate") else None,
            budget=not_negative(a, "budget") if a.has("budget") else None,
            sales_attainment=a.number("sales_attainment", 1),
            gate_min=a.number("gate_min", 0),
            cap=not_negative(a, "cap") if a.has("cap") else None,
            overspend_share=share(a, "overspend_share", 0),
        )

    def allowed(self) -> Decimal:
        """What could have been spent."""
        if self.budget is not None:
            return self.budget
        return multiply(self.allowed_rate or ZERO, self.net_sales or ZERO)

    def raw(self, saving: Decimal) -> Decimal:
        """The amount before rounding; exactly on the gate passes."""
        if saving < 0:
            return multiply(saving, self.overspend_share)
        if self.sales_attainment < self.gate_min:
            return ZERO
        paid = multiply(saving, self.share)
        return paid if self.cap is None else min(paid, self.cap)


def _saving(rule: Rule, a: Arguments) -> Decimal:
    return subtract(rule.allowed(), not_negative(a, "actual_spend"))


def evaluate(inputs: dict[str, object]) -> AdSaving:
    """`pay.ad_saving` on golden inputs.

    >>> plan = {"net_sales": "800000", "allowed_rate": "0.12", "share": "0.2"}
    >>> evaluate({**plan, "actual_spend": "84000"}).amount
    Decimal('2400.00')
    >>> evaluate({**plan, "actual_spend": "100000", "overspend_share": "0.1"}).amount
    Decimal('-400.00')
    """
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule = Rule.read(a)
    saving = _saving(rule, a)
    return AdSaving(rule.allowed(), saving, fen(rule.raw(saving)))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    rule = Rule.read(a)
    saving, spend = _saving(rule, a), a.number("actual_spend")
    if rule.net_sales is None or rule.allowed_rate is None:
        allowed = equation("推广费预算", "budget", exact(rule.allowed()))
    else:
        formula = f"{exact(rule.net_sales)} × {exact(rule.allowed_rate)}"
        allowed = figure("允许推广费", "allowed spend", formula, rule.allowed())
    saved = figure("节约额", "saving", f"{exact(rule.allowed())} − {exact(spend)}", saving)
    return (allowed, saved, *_paid(rule, saving))


def _paid(rule: Rule, saving: Decimal) -> list[Step]:
    if saving < 0:
        formula = f"{exact(saving)} × {exact(rule.overspend_share)}"
        return [line("超支扣减", "share of the overspend", formula, rule.raw(saving))]
    gate = f"{exact(rule.sales_attainment)} {{}} {exact(rule.gate_min)}"
    if rule.sales_attainment < rule.gate_min:
        text = gate.format("<")
        return [Step(f"销售完成率 {text}：节约提成 = 0.00", f"sales attainment {text}: saving bonus = 0.00")]
    text = gate.format("≥")
    formula = f"{exact(saving)} × {exact(rule.share)}"
    formula = formula if rule.cap is None else f"min({formula}, {exact(rule.cap)})"
    return [
        Step(f"销售完成率 {text}：达到门槛", f"sales attainment {text}: gate passed"),
        line("节约提成", "saving bonus", formula, rule.raw(saving)),
    ]
