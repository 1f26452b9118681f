"""Lines of roles with their scoring rules, as the linter looks at them.

Belongs here: a line, its rule, and what is looked up when the target is exactly reached. Not here: what a rule can yield
(the traits of models/scoring/method).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.definitions import Kpi, Role, RoleLine
from models.definitions.rules import rule_of
from models.errors import DefinitionError
from models.figure import ONE
from models.scoring.method import LineRule, Traits


@dataclass(frozen=True)
class Scoring:
    """One line with its role, KPI and rule."""

    role: Role
    line: RoleLine
    kpi: Kpi
    rule: LineRule
    traits: Traits

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
        return ONE if self.by_attainment else self.target  # 1: attainment when the target is exactly reached


def scorings(roles: Mapping[str, Role], kpis: Mapping[str, Kpi]) -> tuple[Scoring, ...]:
    """Every line whose rule can be read; the loader has refused the others."""
    lines = ((role, line) for role in roles.values() for line in role.lines)
    return tuple(s for role, line in lines if (s := _scoring(role, line, kpis[line.kpi])) is not None)


def _scoring(role: Role, line: RoleLine, kpi: Kpi) -> Scoring | None:
    try:
        rule = rule_of(line, kpi)
    except DefinitionError:
        return None
    return Scoring(role, line, kpi, rule, rule.traits)
