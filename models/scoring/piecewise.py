"""`score.piecewise`: straight lines between points.

Two points with one x are a jump, and the later one holds there.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.money import add, divide, multiply, plain, subtract
from models.scoring.arguments import Arguments, Scored, required_number

NAME = "score.piecewise"
CONFIG = ("points", "below", "above")
_ENDS = ("clamp", "zero", "extend")

Point = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Piecewise:
    """The curve."""

    points: tuple[Point, ...]
    below: str = "clamp"
    above: str = "clamp"

    @classmethod
    def read(cls, a: Arguments) -> "Piecewise":
        """The curve from arguments.

        Raises:
            DefinitionError: `points_not_ascending`.
        """
        points = tuple(_point(a, item) for item in a.items("points"))
        if not points:
            raise a.invalid("points", "must hold at least one point")
        for left, right in pairwise(points):
            if right[0] < left[0]:
                actual = f"{plain(left[0])} then {plain(right[0])}"
                what = "points must ascend in x"
                raise DefinitionError(
                    "points_not_ascending", what, actual=actual, remedy="sort the points by x"
                )
        return cls(points, a.choice("below", _ENDS, "clamp"), a.choice("above", _ENDS, "clamp"))

    def score(self, x: Decimal | None) -> Scored:
        """The score at x.

        >>> curve = Piecewise(((Decimal(800), Decimal(60)), (Decimal(1000), Decimal(100))), below="zero")
        >>> curve.score(Decimal(900)).score, curve.score(Decimal(799)).score
        (Decimal('80'), Decimal('0'))
        """
        return Scored("missing", None) if x is None else Scored("scored", self.at(x))

    def at(self, x: Decimal) -> Decimal:
        """The curve's value at x."""
        first, last = self.points[0], self.points[-1]
        if x < first[0]:
            return self._outside(x, first, self.below, tuple(reversed(self.points)))
        if x > last[0]:
            return self._outside(x, last, self.above, self.points)
        left = max(i for i, point in enumerate(self.points) if point[0] <= x)
        if self.points[left][0] == x:
            return self.points[left][1]
        return on_line(x, self.points[left], self.points[left + 1])

    def _outside(self, x: Decimal, end: Point, policy: str, towards_end: tuple[Point, ...]) -> Decimal:
        if policy == "zero":
            return Decimal(0)
        inner = [p for p in towards_end if p[0] != end[0]]
        if policy == "clamp" or not inner:
            return end[1]
        # With a jump at the end the line that leads to it is extended, from the value that holds beyond it.
        inward = next(p for p in reversed(inner))
        corner = next(p for p in towards_end[towards_end.index(inward) :] if p[0] == end[0])
        return add(end[1], subtract(on_line(x, inward, corner), corner[1]))


def on_line(x: Decimal, left: Point, right: Point) -> Decimal:
    """The value at x on the line through two points."""
    # The division comes last: 1/3 of 30 is 10 and not 9.99…9.
    rise = multiply(subtract(x, left[0]), subtract(right[1], left[1]))
    return add(left[1], divide(rise, subtract(right[0], left[0])))


def _point(a: Arguments, item: object) -> Point:
    if not isinstance(item, list | tuple) or len(item) != 2:
        raise a.invalid("points", "must be pairs [x, score]")
    return required_number(NAME, "points x", item[0]), required_number(NAME, "points score", item[1])


def evaluate(inputs: dict[str, object]) -> Scored:
    """`score.piecewise` on golden inputs.

    >>> evaluate({"x": "1.1", "points": [["0.8", "60"], ["1", "100"], ["1.2", "120"]], "below": "zero"}).score
    Decimal('110')
    """
    a = Arguments(NAME, inputs, ("x", *CONFIG))
    return Piecewise.read(a).score(a.optional("x"))
