"""`pay.ad_saving`: a share of the promotion cost that was not needed.

The allowance moves with net sales by default; a fixed budget without a gate pays people for not advertising.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.pay.amounts import ZERO, fen, not_negative, share
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.wording import figure, line, operand
from models.scoring.arguments import Arguments
from models.wording import Step, equation


@dataclass(frozen=True)
class AdSavingResult:
    """Saving is negative where more was spent than allowed."""

    allowed: Decimal
    saving: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class AdSaving(PayMethod):
    """Spend against an allowance; exactly one of allowed_rate (of net sales) and budget is set."""

    NAME = "pay.ad_saving"
    NAME_ZH = "推广费节省奖"
    ARGUMENTS = (
        "net_sales", "actual_spend", "share", "allowed_rate", "budget", "sales_attainment", "gate_min", "cap",
        "overspend_share",
    )  # fmt: skip
    PAYS_FOR = "ad_saving_commission"

    share: Decimal
    net_sales: Decimal
    allowed_rate: Decimal
    budget: Decimal | None
    sales_attainment: Decimal
    gate_min: Decimal
    cap: Decimal | None
    overspend_share: Decimal
    spend: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; without a gate every attainment passes, without a cap nothing is cut."""
        # equal means both or neither
        if a.has("allowed_rate") == a.has("budget"):
            raise a.invalid("allowed_rate", "or budget: give exactly one of the two")
        return cls(
            share=share(a, "share"),
            # a fixed budget does not move with sales, so that a plan with one need not bind them
            net_sales=a.number("net_sales") if a.has("allowed_rate") else ZERO,
            allowed_rate=not_negative(a, "allowed_rate", 0),
            budget=not_negative(a, "budget") if a.has("budget") else None,
            sales_attainment=a.number("sales_attainment", 1),
            gate_min=a.number("gate_min", 0),
            cap=not_negative(a, "cap") if a.has("cap") else None,
            # 0: overspending costs nobody anything unless the plan says so
            overspend_share=share(a, "overspend_share", 0),
            spend=not_negative(a, "actual_spend"),
        )

    def allowed(self) -> Decimal:
        """What could have been spent."""
        return self.allowed_rate * self.net_sales if self.budget is None else self.budget

    def saving(self) -> Decimal:
        """What was left of it."""
        return self.allowed() - self.spend

    def raw(self) -> Decimal:
        """The amount before rounding; exactly on the gate passes."""
        # An overspend is deducted whatever the gate says: missed sales are no reason to owe less for it.
        if self.saving() < 0:
            return self.saving() * self.overspend_share
        if self.sales_attainment < self.gate_min:
            return ZERO
        paid = self.saving() * self.share
        return paid if self.cap is None else min(paid, self.cap)

    def result(self) -> AdSavingResult:
        """Allowance, saving and line.

        >>> plan = {"net_sales": "800000", "allowed_rate": "0.12", "share": "0.2"}
        >>> AdSaving.evaluate({**plan, "actual_spend": "84000"}).amount
        Decimal('2400.00')
        >>> AdSaving.evaluate({**plan, "actual_spend": "100000", "overspend_share": "0.1"}).amount
        Decimal('-400.00')
        """
        return AdSavingResult(self.allowed(), self.saving(), fen(self.raw()))

    def steps(self) -> tuple[Step, ...]:
        """Allowance, saving, gate, line."""
        if self.budget is not None:
            allowed = equation("推广费预算", "budget", operand(self.budget))
        else:
            formula = f"{operand(self.net_sales)} × {operand(self.allowed_rate)}"
            allowed = figure("允许推广费", "allowed spend", formula, self.allowed())
        saved = f"{operand(self.allowed())} − {operand(self.spend)}"
        return (allowed, figure("节约额", "saving", saved, self.saving()), *self._last_steps())

    def _last_steps(self) -> list[Step]:
        if self.saving() < 0:
            formula = f"{operand(self.saving())} × {operand(self.overspend_share)}"
            return [line("超支扣减", "share of the overspend", formula, self.raw())]
        gate = f"{operand(self.sales_attainment)} {{}} {operand(self.gate_min)}"
        if self.sales_attainment < self.gate_min:
            text = gate.format("<")
            return [
                Step(f"销售完成率 {text}：节约提成 = 0.00", f"sales attainment {text}: saving bonus = 0.00")
            ]
        text = gate.format("≥")
        formula = f"{operand(self.saving())} × {operand(self.share)}"
        formula = formula if self.cap is None else f"min({formula}, {operand(self.cap)})"
        return [
            Step(f"销售完成率 {text}：达到门槛", f"sales attainment {text}: gate passed"),
            line("节约提成", "saving bonus", formula, self.raw()),
        ]

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """Whether a fixed budget is paid out whatever was sold."""
        # a gate alone is none: an attainment that nobody binds is 1 and passes it
        has_gate = {"gate_min", "sales_attainment"} <= terms.named
        return PayTraits(lacks_sales_gate="budget" in terms.named and not has_gate)
