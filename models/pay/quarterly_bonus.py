"""`pay.quarterly_bonus`: a target bonus by a payout curve, and points on sales above target (超额提成点)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.money import exact
from models.pay.amounts import ZERO, fen, not_negative, positive_target
from models.pay.method import PayMethod, PayTraits, PlanTerms
from models.pay.wording import figure, line, money, operand
from models.scoring.arguments import Arguments
from models.scoring.piecewise import Piecewise
from models.wording import Step, shown


@dataclass(frozen=True)
class QuarterlyBonusResult:
    """Bonus and above_target are rounded lines of their own; the amount adds them."""

    attainment: Decimal
    bonus: Decimal
    above_target: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class QuarterlyBonus(PayMethod):
    """A target bonus, the actual it depends on, and the curve from attainment to a multiple of the bonus."""

    NAME = "pay.quarterly_bonus"
    NAME_ZH = "季度奖与超额提成"
    ARGUMENTS = ("target_bonus", "actual", "target", "curve", "above_target_rate", "gate", "below", "above")
    TABLES = ("curve",)
    PAYS_FOR = "sales_commission"

    target_bonus: Decimal
    actual: Decimal
    target: Decimal
    curve: Piecewise
    above_target_rate: Decimal
    gate: bool

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; below the curve nothing is paid, above it the last multiple holds.

        Raises:
            DefinitionError: `ratio_needs_positive_target`, `points_not_ascending`.
        """
        gate = a.inputs.get("gate", True)
        if not isinstance(gate, bool):
            raise a.invalid("gate", "must be true or false")
        # Below the first point nothing is paid: a plan that starts at 80 % promises nothing for 79 %.
        below, above = a.inputs.get("below") or "zero", a.inputs.get("above") or "clamp"
        curve = {"points": a.items("curve"), "below": below, "above": above}
        return cls(
            target_bonus=not_negative(a, "target_bonus"),
            actual=a.number("actual"),
            target=positive_target(a, "target"),
            # the known names are its own keys, as the mapping was made here and holds no others
            curve=Piecewise.read(Arguments(f"{a.method} curve", curve, curve)),
            above_target_rate=not_negative(a, "above_target_rate", 0),
            gate=gate,
        )

    @exact
    def attainment(self) -> Decimal:
        """Actual as a share of the target."""
        return self.actual / self.target

    def multiple(self) -> Decimal:
        """What the curve says at the attainment."""
        return self.curve.at(self.attainment())

    def bonus(self) -> Decimal:
        """The curve's line before rounding."""
        return self.target_bonus * self.multiple() if self.gate else ZERO

    def above(self) -> Decimal:
        """The line above target before rounding."""
        return max(self.actual - self.target, ZERO) * self.above_target_rate if self.gate else ZERO

    def result(self) -> QuarterlyBonusResult:
        """Attainment and both lines.

        >>> curve = [["0.8", "0.4"], ["1", "0.5"], ["1.2", "0.8"]]
        >>> plan = {"target_bonus": "20000", "target": "1000000", "curve": curve, "above_target_rate": "0.01"}
        >>> QuarterlyBonus.evaluate({**plan, "actual": "1100000"}).amount
        Decimal('14000.00')
        """
        bonus, above = fen(self.bonus()), fen(self.above())
        return QuarterlyBonusResult(self.attainment(), bonus, above, bonus + above)

    def steps(self) -> tuple[Step, ...]:
        """Attainment, multiple, both lines and their sum."""
        ratio = f"{operand(self.actual)} ÷ {operand(self.target)}"
        attainment = figure("完成率", "attainment", ratio, self.attainment())
        if not self.gate:
            return (attainment, Step("未达到门槛条件：奖金 = 0.00", "the gate is not met: bonus = 0.00"))
        points = " ".join(f"({operand(x)}, {operand(y)})" for x, y in self.curve.points)
        multiple = shown(self.multiple())
        bonus, above = fen(self.bonus()), fen(self.above())
        product = f"{operand(self.target_bonus)} × {operand(self.multiple())}"
        excess = (
            f"max({operand(self.actual)} − {operand(self.target)}, 0) × {operand(self.above_target_rate)}"
        )
        return (
            attainment,
            Step(f"奖金曲线 {points}：倍数 {multiple}", f"payout curve {points}: multiple {multiple}"),
            line("目标奖金", "bonus", product, self.bonus()),
            line("超额提成", "above target", excess, self.above()),
            line("季度奖", "quarterly bonus", f"{money(bonus)} + {money(above)}", bonus + above),
        )

    def own_traits(self, terms: PlanTerms, /) -> PayTraits:
        """The multiples of the curve, where the plan states it."""
        return PayTraits(curve=tuple(y for _, y in self.curve.points) if "curve" in terms.stated else ())
