"""One KPI line of a scorecard, from the measured value to the score.

Belongs here: target + rule + value -> score, with its steps. Not here: weights and totals (scorecard).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from models.causes import Cause
from models.definitions import Kpi, RoleLine
from models.definitions.rules import NEEDS_TARGET, Rule
from models.errors import DefinitionError
from models.measured import Measured
from models.money import add, divide, multiply, subtract
from models.scoring.gap_points import GapPoints
from models.scoring.linear import ONE, Linear, relative_gap
from models.scoring.piecewise import Piecewise
from models.scoring.step import Step as StepRule
from models.targets import ResolvedTarget
from models.wording import Step, result, shown, term
from models.wording_rules import attainment_step, band_step, curve_step, gap_steps, linear_step

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
    line: RoleLine, kpi: Kpi, rule: Rule, measured: Measured, target: ResolvedTarget | None
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
    needs_target = line.method in NEEDS_TARGET or line.x == "attainment"
    if goal is None and (needs_target or line.target == "plan"):
        cause = Cause("M210", f"no target of {kpi.id} for this period")
        return Outcome("missing", cause=cause, steps=measured.steps)
    steps = (*measured.steps, *_target_steps(target))
    try:
        found = _apply(line, rule, measured.value, goal)
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


@dataclass(frozen=True)
class _Found:
    score: Decimal
    attainment: Decimal | None
    steps: tuple[Step, ...]


def _apply(line: RoleLine, rule: Rule, value: Decimal, target: Decimal | None) -> _Found | None:
    """The rule on a value; None where a target of 0 excludes the line."""
    if isinstance(rule, Linear) and target is not None:
        return _linear(rule, value, target)
    if isinstance(rule, GapPoints) and target is not None:
        gap = rule.score(value, target)
        if gap.score is None or gap.units is None:
            return None
        return _Found(gap.score, None, tuple(gap_steps(rule, value, target, gap.units, gap.score)))
    if isinstance(rule, StepRule | Piecewise):
        return _look_up(line, rule, value, target)
    scaled = divide(multiply(value, line.full), Decimal(100))
    text = (
        result(scaled)
        if line.full == 100
        else f"= {shown(value)} × {shown(line.full)} ÷ 100 {result(scaled)}"
    )
    return _Found(scaled, None, (Step(f"得分 {text}", f"score {text}"),))


def _linear(rule: Linear, value: Decimal, target: Decimal) -> _Found | None:
    scored = rule.score(value, target)
    if scored.score is None or scored.attainment is None:
        return None
    first = attainment_step(value, target, scored.attainment, rule)
    return _Found(
        scored.score, scored.attainment, (first, linear_step(rule, scored.attainment, scored.score))
    )


def _look_up(
    line: RoleLine, rule: StepRule | Piecewise, value: Decimal, target: Decimal | None
) -> _Found | None:
    x, steps = value, []
    if line.x == "attainment":
        if target is None or target == 0:
            return None
        x = add(ONE, relative_gap(value, target))
        text = f"1 + ({shown(value)} − {term(target)}) ÷ |{shown(target)}| {result(x)}"
        steps = [Step(f"完成率 = {text}", f"attainment = {text}")]
    attainment = x if line.x == "attainment" else None
    if isinstance(rule, StepRule):
        score = rule.band(x).value
        return _Found(score, attainment, (*steps, band_step(rule, x, score)))
    score = rule.at(x)
    return _Found(score, attainment, (*steps, curve_step(rule, x, score)))


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
