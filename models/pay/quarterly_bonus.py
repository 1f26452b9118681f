"""`pay.quarterly_bonus`: a target bonus by a payout curve, and points on sales above target (超额提成点)."""

from dataclasses import dataclass
from decimal import Decimal

from models.money import add, divide, multiply, subtract
from models.pay.amounts import ZERO, fen, not_negative, positive_target
from models.pay.wording import exact, figure, line, money
from models.scoring.arguments import Arguments
from models.scoring.piecewise import Piecewise
from models.wording import Step, shown

NAME = "pay.quarterly_bonus"
ARGUMENTS = ("target_bonus", "actual", "target", "curve", "above_target_rate", "gate", "below", "above")


@dataclass(frozen=True)
class QuarterlyBonus:
    """Bonus and above_target are rounded lines of their own; the amount adds them."""

    attainment: Decimal
    bonus: Decimal
    above_target: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """The plan with its actual."""

    target_bonus: Decimal
    actual: Decimal
    target: Decimal
    curve: Piecewise
    above_target_rate: Decimal
    gate: bool

    @classmethod
    def read(cls, a: Arguments) -> "Rule":
        """The rule from arguments, defaults filled in.

        Raises:
            DefinitionError: `ratio_needs_positive_target`, `points_not_ascending`.
        """
        gate = a.inputs.get("gate", True)
        if not isinstance(gate, bool):
            raise a.invalid("gate", "must be true or false")
        below, above = a.inputs.get("below") or "zero", a.inputs.get("above") or "clamp"
        curve = {"points": a.items("curve"), "below": below, "above": above}
        return cls(
            target_bonus=not_negative(a, "target_bonus"),
            actual=a.number("actual"),
            target=positive_target(a, "target"),
            curve=Piecewise.read(Arguments(f"{a.method} curve", curve, curve)),
            above_target_rate=not_negative(a, "above_target_rate", 0),
            gate=gate,
        )

    def attainment(self) -> Decimal:
        """Actual as a share of the target."""
        return divide(self.actual, self.target)

    def bonus(self) -> Decimal:
        """The curve's line before rounding."""
        return multiply(self.target_bonus, self.curve.at(self.attainment())) if self.gate else ZERO

    def above(self) -> Decimal:
        """The line above target before rounding."""
        excess = max(subtract(self.actual, self.target), ZERO)
        return multiply(excess, self.above_target_rate) if self.gate else ZERO


def evaluate(inputs: dict[str, object]) -> QuarterlyBonus:
    """`pay.quarterly_bonus` on golden inputs.

    >>> curve = [["0.8", "0.4"], ["1", "0.5"], ["1.2", "0.8"]]
    >>> plan = {"target_bonus": "20000", "target": "1000000", "curve": curve, "above_target_rate": "0.01"}
    >>> evaluate({**plan, "actual": "1100000"}).amount
    Decimal('14000.00')
    """
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    bonus, above = fen(rule.bonus()), fen(rule.above())
    return QuarterlyBonus(rule.attainment(), bonus, above, add(bonus, above))


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    rule = Rule.read(Arguments(NAME, inputs, ARGUMENTS))
    ratio = f"{exact(rule.actual)} ÷ {exact(rule.target)}"
    attainment = figure("完成率", "attainment", ratio, rule.attainment())
    if not rule.gate:
        return (attainment, Step("未达到门槛条件：奖金 = 0.00", "the gate is not met: bonus = 0.00"))
    multiple = rule.curve.at(rule.attainment())
    points = " ".join(f"({exact(x)}, {exact(y)})" for x, y in rule.curve.points)
    bonus, above = fen(rule.bonus()), fen(rule.above())
    excess = f"max({exact(rule.actual)} − {exact(rule.target)}, 0) × {exact(rule.above_target_rate)}"
    return (
        attainment,
        Step(
            f"奖金曲线 {points}：倍数 {shown(multiple)}", f"payout curve {points}: multiple {shown(multiple)}"
        ),
        line("目标奖金", "bonus", f"{exact(rule.target_bonus)} × {exact(multiple)}", rule.bonus()),
        line("超额提成", "above target", excess, rule.above()),
        line("季度奖", "quarterly bonus", f"{money(bonus)} + {money(above)}", add(bonus, above)),
    )
