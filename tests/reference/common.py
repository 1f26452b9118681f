"""What both halves of the reference share: exact fractions, rounding to the fen, bands and curves.

Belongs here: arithmetic that several methods name. Not here: any method, anything of the product: the
reference imports nothing of it, so that one misreading cannot sit on both sides of a comparison.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

Inputs = Mapping[str, Any]
Outputs = dict[str, Any]
LEFT, RIGHT = "left", "right"


class RefusedError(Exception):
    """The inputs are a wrong definition; `code` is the documented one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=50_000)
def _parsed(text: str | int) -> Fraction:
    return Fraction(text)


def num(value: Any) -> Any:
    """The exact fraction of a text or integer; null stays null."""
    return None if value is None else _parsed(value)


def half_up(value: Fraction, places: int = 2) -> Fraction:
    """Halves away from zero, on both sides of zero."""
    scale = 10**places
    whole = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Fraction(whole if value >= 0 else -whole, scale)


def clamp(value: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """The value inside [low, high]; null is no bound."""
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


def counted(units: Fraction, mode: str) -> Fraction:
    """Whole steps, started steps, or the exact share of a step."""
    if mode == "proportional":
        return units
    return Fraction(units.__floor__() if mode == "whole" else units.__ceil__())


def tiled(bands: Sequence[Inputs]) -> list[Inputs]:
    """The bands in ascending order; the first place where they do not tile the whole line decides the code."""
    line = sorted(bands, key=lambda b: (b.get("min") is not None, num(b.get("min")) or 0))
    reached: Fraction | None = None
    for place, band in enumerate(line):
        low = num(band.get("min"))
        if place == 0 and low is not None:
            raise RefusedError("bands_gap")
        if place and (reached is None or low is None or low < reached):
            raise RefusedError("bands_overlap")
        if place and low > reached:
            raise RefusedError("bands_gap")
        reached = num(band.get("max"))
    if not line or reached is not None:
        raise RefusedError("bands_gap")
    return line


def band_at(line: Sequence[Inputs], x: Fraction, closed: str = LEFT) -> Inputs:
    """The one band that holds x."""
    for band in line:
        top = num(band.get("max"))
        if top is None or x < top or (closed == RIGHT and x == top):
            return band
    raise AssertionError("bands that tile the line hold every number")


def ascending(points: Sequence[Sequence[Any]]) -> list[tuple[Fraction, Fraction]]:
    """The points of a curve, refused when one lies left of the point before it."""
    line = [(num(x), num(y)) for x, y in points]
    if any(after[0] < before[0] for before, after in pairwise(line)):
        raise RefusedError("points_not_ascending")
    return line


def curve(points: Sequence[Sequence[Any]], x: Fraction, below: str, above: str) -> Fraction:
    """The height at x of straight lines through the points; at a jump the later point holds."""
    line = ascending(points)
    if x < line[0][0] or x > line[-1][0]:
        side, end, (first, second) = (
            (below, line[0], (line[0], line[1] if len(line) > 1 else line[0]))
            if x < line[0][0]
            else (above, line[-1], (line[-2] if len(line) > 1 else line[-1], line[-1]))
        )
        if side == "zero":
            return Fraction(0)
        return end[1] if side == "clamp" or first[0] == second[0] else on_line(first, second, x)
    for before, after in zip(reversed(line[:-1]), reversed(line[1:]), strict=True):
        if x == after[0]:
            return after[1]
        if before[0] < x:
            return on_line(before, after, x)
    return line[0][1]


def on_line(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction], x: Fraction) -> Fraction:
    """The height at x of the straight line through two points."""
    return first[1] + (x - first[0]) * (second[1] - first[1]) / (second[0] - first[0])


def largest_remainder(units: int, weights: Mapping[Any, Fraction], order: Sequence[Any]) -> dict[Any, int]:
    """Whole units by weight: floors first, the rest to the largest remainders, ties by the given order."""
    whole = sum(weights.values(), Fraction(0))
    exact = {key: units * weights[key] / whole for key in order}
    given = {key: exact[key].__floor__() for key in order}
    left = units - sum(given.values())
    by_remainder = sorted(order, key=lambda key: given[key] - exact[key])
    for key in by_remainder[:left]:
        given[key] += 1
    return given
