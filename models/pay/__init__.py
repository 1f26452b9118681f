"""Pay methods by public name, and the arithmetic of each as sentences.

Belongs here: the two registries. Not here: the methods, one file each; which line of a plan uses which
method (statement).
"""

from collections.abc import Callable
from decimal import InvalidOperation, Overflow
from typing import TypeVar

from models.errors import DefinitionError
from models.pay import (
    ad_saving,
    amount_table,
    anchor,
    caps,
    clawback,
    coefficient_steps,
    commission,
    commission_steps,
    deduction_limit,
    guarantee,
    holdback,
    matrix,
    performance,
    piece,
    pool,
    profit_share,
    prorate,
    quarterly_bonus,
    split,
    supervisor_multiple,
    team_bonus,
)
from models.wording import Step

Method = Callable[[dict[str, object]], object]
Explanation = Callable[[dict[str, object]], tuple[Step, ...]]

T = TypeVar("T")
Registry = dict[str, Callable[[dict[str, object]], T]]


def _bounded(methods: Registry[T]) -> Registry[T]:
    """The methods, refusing figures too large to count with instead of failing on them."""
    return {name: _refusing(name, method) for name, method in methods.items()}


def _refusing(name: str, method: Callable[[dict[str, object]], T]) -> Callable[[dict[str, object]], T]:
    def run(inputs: dict[str, object]) -> T:
        try:
            return method(inputs)
        except (InvalidOperation, Overflow):
            what = f"{name}: a figure is too large to count with"
            raise DefinitionError("D221", what, remedy="check the units of its inputs") from None

    return run


_METHODS: Registry[object] = {
    coefficient_steps.NAME: coefficient_steps.evaluate,
    performance.NAME: performance.evaluate,
    commission.NAME: commission.evaluate,
    ad_saving.NAME: ad_saving.evaluate,
    team_bonus.NAME: team_bonus.evaluate,
    supervisor_multiple.NAME: supervisor_multiple.evaluate,
    quarterly_bonus.NAME: quarterly_bonus.evaluate,
    profit_share.NAME: profit_share.evaluate,
    piece.NAME: piece.evaluate,
    anchor.NAME: anchor.evaluate,
    guarantee.NAME: guarantee.evaluate,
    split.NAME: split.evaluate,
    pool.NAME: pool.evaluate,
    clawback.NAME: clawback.evaluate,
    prorate.NAME: prorate.evaluate,
    deduction_limit.NAME: deduction_limit.evaluate,
    amount_table.NAME: amount_table.evaluate,
    holdback.NAME: holdback.evaluate,
    caps.NAME: caps.evaluate,
    matrix.NAME: matrix.evaluate,
}

_EXPLANATIONS: Registry[tuple[Step, ...]] = {
    coefficient_steps.NAME: coefficient_steps.explain,
    performance.NAME: performance.explain,
    commission.NAME: commission_steps.explain,
    ad_saving.NAME: ad_saving.explain,
    team_bonus.NAME: team_bonus.explain,
    supervisor_multiple.NAME: supervisor_multiple.explain,
    quarterly_bonus.NAME: quarterly_bonus.explain,
    profit_share.NAME: profit_share.explain,
    piece.NAME: piece.explain,
    anchor.NAME: anchor.explain,
    guarantee.NAME: guarantee.explain,
    split.NAME: split.explain,
    pool.NAME: pool.explain,
    clawback.NAME: clawback.explain,
    prorate.NAME: prorate.explain,
    deduction_limit.NAME: deduction_limit.explain,
    amount_table.NAME: amount_table.explain,
    holdback.NAME: holdback.explain,
    caps.NAME: caps.explain,
    matrix.NAME: matrix.explain,
}

PAY_METHODS: dict[str, Method] = _bounded(_METHODS)
EXPLAIN: dict[str, Explanation] = _bounded(_EXPLANATIONS)
