"""One KPI line of a scorecard, from the measured value to the score.

Belongs here: target + rule + value -> score, with its steps. Not here: weights and totals (scorecard).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from models.causes import Cause
from models.definitions import Kpi, RoleLine
from models.errors import DefinitionError
from models.measured import Measured
from models.money import add, subtract
from models.scoring.linear import ONE, relative_gap
from models.scoring.method import LineFigures, LineRule
from models.targets import ResolvedTarget
from models.wording import Step, shown

# Causes of an absence that is itself a proven fact: no survey came in, no ticket was closed. A failed pull is none of them.
NOTHING_HAPPENED = frozenset({"M201", "M211"})
_SCOPES = {
    "person": Step("个人目标", "the person's target"),
    "role": Step("岗位目标", "the role's target"),
    "definition": Step("岗位定义", "role definition"),
}


@dataclass(frozen=True)
class Outcome:
    """The score of one line before weights; status is scored, provisional, missing or excluded."""

    status: str
    score: Decimal | None = None
    attainment: Decimal | None = None
    target: Decimal | None = None
    cause: Cause | None = None
    steps: tuple[Step, ...] = field(default=())

    @property
    def item_status(self) -> str:
        """The status as the total counts it."""
        if self.status == "excluded":
            return "excluded"
        return "missing" if self.score is None else "scored"


def score_line(
    line: RoleLine, kpi: Kpi, rule: LineRule, measured: Measured, target: ResolvedTarget | None
) -> Outcome:
    """The score of a measured value under the line's rule and target."""
    goal = target.value if target else None
    if measured.value is None:
        if (
            line.no_data == "exclude"
            and measured.cause is not None
            and measured.cause.code in NOTHING_HAPPENED
        ):
            return Outcome("excluded", target=goal, cause=measured.cause, steps=measured.steps)
        return Outcome(measured.status, target=goal, cause=measured.cause, steps=measured.steps)
    if goal is None and (rule.needs_target or line.target == "plan"):
        cause = Cause("M210", f"no target of {kpi.id} for this period")
        return Outcome("missing", cause=cause, steps=measured.steps)
    steps = (*measured.steps, *_target_steps(target))
    try:
        found = rule.mark(LineFigures(measured.value, goal))
    except DefinitionError as error:
        if error.code != "ratio_needs_positive_target":
            raise
        cause = Cause(
            "M217", f"the target of {kpi.id} is {error.actual}; the ratio formula needs one above 0"
        )
        return Outcome("missing", target=goal, cause=cause, steps=steps)
    if found is None:
        cause = Cause("M212", f"the target of {kpi.id} is 0, so its weight goes to the others")
        return Outcome("excluded", target=goal, cause=cause, steps=steps)
    attainment = found.attainment if found.attainment is not None else _attainment(kpi, measured.value, goal)
    status = "provisional" if measured.status == "provisional" else "scored"
    return Outcome(status, found.score, attainment, goal, measured.cause, (*steps, *found.steps))


def _attainment(kpi: Kpi, value: Decimal, target: Decimal | None) -> Decimal | None:
    """For display beside scores that do not come from it: 1 is reached, more is better."""
    if target is None or target == 0:
        return None
    share = relative_gap(value, target)
    return add(ONE, share) if kpi.direction == "higher" else subtract(ONE, share)


def _target_steps(target: ResolvedTarget | None) -> tuple[Step, ...]:
    if target is None:
        return ()
    scope = _SCOPES[target.scope]
    value = shown(target.value)
    return (Step(f"目标 = {value}（{scope.zh}）", f"target = {value} ({scope.en})"),)
