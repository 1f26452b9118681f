"""What a scoring rule can yield: lowest and highest score, score at the target, edges.

Belongs here: questions about a rule that several lint rules ask. Not here: scoring (models/scoring).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.definitions import Kpi, Role, RoleLine
from models.definitions.rules import Rule, read_rule
from models.errors import DefinitionError
from models.money import add, multiply, subtract
from models.scoring.gap_points import GapPoints
from models.scoring.linear import Linear
from models.scoring.piecewise import Piecewise
from models.scoring.step import Step

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


@dataclass(frozen=True)
class Scoring:
    """One line with its role, KPI and rule."""

    role: Role
    line: RoleLine
    kpi: Kpi
    rule: Rule

    @property
    def target(self) -> Decimal | None:
        """The target where the definition states a number."""
        return self.line.target if isinstance(self.line.target, Decimal) else None

    @property
    def by_attainment(self) -> bool:
        """Whether the rule looks attainment up."""
        return self.line.x == "attainment"

    @property
    def at_target(self) -> Decimal | None:
        """What is looked up when the target is exactly reached; None where that is not known."""
        return ONE if self.by_attainment else self.target


def scorings(roles: Mapping[str, Role], kpis: Mapping[str, Kpi]) -> tuple[Scoring, ...]:
    """Every line whose rule can be read; the loader has refused the others."""
    lines = ((role, line) for role in roles.values() for line in role.lines)
    return tuple(s for role, line in lines if (s := _scoring(role, line, kpis[line.kpi])) is not None)


def _scoring(role: Role, line: RoleLine, kpi: Kpi) -> Scoring | None:
    try:
        return Scoring(role, line, kpi, read_rule(line.method, dict(line.args), kpi.direction, line.full))
    except DefinitionError:
        return None


def lowest(rule: Rule) -> Decimal:
    """The least score anybody can get."""
    match rule:
        case Linear():
            return ZERO if rule.zero_below is not None else multiply(rule.floor, rule.full)
        case Step():
            return min(band.value for band in rule.bands)
        case Piecewise():
            least = min(score for _, score in rule.points)
            return min(least, ZERO) if {"zero", "extend"} & {rule.below, rule.above} else least
        case GapPoints():
            return _least_points(rule)
        case _:
            return ZERO


def _least_points(rule: GapPoints) -> Decimal:
    if rule.under is None:
        return max(rule.base, rule.floor)
    return rule.floor if rule.under.most is None else max(rule.floor, subtract(rule.base, rule.under.most))


def highest(rule: Rule) -> Decimal | None:
    """The best score anybody can get; None where there is no limit."""
    match rule:
        case Linear():
            return multiply(rule.cap, rule.full)
        case Step():
            return max(band.value for band in rule.bands)
        case Piecewise():
            return None if "extend" in {rule.below, rule.above} else max(score for _, score in rule.points)
        case GapPoints():
            return _most_points(rule)
        case _:
            return HUNDRED


def _most_points(rule: GapPoints) -> Decimal | None:
    if rule.over is None:
        best: Decimal | None = rule.base
    else:
        best = None if rule.over.most is None else add(rule.base, rule.over.most)
    if rule.cap is None or best is None:
        return best if rule.cap is None else rule.cap
    return min(best, rule.cap)


def score_at_target(s: Scoring) -> Decimal | None:
    """The score of somebody who exactly reaches the target."""
    rule, x = s.rule, s.at_target
    if isinstance(rule, GapPoints):
        return rule.base
    if isinstance(rule, Step | Piecewise) and x is not None:
        return rule.score(x).score
    return None


def edges(rule: Rule) -> list[Decimal]:
    """Where the score changes, ascending."""
    if isinstance(rule, Step):
        return [band.low for band in rule.bands if band.low is not None]
    return [x for x, _ in rule.points] if isinstance(rule, Piecewise) else []
