"""Lines of pay plans, for the rules that look at them. Not here: the rules (pay.py, cliffs.py).

Rules ask a line's traits, never its method: a method says itself what it can do (models.pay.method).
"""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions.pay_checks import probe
from models.definitions.pay_plans import PayLine, PayPlan
from models.lint.finding import Breach, LintedWorld
from models.pay import METHODS
from models.pay.method import PayTraits

ZERO = Decimal(0)


def lines(world: LintedWorld) -> Iterator[tuple[PayPlan, PayLine, PayTraits]]:
    """Every pay line with its plan, and what its method may do before anybody's figures are known."""
    for plan in world.pay_plans.values():
        for line, traits in lines_of(plan):
            yield plan, line, traits


def lines_of(plan: PayPlan) -> Iterator[tuple[PayLine, PayTraits]]:
    """The lines of one plan."""
    for line in plan.lines:
        yield line, METHODS[line.method].traits(probe(line), line.args)


def at(plan: PayPlan, line: PayLine, zh: str, en: str) -> Breach:
    """A finding at a pay line."""
    return Breach(plan, f"{plan.id} 的 {line.id}：{zh}", f"{plan.id}, {line.id}: {en}", line.source)
