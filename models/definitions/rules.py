"""The scoring rule of a role line, read once when definitions are loaded.

Belongs here: a line and its KPI -> rule. Not here: what a method takes and how it scores (models/scoring), whether line
and KPI fit each other (checks).
"""

from decimal import Decimal

from models.definitions.kpis import Kpi
from models.definitions.roles import RoleLine
from models.errors import DefinitionError
from models.scoring.arguments import Arguments
from models.scoring.method import LineRule, LineTerms
from models.scoring.rating import RatingRule
from models.scoring.registry import LINE_RULES
from models.values import nearest


def method_of(line: RoleLine) -> type[LineRule]:
    """The method that the line names.

    Raises:
        DefinitionError: D220 for one that no line can name.
    """
    if line.method not in LINE_RULES:
        what = f"unknown method {line.method[:60]!r}"
        raise DefinitionError("D220", what, remedy=nearest(line.method, LINE_RULES))
    return LINE_RULES[line.method]


def rule_of(line: RoleLine, kpi: Kpi) -> LineRule:
    """The rule of a line.

    Raises:
        DefinitionError: D220 unknown method or argument, D221 wrong or lacking argument, D210 a rule that rewards
        getting worse, or the method's own code.
    """
    return method_of(line).of_line(_arguments(line), _terms(line, kpi))


def rating_rule_of(line: RoleLine, kpi: Kpi) -> RatingRule:
    """The rule of a line whose KPI is rated: it also makes the KPI's value out of the ratings.

    Raises:
        DefinitionError: D220 or D221.
    """
    return RatingRule.of_line(_arguments(line), _terms(line, kpi))


def _arguments(line: RoleLine) -> Arguments:
    return Arguments(line.method, dict(line.args), method_of(line).LINE_ARGUMENTS)


def _terms(line: RoleLine, kpi: Kpi) -> LineTerms:
    # `plan` and the mean of peers have no number before a period is scored
    target = line.target if isinstance(line.target, Decimal) else None
    return LineTerms(direction=kpi.direction, full=line.full, x=line.x, target=target)
