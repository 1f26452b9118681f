"""One KPI line of a scorecard, from the measured value to the score, and the attainment of the line wherever it is shown.

Belongs here: target + rule + value -> score, with its steps. Not here: weights and totals (scorecard), the formula of an
attainment (figure).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.causes import Cause
from models.definitions import Definitions, Kpi, RoleLine
from models.definitions.rules import NEEDS_TARGET, Rule, read_rule
from models.errors import DefinitionError
from models.figure import FigureStatus, attained, no_target, target_is_zero
from models.measured import Measured
from models.money import exact
from models.scoring.gap_points import GapPoints
from models.scoring.linear import Linear
from models.scoring.piecewise import Piecewise
from models.scoring.step import Step as StepRule
from models.targets import ResolvedTarget
from models.wording import Step, result, shown, term
from models.wording_rules import attainment_step, band_step, curve_step, gap_steps, linear_step

# Causes of an absence that is itself a proven fact: no survey came in, no ticket was closed, the target that the KPI is divided
# by is 0. A failed pull is none of them.
NOTHING_HAPPENED = frozenset({"M201", "M211", "M212"})
_SCOPES = {
    "person": Step("个人目标", "the person's target"),
    "role": Step("岗位目标", "the role's target"),
    "definition": Step("岗位定义", "role definition"),
}


@dataclass(frozen=True, kw_only=True)
class LineOutcome:
    """The score of one line before weights."""

    status: FigureStatus
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


@exact
def score_line(
    line: RoleLine, kpi: Kpi, rule: Rule, measured: Measured, target: ResolvedTarget | None
) -> LineOutcome:
    """The score of a measured value under the line's rule and target."""
    goal = target.value if target else None
    if measured.value is None:
        status = "excluded" if _is_left_out(line, measured) else measured.status
        return LineOutcome(status=status, target=goal, cause=measured.cause, steps=measured.steps)
    needs_target = line.method in NEEDS_TARGET or line.x == "attainment"
    if goal is None and (needs_target or line.target == "plan"):
        return LineOutcome(status="missing", cause=no_target(kpi.id, "this period"), steps=measured.steps)
    steps = (*measured.steps, *_target_steps(target))
    try:
        found = _apply(line, kpi, rule, measured.value, goal)
    except DefinitionError as error:
        if error.code != "ratio_needs_positive_target":
            raise
        if goal != 0:
            what = f"the target of {kpi.id} is {error.actual}; the ratio formula needs one above 0"
            return LineOutcome(status="missing", target=goal, cause=Cause("M217", what), steps=steps)
        found = None
    if found is None:
        cause = target_is_zero(kpi.id, ", so its weight goes to the others")
        return LineOutcome(status="excluded", target=goal, cause=cause, steps=steps)
    return LineOutcome(
        status="provisional" if measured.status == "provisional" else "scored",
        score=found.score,
        attainment=attainment_of(kpi, rule, measured.value, goal),
        target=goal,
        cause=measured.cause,
        steps=(*steps, *found.steps),
    )


def _is_left_out(line: RoleLine, measured: Measured) -> bool:
    cause = measured.cause
    return line.no_data == "exclude" and cause is not None and cause.code in NOTHING_HAPPENED


def attainment_of(
    kpi: Kpi, rule: Rule | None, value: Decimal | None, target: Decimal | None
) -> Decimal | None:
    """The attainment that every table, board and sheet shows of a KPI under a role's rule; 1 is reached, more is better.

    `score.linear` states its own: target ÷ actual under `inverse: ratio`, 1 or its floor for a target of 0 under
    `target_zero: full_if_met`. All other rules, and a KPI that is no line of the role, have the mirrored one of its
    direction. So month to date and board show of a line what its scorecard will show, and never the mirror beside the
    ratio. None without value or target, and where the rule takes no such target.

    Args:
        kpi: its definition, for the direction.
        rule: the rule of the role's line; None for a KPI that is none.
        value: the figure, unrounded.
        target: of the whole span, or the part of it that is due by now, for the pace.
    """
    if value is None or target is None:
        return None
    if isinstance(rule, Linear):
        if rule.is_inverse_ratio and target <= 0:
            return None
        return rule.score(value, target).attainment
    return None if target == 0 else attained(value, target, kpi.direction)


class Attainments:
    """`attainment_of` by names: KPIs and rules of roles, each read once."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._rules: dict[tuple[str, str, date], tuple[Kpi, Rule | None]] = {}

    def of(
        self, role_id: str, kpi_id: str, on: date, value: Decimal | None, target: Decimal | None
    ) -> Decimal | None:
        """The attainment of a role's KPI under the definitions in force on a day: the last of the period, as scorecards take."""
        key = (role_id, kpi_id, on)
        if key not in self._rules:
            self._rules[key] = self._read(*key)
        return attainment_of(*self._rules[key], value, target)

    def _read(self, role_id: str, kpi_id: str, on: date) -> tuple[Kpi, Rule | None]:
        kpi = self._definitions.kpi(kpi_id, on)
        line = next((x for x in self._definitions.role(role_id, on).lines if x.kpi == kpi_id), None)
        if line is None:
            return kpi, None
        return kpi, read_rule(line.method, dict(line.args), kpi.direction, line.full)


def looked_up(line: RoleLine, kpi: Kpi) -> str:
    """What a table of the line is read with: `actual`, `attainment`, or `against_target`.

    `x: attainment` reads 1 + (actual − target) ÷ |target| for both directions. Where less is better that is no attainment:
    it grows as the KPI gets worse, so sentences call it the actual against the target.
    """
    return "against_target" if line.x == "attainment" and kpi.direction == "lower" else line.x


@dataclass(frozen=True)
class _Found:
    score: Decimal
    steps: tuple[Step, ...]


@exact
def _apply(line: RoleLine, kpi: Kpi, rule: Rule, value: Decimal, target: Decimal | None) -> _Found | None:
    """The rule on a value; None where a target of 0 excludes the line."""
    if isinstance(rule, Linear) and target is not None:
        return _linear(rule, value, target)
    if isinstance(rule, GapPoints) and target is not None:
        gap = rule.score(value, target)
        if gap.score is None or gap.units is None:
            return None
        return _Found(gap.score, tuple(gap_steps(rule, value, target, gap.units, gap.score)))
    if isinstance(rule, StepRule | Piecewise):
        return _look_up(looked_up(line, kpi), rule, value, target)
    scaled = value * line.full / 100
    text = (
        result(scaled)
        if line.full == 100
        else f"= {shown(value)} × {shown(line.full)} ÷ 100 {result(scaled)}"
    )
    return _Found(scaled, (Step(f"得分 {text}", f"score {text}"),))


def _linear(rule: Linear, value: Decimal, target: Decimal) -> _Found | None:
    scored = rule.score(value, target)
    if scored.score is None or scored.attainment is None:
        return None
    first = attainment_step(value, target, scored.attainment, rule)
    return _Found(scored.score, (first, linear_step(rule, scored.attainment, scored.score)))


def _look_up(what: str, rule: StepRule | Piecewise, value: Decimal, target: Decimal | None) -> _Found | None:
    x, steps = value, []
    if what != "actual":
        if target is None or target == 0:
            return None
        x = attained(value, target, "higher")  # tables are written for actual over target in both directions
        zh, en = ("完成率", "attainment") if what == "attainment" else ("实际对目标", "actual against target")
        text = f"1 + ({shown(value)} − {term(target)}) ÷ |{shown(target)}| {result(x)}"
        steps = [Step(f"{zh} = {text}", f"{en} = {text}")]
    if isinstance(rule, StepRule):
        score = rule.band(x).value
        return _Found(score, (*steps, band_step(rule, x, score)))
    score = rule.at(x)
    return _Found(score, (*steps, curve_step(rule, x, score)))


def _target_steps(target: ResolvedTarget | None) -> tuple[Step, ...]:
    if target is None:
        return ()
    scope = _SCOPES[target.scope]
    value = shown(target.value)
    return (Step(f"目标 = {value}（{scope.zh}）", f"target = {value} ({scope.en})"),)
