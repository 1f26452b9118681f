"""`evaluate(method, inputs)`: every method by its public name, exactly as the golden cases call it."""

from collections.abc import Callable, Mapping

from models.definitions.reading import nearest
from models.errors import DefinitionError
from models.scoring import coefficient, gap_points, linear, net_sales, piecewise, rating, ratio, step, total
from models.scoring.arguments import outputs

Method = Callable[[dict[str, object]], object]


def evaluate(method: str, inputs: Mapping[str, object]) -> dict[str, object]:
    """The outputs of a method; numbers go in as text, int or Decimal and come out as Decimal, unrounded.

    >>> evaluate("score.linear", {"actual": "1350000", "target": "1000000"})["score"]
    Decimal('120.0')

    Raises:
        DefinitionError: D220 unknown method or argument, D221 wrong argument, or a method's own code such
        as `bands_gap`.
    """
    if method not in METHODS:
        raise DefinitionError("D220", f"unknown method {method[:60]!r}", remedy=nearest(method, METHODS))
    return outputs(METHODS[method](dict(inputs)))


def _total(inputs: dict[str, object]) -> object:
    return total.evaluate(inputs, evaluate)


METHODS: dict[str, Method] = {
    linear.NAME: linear.evaluate,
    piecewise.NAME: piecewise.evaluate,
    step.NAME: step.evaluate,
    gap_points.NAME: gap_points.evaluate,
    rating.NAME: rating.evaluate,
    ratio.NAME: ratio.evaluate,
    total.NAME: _total,
    coefficient.NAME: coefficient.evaluate,
    net_sales.NAME: net_sales.evaluate,
}
