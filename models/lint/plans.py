"""What a pay line can do before anybody's figures are known, for the rules that look at pay.

Belongs here: each line with the traits that its method states. Not here: the rules (pay, cliffs), which ask traits and never
a method by its name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.definitions.pay_checks import probe
from models.definitions.pay_plans import PayLine, PayPlan
from models.pay import METHODS
from models.pay.method import PayTraits


@dataclass(frozen=True)
class PlannedLine:
    """One line with its plan and traits."""

    plan: PayPlan
    line: PayLine
    traits: PayTraits


def planned_lines(plans: Iterable[PayPlan]) -> tuple[PlannedLine, ...]:
    """Every line of every plan."""
    return tuple(
        PlannedLine(plan, line, METHODS[line.method].traits(probe(line), line.args))
        for plan in plans
        for line in plan.lines
    )
