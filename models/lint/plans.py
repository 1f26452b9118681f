"""Lines of pay plans, for the rules that look at them. Not here: the rules (pay.py, cliffs.py)."""

from collections.abc import Iterator
from decimal import Decimal

from models.definitions.pay_plans import PayLine, PayPlan
from models.lint.finding import Breach, LintedWorld
from models.values import dec

ZERO = Decimal(0)


def lines(world: LintedWorld, *methods: str) -> Iterator[tuple[PayPlan, PayLine]]:
    """Every pay line, or those of some methods, with its plan."""
    for plan in world.pay_plans.values():
        for line in plan.lines:
            if not methods or line.method in methods:
                yield plan, line


def at(plan: PayPlan, line: PayLine, zh: str, en: str) -> Breach:
    """A finding at a pay line."""
    return Breach(plan, f"{plan.id} 的 {line.id}：{zh}", f"{plan.id}, {line.id}: {en}", line.source)


def number(value: object) -> Decimal | None:
    """The number an argument states; None where it is none."""
    try:
        return dec(value) if isinstance(value, str | int | Decimal) else None
    except ValueError:
        return None
