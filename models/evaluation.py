"""`evaluate` and `explain`: every method by its public name, exactly as the golden cases call it.

Belongs here: the registries of outsiders. Not here: the methods (scoring, pay), or which of them a role or a
pay plan may name (definitions).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from models import pay
from models.errors import DefinitionError
from models.scoring import registry, total_call
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


# score.total calls other methods by their names: it is given these two functions, as importing them would be a circle
SCORING = (*registry.METHODS, total_call.method(evaluate, explain))
METHODS: dict[str, Method] = {m.name: m.evaluate for m in SCORING} | pay.PAY_METHODS
EXPLAIN: dict[str, Explanation] = {m.name: m.explain for m in SCORING} | pay.EXPLAIN
