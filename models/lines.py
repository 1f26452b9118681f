"""One KPI line of a scorecard, from the measured value to the score.

Belongs here: target + rule + value -> score, with its steps. Not here: weights and totals (scorecard).
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from models.causes import Cause
from models.definitions import Kpi, RoleLine
from models.errors import DefinitionError
from models.measured import Measured
from models.money import add, subtract
from models.scoring.linear import ONE, relative_gap
from models.scoring.method import NOBODY, LineFigures, LineRule, Peers
from models.targets import ResolvedTarget
from models.wording import Step, shown

# Causes of an absence that is itself a proven fact: no survey came in, no ticket was closed. A failed pull is none of them.
NOTHING_HAPPENED = frozenset({"M201", "M211"})
_SCOPES = {
    "person": Step("个人目标", "the person's target"),
    "role": Step("岗位目标", "the role's target"),
    "definition": Step("岗位定义", "role definition"),
    "peers": Step("同岗均值", "mean of the peers"),
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
    line: RoleLine,
    kpi: Kpi,
    rule: LineRule,
    measured: Measured,
    target: ResolvedTarget | None,
    *,
    peers: Peers = NOBODY,
) -> Outcome:
    """The score of a measured value under the line's rule and target, and among the peers where either compares."""
    goal = target.value if target else None
    if measured.value is None:
        is_left_out = line.no_data == "exclude" or rule.leaves_out_nothing_due
        is_nothing = measured.cause is not None and measured.cause.code in NOTHING_HAPPENED
        status = "excluded" if is_left_out and is_nothing else measured.status
        return Outcome(status, target=goal, cause=measured.cause, steps=measured.steps)
    if goal is None and (rule.needs_target or line.target == "plan"):
        return _among(peers, kpi, Outcome("missing", cause=_no_target(line, kpi), steps=measured.steps))
    steps = (*measured.steps, *_target_steps(target))
    try:
        found = rule.mark(LineFigures(measured.value, goal, peers))
    except DefinitionError as error:
        if error.code != "ratio_needs_positive_target":
            raise
        cause = Cause(
            "M217", f"the target of {kpi.id} is {error.actual}; the ratio formula needs one above 0"
        )
        return Outcome("missing", target=goal, cause=cause, steps=steps)
    if found is None:
        return _among(peers, kpi, replace(_unmarked(rule, kpi), target=goal, steps=steps))
    attainment = found.attainment if found.attainment is not None else _attainment(kpi, measured.value, goal)
    status = "provisional" if measured.status == "provisional" else "scored"
    return _among(
        peers, kpi, Outcome(status, found.score, attainment, goal, measured.cause, (*steps, *found.steps))
    )


def _unmarked(rule: LineRule, kpi: Kpi) -> Outcome:
    """Why a measured value has no score."""
    if rule.among:
        text = f"nobody else in the role has a figure of {kpi.id} to compare with"
        return Outcome("missing", cause=Cause("M218", text))
    cause = Cause("M212", f"the target of {kpi.id} is 0, so its weight goes to the others")
    return Outcome("excluded", cause=cause)


def _no_target(line: RoleLine, kpi: Kpi) -> Cause:
    if line.peer_target is not None:
        few = f"fewer than {max(line.peer_target.min_group, 1)} others have a figure of {kpi.id}"
        return Cause("M218", f"{few}, so there is no mean to reach, and no fallback is stated")
    return Cause("M210", f"no target of {kpi.id} for this period")


def _among(peers: Peers, kpi: Kpi, outcome: Outcome) -> Outcome:
    """The outcome, not final while a figure it is compared with is missing or may still change."""
    if not peers.open_ids:
        return outcome
    waits = Cause("M219", f"{kpi.id} of {', '.join(peers.open_ids)} is not final")
    own = outcome.cause if outcome.score is not None else None
    return replace(outcome, status="provisional", cause=own or waits)


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
