"""`evaluate` and `explain`: every method by its public name, exactly as the golden cases call it.

Belongs here: the registries of outsiders. Not here: the methods (scoring, pay), or which of them a role or a
pay plan may name (definitions).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from models import pay, wording_calls
from models.errors import DefinitionError
from models.scoring import (
    forced_distribution,
    gap_points,
    linear,
    milestone,
    net_sales,
    peer_mean,
    percentile_ceiling,
    period_rollup,
    piecewise,
    rank,
    rank_among,
    rating,
    ratio,
    step,
    target_check,
    total,
)
from models.scoring.arguments import outputs
from models.values import nearest
from models.wording import Step

Method = Callable[[dict[str, object]], object]
Explanation = Callable[[dict[str, object]], tuple[Step, ...]]
_T = TypeVar("_T")


def evaluate(method: str, inputs: Mapping[str, object]) -> dict[str, object]:
    """The outputs of a method; numbers go in as text, int or Decimal and come out as Decimal, unrounded.

    >>> evaluate("score.linear", {"actual": "1350000", "target": "1000000"})["score"]
    Decimal('120.0')

    Raises:
        DefinitionError: D220 unknown method or argument, D221 wrong argument, or a method's own code such
        as `bands_gap`.
    """
    return outputs(_known(method, METHODS)(dict(inputs)))


def explain(method: str, inputs: Mapping[str, object]) -> tuple[Step, ...]:
    """The arithmetic of the same call in order, in Chinese and English.

    >>> [s.en for s in explain("score.linear", {"actual": "1350000", "target": "1000000"})][1:]
    ['attainment = 1 + (1350000 − 1000000) ÷ |1000000| = 1.35', 'score = min(1.35, 1.2) × 100 = 120']

    Raises:
        DefinitionError: whatever `evaluate` raises.
    """
    return _known(method, EXPLAIN)(dict(inputs))


def _known(method: str, registry: Mapping[str, _T]) -> _T:
    if method not in registry:
        raise DefinitionError("D220", f"unknown method {method[:60]!r}", remedy=nearest(method, registry))
    return registry[method]


def _total(inputs: dict[str, object]) -> object:
    return total.evaluate(inputs, evaluate)


def _explain_total(inputs: dict[str, object]) -> tuple[Step, ...]:
    return wording_calls.explain_total(inputs, evaluate, explain)


METHODS: dict[str, Method] = {
    linear.NAME: linear.evaluate,
    piecewise.NAME: piecewise.evaluate,
    step.NAME: step.evaluate,
    gap_points.NAME: gap_points.evaluate,
    rating.NAME: rating.evaluate,
    rank.NAME: rank.evaluate,
    rank_among.NAME: rank_among.evaluate,
    percentile_ceiling.NAME: percentile_ceiling.evaluate,
    forced_distribution.NAME: forced_distribution.evaluate,
    ratio.NAME: ratio.evaluate,
    milestone.NAME: milestone.evaluate,
    total.NAME: _total,
    period_rollup.NAME: period_rollup.evaluate,
    target_check.NAME: target_check.evaluate,
    peer_mean.NAME: peer_mean.evaluate,
    net_sales.NAME: net_sales.evaluate,
    **pay.PAY_METHODS,
}

EXPLAIN: dict[str, Explanation] = {
    linear.NAME: wording_calls.explain_linear,
    piecewise.NAME: wording_calls.explain_piecewise,
    step.NAME: wording_calls.explain_step,
    gap_points.NAME: wording_calls.explain_gap,
    rating.NAME: wording_calls.explain_rating,
    rank.NAME: rank.explain,
    rank_among.NAME: rank_among.explain,
    percentile_ceiling.NAME: percentile_ceiling.explain,
    forced_distribution.NAME: forced_distribution.explain,
    ratio.NAME: ratio.explain,
    milestone.NAME: milestone.explain,
    total.NAME: _explain_total,
    period_rollup.NAME: period_rollup.explain,
    target_check.NAME: target_check.explain,
    peer_mean.NAME: peer_mean.explain,
    net_sales.NAME: net_sales.explain,
    **pay.EXPLAIN,
}
