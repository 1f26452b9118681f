"""One KPI line of a scorecard, from the measured value to the score.

Belongs here: target + rule + value -> score, with its steps. Not here: weights and totals (scorecard).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from models.appraisal.measured import Measured
from models.appraisal.targets import ResolvedTarget
from models.causes import Cause
from models.definitions import Definitions, Kpi, RoleLine
from models.definitions.rules import rule_of
from models.errors import DefinitionError
from models.figure import FigureStatus, attained, no_target, target_is_zero
from models.money import exact
from models.scoring.method import NOBODY, LineFigures, LineRule, Peers
from models.wording import Step

# Causes of an absence that is itself a proven fact: no survey came in, no ticket was closed, the target that the KPI is divided
# by is 0. A failed pull is none of them.
NOTHING_HAPPENED = frozenset({"M201", "M211", "M212"})


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
    line: RoleLine,
    kpi: Kpi,
    rule: LineRule,
    measured: Measured,
    target: ResolvedTarget | None,
    *,
    peers: Peers = NOBODY,
) -> LineOutcome:
    """The score of a measured value under the line's rule and target, and among the peers where either compares."""
    goal = target.value if target else None
    if measured.value is None:
        is_left_out = line.no_data == "exclude" or rule.leaves_out_nothing_due
        # both are asked: a line may wish to be left out, and only a proven absence may do so
        is_nothing = measured.cause is not None and measured.cause.code in NOTHING_HAPPENED
        status = "excluded" if is_left_out and is_nothing else measured.status
        return LineOutcome(status=status, target=goal, cause=measured.cause, steps=measured.steps)
    # `plan` promises a target in targets.csv, so its absence is told even where the rule could do without
    if goal is None and (rule.needs_target or line.target == "plan"):
        return _among(
            peers, kpi, LineOutcome(status="missing", cause=_no_target(line, kpi), steps=measured.steps)
        )
    steps = measured.steps if target is None else (*measured.steps, target.step)
    try:
        found = rule.mark(LineFigures(measured.value, goal, peers))
    except DefinitionError as error:
        # the only refusal that depends on a person's target: all others were ruled out when the definitions were loaded
        if error.code != "ratio_needs_positive_target":
            raise
        if goal != 0:
            what = f"the target of {kpi.id} is {error.actual}; the ratio formula needs one above 0"
            return LineOutcome(status="missing", target=goal, cause=Cause("M217", what), steps=steps)
        found = None  # a target of 0 leaves the line out, under this rule as under every other
    if found is None:
        return _among(peers, kpi, replace(_unmarked(rule, kpi), target=goal, steps=steps))
    outcome = LineOutcome(
        status="provisional" if measured.status == "provisional" else "scored",
        score=found.score,
        attainment=attainment_of(kpi, rule, measured.value, goal)
        if found.attainment is None
        else found.attainment,
        target=goal,
        cause=measured.cause,
        steps=(*steps, *found.steps),
    )
    return _among(peers, kpi, outcome)


def _unmarked(rule: LineRule, kpi: Kpi) -> LineOutcome:
    """Why a measured value has no score."""
    if rule.among:
        text = f"nobody else in the role has a figure of {kpi.id} to compare with"
        return LineOutcome(status="missing", cause=Cause("M218", text))
    return LineOutcome(status="excluded", cause=target_is_zero(kpi.id, ", so its weight goes to the others"))


def _no_target(line: RoleLine, kpi: Kpi) -> Cause:
    if line.peer_target is not None:
        # min_group: 0 still needs somebody to take a mean of
        few = f"fewer than {max(line.peer_target.min_group, 1)} others have a figure of {kpi.id}"
        return Cause("M218", f"{few}, so there is no mean to reach, and no fallback is stated")
    return no_target(kpi.id, "this period")


def _among(peers: Peers, kpi: Kpi, outcome: LineOutcome) -> LineOutcome:
    """The outcome, not final while a figure it is compared with is missing or may still change."""
    if not peers.open_ids:
        return outcome
    waits = Cause("M219", f"{kpi.id} of {', '.join(peers.open_ids)} is not final")
    # an absent score may come once the others are final, so its own cause would be told too early
    own = outcome.cause if outcome.score is not None else None
    return replace(outcome, status="provisional", cause=own or waits)


def attainment_of(
    kpi: Kpi, rule: LineRule | None, value: Decimal | None, target: Decimal | None
) -> Decimal | None:
    """The attainment that every table, board and sheet shows of a KPI under a role's rule; 1 is reached, more is better.

    A rule may state its own (`score.linear`: target ÷ actual under `inverse: ratio`); all others, and a KPI that is no line of
    the role, have the mirrored one of the KPI's direction. So month to date and board show of a line what its scorecard will
    show, and never the mirror beside the ratio. None without value or target, and where the rule takes no such target.

    Args:
        kpi: its definition, for the direction.
        rule: the rule of the role's line; None for a KPI that is none.
        value: the figure, unrounded.
        target: of the whole span, or the part of it that is due by now, for the pace.
    """
    if value is None or target is None:
        return None
    # the rule first: target ÷ actual of `inverse: ratio` and the mirror differ for every value but the target
    if rule is not None:
        return rule.attainment_shown(value, target, kpi.direction)
    return None if target == 0 else attained(value, target, kpi.direction)


class Attainments:
    """`attainment_of` by names: KPIs and rules of roles, each read once."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._rules: dict[tuple[str, str, date], tuple[Kpi, LineRule | None]] = {}

    def of(
        self, role_id: str, kpi_id: str, on: date, value: Decimal | None, target: Decimal | None
    ) -> Decimal | None:
        """The attainment of a role's KPI under the definitions in force on a day: the last of the period, as scorecards take."""
        key = (role_id, kpi_id, on)
        if key not in self._rules:
            self._rules[key] = self._read(*key)
        return attainment_of(*self._rules[key], value, target)

    def _read(self, role_id: str, kpi_id: str, on: date) -> tuple[Kpi, LineRule | None]:
        kpi = self._definitions.kpi(kpi_id, on)
        line = next((x for x in self._definitions.role(role_id, on).lines if x.kpi == kpi_id), None)
        return kpi, None if line is None else rule_of(line, kpi)
