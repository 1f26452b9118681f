"""Targets that nobody should be handed without somebody standing for them: far from the own history, hardly ever met, or copied.

Belongs here: the judgement of the targets of one plan. Not here: the ratios of `target.check` (models/scoring), where the history
is read (warehouse/published), who allowed a target all the same (plan_record.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.closing.plan import AgreedPlan, stated_value
from models.definitions import Label, RatedItem, Ratio, TargetRef
from models.definitions.rules import rule_of
from models.money import plain
from models.scoring.target_check import TargetCheck, TargetRule, mean
from models.wording import shown

# Of one or two months nobody can say that they were typical; a target far beyond even those is stopped by its stretch.
FEWEST_PERIODS = 3


@dataclass(frozen=True, kw_only=True)
class HistoryFigure:
    """What a KPI of one person came to in an earlier period; `numerator` where it is a division.

    `counts`: it is final, and the person was in the role on every day of that period.
    """

    period: str
    value: Decimal
    numerator: Decimal | None
    counts: bool


@dataclass(frozen=True, kw_only=True)
class BlindTarget:
    """One target that is not served before an approver gives a reason."""

    person: str
    role: str
    kpi: str
    target: Decimal
    history: tuple[HistoryFigure, ...]
    why: Label

    @property
    def shown_history(self) -> str:
        """`2026-01 96, 2026-02 104`, or a dash."""
        return ", ".join(f"{figure.period} {shown(figure.value)}" for figure in self.history) or "—"

    @property
    def target_text(self) -> str:
        """The value as an allowance names it."""
        return plain(self.target)


def blind_targets(
    plan: AgreedPlan, history: Mapping[str, tuple[HistoryFigure, ...]], copied: Collection[str] = ()
) -> list[BlindTarget]:
    """The targets of a plan that are blind, in the order of its lines.

    Looked at is what decides a score: the target of a line whose rule needs one, and the target that a KPI is divided by, which is
    compared with what the division was made of. What people rate has no history of its own.

    Args:
        plan: of one person in one role.
        history: the own figures of earlier periods by KPI, the oldest first.
        copied: KPIs of the role whose target is the shipped example, though the role passes for the company's own.
    """
    found = []
    for line in plan.role.lines:
        kpi = plan.kpis[line.kpi]
        own = tuple(figure for figure in history.get(line.kpi, ()) if figure.counts)
        if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
            name, values = kpi.measure.denominator.kpi, [x.numerator for x in own if x.numerator is not None]
            own = tuple(
                HistoryFigure(period=x.period, value=x.numerator, numerator=None, counts=True)
                for x in own
                if x.numerator is not None
            )
        elif rule_of(line, kpi).needs_target and not isinstance(kpi.measure, RatedItem):
            name, values = line.kpi, [x.value for x in own]
        else:
            continue
        target = plan.targets.get(name)
        if target is None:
            continue
        goal = stated_value(target)
        why = _why(goal, values, kpi.direction, is_copied=name in copied)
        if why is not None:
            found.append(
                BlindTarget(
                    person=plan.person, role=plan.role.id, kpi=name, target=goal, history=own, why=why
                )
            )
    return found


def _why(target: Decimal, values: list[Decimal], direction: str, *, is_copied: bool) -> Label | None:
    rule = TargetRule(direction=direction)
    found = rule.check(target, values)
    if found.status == "block":
        return _far(found, target, values)
    hits = found.hit_share or Decimal(0)
    if len(values) >= FEWEST_PERIODS and hits < rule.min_hit_share:
        met = plain((hits * len(values)).to_integral_value())
        return Label(
            f"过去 {len(values)} 期中只有 {met} 期达到", f"met in {met} of the last {len(values)} periods"
        )
    # a copied number that the own history bears out is no stranger's any more
    if is_copied and found.status != "ok":
        return Label(
            "照抄产品的示例值，没有自己的依据", "copied from the product's example, with no basis of its own"
        )
    return None


def _far(found: TargetCheck, target: Decimal, values: list[Decimal]) -> Label:
    average, stretch = shown(mean(values)), shown(found.stretch or Decimal(0))
    n = len(values)
    return Label(
        f"目标 {shown(target)}，自己过去 {n} 期均值 {average}，相差 {stretch} 倍",
        f"target {shown(target)}, own mean of {n} periods {average}: a factor of {stretch}",
    )
