"""Scorecards of a period: pure, bottom-up, with every arithmetic step.

Belongs here: people x roles -> lines -> total -> grade. Not here: one line (lines), values (measured),
storage (warehouse). Definitions are those in force on the period's last day. A person who changes role in a
period gets one scorecard per role, each with the part of a target that falls on the days in it (targets).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from models.appraisal.card_points import NOTHING_DECIDED, CardPoints, PointsByCard
from models.appraisal.cards import Scorecard, ScoreLine
from models.appraisal.lines import NOTHING_HAPPENED, LineOutcome, score_line
from models.appraisal.manager_order import reports_first
from models.appraisal.measured import (
    Measured,
    ReportTotal,
    from_actual,
    from_ratings,
    from_reports,
    in_its_place,
)
from models.appraisal.targets import ResolvedTarget, TargetBook
from models.definitions import (
    Definitions,
    FromReports,
    GradeTable,
    Kpi,
    Ratio,
    Role,
    RoleLine,
    TargetRef,
)
from models.definitions import RatedItem as RatingMeasure
from models.definitions.red_lines import Crossings, crossings
from models.definitions.rules import rating_rule_of, rule_of
from models.figure import share_of_target
from models.inputs import Actual, Person, Rating, Target, assignments
from models.money import exact
from models.periods import Period
from models.scoring.method import NOBODY, Among, LineRule, Peers
from models.scoring.peer_mean import MeanOfPeers
from models.scoring.total import (
    EXCLUDED,
    POLICY,
    TotalRule,
    TotalScore,
    contribution,
    contribution_steps,
    score_total,
    sum_steps,
)
from models.scoring.weights import Item
from models.wording import Step

__all__ = [
    "Actual",
    "Person",
    "Rating",
    "ResolvedTarget",
    "ScoreLine",
    "Scorecard",
    "Step",
    "Target",
    "TargetBook",
    "assignments",
    "score_period",
]

# only the order counts: which of two kinds of period is the longer one
_LENGTH = {"D": 0, "M": 1, "Q": 2, "H": 3, "Y": 4}


@dataclass(frozen=True, kw_only=True)
class _Inputs:
    """Everything a period is scored from, looked up by key."""

    definitions: Definitions
    period: Period
    holders: Mapping[tuple[str, str | None], list[Person]]  # of a role; of a role in one department
    actuals: Mapping[tuple[str, str, str], Actual]
    targets: TargetBook
    ratings: Mapping[tuple[str, str], list[Rating]]
    decided: PointsByCard
    # frozen fixes the names, not the contents: these three fill while people are scored
    reports: dict[str, list[ReportTotal]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[tuple[str, str], tuple[Kpi, LineRule, Step]] = field(default_factory=dict)
    peers: dict[tuple[str, str | None, str], Peers] = field(default_factory=dict)

    def rule_of(self, role_id: str, line: RoleLine) -> tuple[Kpi, LineRule, Step]:
        """KPI, rule and its description: read once per line of a role, not once per person."""
        key = (role_id, line.kpi)
        if key not in self.rules:
            kpi = self.definitions.kpi(line.kpi, self.period.end)
            rule = rule_of(line, kpi)
            self.rules[key] = (kpi, rule, rule.describe())
        return self.rules[key]


@dataclass(frozen=True)
class _Row:
    """One line on its way to the scorecard."""

    line: RoleLine
    rule: Step
    measured: Measured
    outcome: LineOutcome


@exact
def score_period(
    definitions: Definitions,
    period: Period,
    people: Iterable[Person],
    actuals: Iterable[Actual],
    targets: Iterable[Target],
    *,
    ratings: Iterable[Rating],
    decided: PointsByCard = MappingProxyType({}),
) -> list[Scorecard]:
    """The scorecards of everybody who held a role in the period, sorted by person and role.

    Reports are scored before their managers. `decided` are points that people gave to totals, by person and role.

    Raises:
        CompanyError: C163 when managers form a circle; C160 to C162 for targets and ratings.
        DefinitionError: D217 when a person holds a role that is not defined.
    """
    people = list(people)
    rows = assignments(people, period)
    inputs = _Inputs(
        definitions=definitions,
        period=period,
        holders=_holders(rows),
        actuals={(a.person_id, a.role_id, a.kpi_id): a for a in actuals if a.period == period.id},
        targets=TargetBook(definitions, (t for t in targets if t.period == period.id), people),
        ratings=_by_item(r for r in ratings if r.period == period.id),
        decided=decided,
    )
    cards = []
    # bottom-up: a manager's figure may count totals, which must be there by then
    for person in reports_first(rows):
        card = _score_person(inputs, person)
        cards.append(card)
        # an excluded report was not appraised, and stands neither above nor below the line
        if person.manager_id and card.status != "excluded":
            found = ReportTotal(card.person_id, card.role_id, card.status, card.total, card.grade)
            inputs.reports[person.manager_id].append(found)
    return sorted(cards, key=lambda c: (c.person_id, c.role_id))


def _holders(rows: Iterable[Person]) -> dict[tuple[str, str | None], list[Person]]:
    found: dict[tuple[str, str | None], list[Person]] = defaultdict(list)
    for row in rows:
        found[row.role_id, None].append(row)
        found[row.role_id, row.dept].append(row)
    return found


def _by_item(ratings: Iterable[Rating]) -> dict[tuple[str, str], list[Rating]]:
    found: dict[tuple[str, str], list[Rating]] = defaultdict(list)
    for rating in ratings:
        found[rating.person_id, rating.item_id].append(rating)
    return found


def _score_person(inputs: _Inputs, person: Person) -> Scorecard:
    role = inputs.definitions.role(person.role_id, inputs.period.end)
    rows = [_score_row(inputs, person, line) for line in role.lines]
    items = [
        Item(
            r.line.kpi,
            r.line.dimension,
            r.line.weight,
            r.outcome.item_status,
            _counted(r.outcome),
            full=r.line.full,
        )
        for r in rows
    ]
    table = inputs.definitions.grade_table(role.grade_table, inputs.period.end)
    crossed = _crossings(inputs, role, rows)
    decided = inputs.decided.get((person.person_id, role.id), NOTHING_DECIDED)
    rule = _total_rule(role, table, crossed, decided)
    scored = score_total(items, rule)
    lines = tuple(_finish(role, row, scored, number) for number, row in enumerate(rows))
    steps: tuple[Step, ...] = ()
    if scored.base is not None and scored.total is not None:
        counted = [x.contribution for x in lines if x.contribution is not None]
        steps = (*crossed.steps, *sum_steps(rule, scored.base, scored.total, counted))
    status, cause = _status(inputs.period, role, scored, lines, crossed)
    return Scorecard(
        period=inputs.period.id,
        person_id=person.person_id,
        role_id=person.role_id,
        status=status,
        base=scored.base,
        total=scored.total,
        grade=scored.grade,
        coefficient=scored.coefficient,
        definition_hash=inputs.definitions.hash,
        cause=cause,
        lines=lines,
        steps=steps,
    )


def _crossings(inputs: _Inputs, role: Role, rows: list[_Row]) -> Crossings:
    judged = [r for r in rows if r.outcome.status != "excluded"]
    directions = {r.line.kpi: inputs.rule_of(role.id, r.line)[0].direction for r in judged}
    return crossings(role.red_lines, {r.line.kpi: r.measured.value for r in judged}, directions)


def _total_rule(role: Role, table: GradeTable, crossed: Crossings, decided: CardPoints) -> TotalRule:
    return TotalRule(
        missing=role.missing,
        redistribute_to=role.redistribute_to,
        dimension_weights=role.dimension_weights,
        manager_adjustment=decided.manager.points,
        manager_says=decided.manager.says,
        manager_limit=role.manager_limit,
        calibration=decided.calibration.points,
        calibration_says=decided.calibration.says,
        total_floor=role.total_floor,
        total_cap=role.total_cap,
        vetoes=crossed.vetoes,
        grade_bands=table.bands,
    )


def _counted(outcome: LineOutcome) -> Decimal | None:
    return outcome.score if outcome.item_status == "scored" else None


def _score_row(inputs: _Inputs, person: Person, line: RoleLine) -> _Row:
    kpi, rule, described = inputs.rule_of(person.role_id, line)
    measured = _measure(inputs, person, line, kpi)
    target = _target(inputs, person, kpi.id)
    peers = _peers(inputs, person, line, rule.among) if rule.among else NOBODY
    if target is None and line.peer_target is not None:
        others = _peers(inputs, person, line, line.peer_target.among)
        target = _mean_target(line.peer_target, others, person)
        peers = replace(peers, open_ids=tuple(sorted({*peers.open_ids, *others.open_ids})))
    return _Row(line, described, measured, score_line(line, kpi, rule, measured, target, peers=peers))


def _peers(inputs: _Inputs, person: Person, line: RoleLine, among: Among) -> Peers:
    """Everybody's figure of the line, and whose, but for the person's own, is not final."""
    key = (person.role_id, person.dept if among == "dept" else None)
    # once for the whole group: for each person anew it would take the square of the group's size
    if (*key, line.kpi) not in inputs.peers:
        kpi = inputs.rule_of(person.role_id, line)[0]
        found = {row.person_id: _measure(inputs, row, line, kpi) for row in inputs.holders[key]}
        open_ids = tuple(sorted(name for name, measured in found.items() if not _is_final(measured)))
        inputs.peers[*key, line.kpi] = Peers({name: m.value for name, m in found.items()}, open_ids)
    peers = inputs.peers[*key, line.kpi]
    # one's own open figure already decides the status of the line
    return replace(peers, open_ids=tuple(name for name in peers.open_ids if name != person.person_id))


def _is_final(measured: Measured) -> bool:
    """Whether the figure, or that there is none, can no longer change a comparison."""
    if measured.value is None:
        is_nothing = measured.cause is not None and measured.cause.code in NOTHING_HAPPENED
        return measured.status == "excluded" or is_nothing
    return measured.status != "provisional"


def _mean_target(rule: MeanOfPeers, peers: Peers, person: Person) -> ResolvedTarget | None:
    found = rule.target(peers.values, person.person_id)
    if found.target is None:
        return None
    return ResolvedTarget(found.target, "peers" if found.status == "peer" else "definition")


def _target(inputs: _Inputs, person: Person, kpi_id: str) -> ResolvedTarget | None:
    return inputs.targets.resolve(person.person_id, person.role_id, kpi_id, inputs.period)


def _measure(inputs: _Inputs, person: Person, line: RoleLine, kpi: Kpi) -> Measured:
    if isinstance(kpi.measure, RatingMeasure):
        rows = inputs.ratings.get((person.person_id, kpi.measure.item), [])
        return from_ratings(person, kpi.measure.item, rating_rule_of(line, kpi), rows)
    if isinstance(kpi.measure, FromReports):
        return from_reports(kpi.measure, inputs.reports.get(person.person_id, []))
    of_target = None
    if isinstance(kpi.measure, Ratio) and isinstance(kpi.measure.denominator, TargetRef):
        of_target = _target(inputs, person, kpi.measure.denominator.kpi)
    actual = inputs.actuals.get((person.person_id, person.role_id, kpi.id))
    if actual is None or actual.measured_as is None:
        return from_actual(kpi, actual, of_target)
    # by its own definition: scale, bounds and least denominator are those of what was measured
    other = inputs.definitions.kpi(actual.measured_as, inputs.period.end)
    return in_its_place(other, from_actual(other, actual, None))


@exact
def _finish(role: Role, row: _Row, scored: TotalScore, number: int) -> ScoreLine:
    line, outcome = row.line, row.outcome
    dimension = next(d for d in role.dimensions if d.id == line.dimension)
    declared = dimension.weight * line.weight / 100
    share = scored.shares[number] if scored.shares else declared  # no shares where there is no total
    score = scored.kpi_scores[line.kpi]
    points = contribution(score, share, line.full) if score is not None and scored.base is not None else None
    steps = outcome.steps
    if outcome.item_status != "scored":
        steps = (*steps, POLICY[role.missing] if outcome.item_status == "missing" else EXCLUDED)
    if score is not None and points is not None:
        steps = (*steps, *contribution_steps(declared, share, score, line.full, points))
    return ScoreLine(
        kpi_id=line.kpi,
        dimension=line.dimension,
        dimension_label=dimension.label,
        weight=share,
        declared_weight=declared,
        numerator=row.measured.numerator,
        denominator=row.measured.denominator,
        value=row.measured.value,
        target=outcome.target,
        attainment=outcome.attainment,
        share_of_target=share_of_target(row.measured.value, outcome.target),
        score=score,
        contribution=points,
        status=outcome.status,
        cause_code=outcome.cause.code if outcome.cause else None,
        cause=outcome.cause.text if outcome.cause else None,
        method=line.method,
        arguments=line.args,
        rule=row.rule,
        steps=steps,
        n_rows=row.measured.n_rows,
        source=line.source,
        measured_as=row.measured.measured_as,
    )


def _status(
    period: Period, role: Role, scored: TotalScore, lines: tuple[ScoreLine, ...], crossed: Crossings
) -> tuple[str, str | None]:
    """Status of the card and the causes of whatever is missing or open."""
    causes = [f"{x.kpi_id}: {x.cause}" for x in lines if x.status != "scored" and x.cause]
    status = scored.status
    if status == "scored" and any(x.status == "provisional" for x in lines):
        status = "provisional"
    if crossed.unjudged:
        status = "provisional"
        causes += [
            f"the red line on {kpi} cannot be judged: its figure is missing" for kpi in crossed.unjudged
        ]
    # a month's card of a role that is settled by the quarter is shown, and nobody is paid by it yet
    if status == "scored" and _LENGTH[role.cycle] > _LENGTH[period.kind]:
        status = "provisional"
        causes.append(f"the role is settled by {role.cycle}, this is {period.id}")
    return status, "; ".join(causes) or None
