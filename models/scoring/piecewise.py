"""`score.piecewise`: straight lines between points.

Two points with one x are a jump, and the later one holds there.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Self

from models.errors import DefinitionError
from models.money import exact, plain
from models.scoring.arguments import Arguments, Scored, required_number
from models.scoring.lookup import LOOKED_UP, Lookup, check_rising, looked_up
from models.scoring.method import MISSING, Inputs, LineTerms, ScoringMethod, Steps, Traits
from models.wording import Step, result, shown, term

NAME = "score.piecewise"
LINE_ARGUMENTS = ("points", "below", "above")
_ENDS = {"clamp": Step("持平", "level"), "zero": Step("0 分", "0"), "extend": Step("延长", "extended")}

Point = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Piecewise(Lookup):
    """The curve."""

    NAME: ClassVar[str] = NAME
    LINE_ARGUMENTS: ClassVar[tuple[str, ...]] = LINE_ARGUMENTS

    points: tuple[Point, ...]
    below: str = "clamp"
    above: str = "clamp"
    x: str = "actual"

    @classmethod
    def read(cls, a: Arguments, x: str = "actual") -> Self:
        """The curve from arguments.

        Raises:
            DefinitionError: `points_not_ascending`.
        """
        points = tuple(_point(a, item) for item in a.items("points"))
        if not points:
            raise a.invalid("points", "must hold at least one point")
        for left, right in pairwise(points):
            # not <=: two points with one x are a jump
            if right[0] < left[0]:
                actual = f"{plain(left[0])} then {plain(right[0])}"
                what = "points must ascend in x"
                raise DefinitionError(
                    "points_not_ascending", what, actual=actual, remedy="sort the points by x"
                )
        ends = tuple(_ENDS)
        return cls(points, a.choice("below", ends, "clamp"), a.choice("above", ends, "clamp"), x)

    @classmethod
    def of_line(cls, a: Arguments, terms: LineTerms) -> Self:
        """The curve of a line, unless it rewards getting worse, along its points or beyond them."""
        rule = cls.read(a, looked_up(terms))
        rule._check_direction(terms.direction)
        return rule

    def score(self, x: Decimal | None) -> Scored:
        """The score at x.

        >>> curve = Piecewise(((Decimal(800), Decimal(60)), (Decimal(1000), Decimal(100))), below="zero")
        >>> curve.score(Decimal(900)).score, curve.score(Decimal(799)).score
        (Decimal('80'), Decimal('0'))
        """
        return Scored("missing", None) if x is None else Scored("scored", self.at(x))

    @exact
    def at(self, x: Decimal) -> Decimal:
        """The curve's value at x."""
        first, last = self.points[0], self.points[-1]
        if x < first[0]:
            return self._outside(x, first, self.below, tuple(reversed(self.points)))
        if x > last[0]:
            return self._outside(x, last, self.above, self.points)
        # the last point at or before x: of two with one x that is the later one, which holds there
        left = max(i for i, point in enumerate(self.points) if point[0] <= x)
        if self.points[left][0] == x:
            return self.points[left][1]
        return on_line(x, self.points[left], self.points[left + 1])

    def _outside(self, x: Decimal, end: Point, policy: str, towards_end: tuple[Point, ...]) -> Decimal:
        if policy == "zero":
            return Decimal(0)
        inner = [p for p in towards_end if p[0] != end[0]]
        # not inner: all points have one x, so there is no line to extend
        if policy == "clamp" or not inner:
            return end[1]
        # With a jump at the end the line that leads to it is extended, from the value that holds beyond it.
        inward = next(p for p in reversed(inner))
        corner = next(p for p in towards_end[towards_end.index(inward) :] if p[0] == end[0])
        return end[1] + (on_line(x, inward, corner) - corner[1])

    def _check_direction(self, direction: str) -> None:
        good_end, name = (self.above, "above") if direction == "higher" else (self.below, "below")
        # at the bad end `zero` is a threshold as plans have it; at the good end the best people would get nothing
        if good_end == "zero":
            what = f"{name}: zero scores 0 at the good end of a {direction}-is-better KPI"
            raise DefinitionError("D210", what, remedy=f"use {name}: clamp or extend")
        check_rising([score for _, score in self.points], direction)

    @property
    def traits(self) -> Traits:
        """The scores of the points; a line that is extended has no limit."""
        scores, ends = [score for _, score in self.points], {self.below, self.above}
        least = min(scores)
        return Traits(
            lowest=min(least, Decimal(0)) if {"zero", "extend"} & ends else least,
            highest=None if "extend" in ends else max(scores),
            edges=tuple(x for x, _ in self.points),
            is_table=True,
            leaves_out_target_zero=self.needs_target,
        )

    def describe(self) -> Step:
        """The points in one line."""
        points = " ".join(f"({shown(a)}, {shown(b)})" for a, b in self.points)
        below, above, name = _ENDS[self.below], _ENDS[self.above], LOOKED_UP[self.x]
        return Step(
            f"折线得分（x = {name.zh}）：{points}；低于首点{below.zh}，高于末点{above.zh}",
            f"score by line (x = {name.en}): {points}; before the first {below.en}, after the last {above.en}",
        )

    def step_of(self, x: Decimal, score: Decimal) -> Step:
        """The piece of the curve that holds x."""
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if x0 < x < x1:
                rise = f"({shown(x)} − {term(x0)}) ÷ ({shown(x1)} − {term(x0)}) × ({shown(y1)} − {term(y0)})"
                text = f"{shown(y0)} + {rise} {result(score)}"
                return Step(f"得分 = {text}", f"score = {text}")
        text = f"x = {shown(x)}"
        return Step(f"{text}，得分 {result(score)}", f"{text}, score {result(score)}")


@exact
def on_line(x: Decimal, left: Point, right: Point) -> Decimal:
    """The value at x on the line through two points."""
    # The division comes last: 1/3 of 30 is 10 and not 9.99…9.
    rise = (x - left[0]) * (right[1] - left[1])
    return left[1] + rise / (right[0] - left[0])


def _point(a: Arguments, item: object) -> Point:
    if not isinstance(item, list | tuple) or len(item) != 2:
        raise a.invalid("points", "must be pairs [x, score]")
    return required_number(NAME, "points x", item[0]), required_number(NAME, "points score", item[1])


def _read(inputs: Inputs) -> tuple[Piecewise, Decimal | None]:
    a = Arguments(NAME, inputs, ("x", *LINE_ARGUMENTS))
    return Piecewise.read(a), a.optional("x")


def evaluate(inputs: Inputs) -> Scored:
    """`score.piecewise` on golden inputs.

    >>> evaluate({"x": "1.1", "points": [["0.8", "60"], ["1", "100"], ["1.2", "120"]], "below": "zero"}).score
    Decimal('110')
    """
    rule, x = _read(inputs)
    return rule.score(x)


def explain(inputs: Inputs) -> Steps:
    """Curve, then the piece that holds x."""
    rule, x = _read(inputs)
    return rule.describe(), MISSING if x is None else rule.step_of(x, rule.at(x))


METHOD = ScoringMethod(
    name=NAME, kind="line", zh="分段线性得分", evaluate=evaluate, explain=explain, rule=Piecewise
)
