"""Targets that nobody should be handed without somebody standing for them: far from the own history, hardly ever met, or copied.

Belongs here: the judgement of the targets of one plan. Not here: the ratios of `target.check` (models/scoring), where the history
is read (warehouse/published), who allowed a target all the same (plan_record.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from models.closing.plan import AgreedPlan, stated_value
from models.definitions import Label
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

    Looked at is what decides a score: the target of a line whose rule needs one, and the target that a KPI is divided by, which
    is compared with what the division was made of. What people rate needs no target.

    Args:
        plan: of one person in one role.
        history: the own figures of earlier periods by KPI, the oldest first.
        copied: KPIs of the role whose target is the shipped example, though the role passes for the company's own.
    """
    found: dict[str, BlindTarget] = {}
    for line in plan.role.lines:
        kpi = plan.kpis[line.kpi]
        own = _counted(history.get(line.kpi, ()))
        name = plan.divides_by(line.kpi)
        if name:
            own = _numerators(own) or _counted(history.get(name, ()))
        elif rule_of(line, kpi).needs_target:
            name = line.kpi
        target = plan.targets.get(name)
        # a role may have both, sales and how far their target is reached: it is one target
        if target is None or name in found:
            continue
        goal = stated_value(target)
        why = _why(goal, [figure.value for figure in own], kpi.direction, is_copied=name in copied)
        if why is not None:
            found[name] = BlindTarget(
                person=plan.person, role=plan.role.id, kpi=name, target=goal, history=own, why=why
            )
    return list(found.values())


def _counted(history: Iterable[HistoryFigure]) -> tuple[HistoryFigure, ...]:
    return tuple(figure for figure in history if figure.counts)


def _numerators(history: Iterable[HistoryFigure]) -> tuple[HistoryFigure, ...]:
    return tuple(replace(x, value=x.numerator) for x in history if x.numerator is not None)


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
