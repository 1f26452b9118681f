"""Tables of bands that cover the whole line exactly once: steps, grades, coefficients.

Belongs here: the tiling rule, the look-up and how a band is written. Not here: what a band yields (step, coefficient).
Published tables break the rule (90 to 100 % undefined in two copies of one plan), so a table that leaves a value without
a band, or gives it two, is refused before anybody is scored by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.errors import DefinitionError
from models.money import plain
from models.scoring.arguments import Arguments, mapping, number, required_number
from models.wording import shown


@dataclass(frozen=True)
class Band:
    """One band: bounds (None = unbounded) and what it yields; `where` is its file and line if it has one."""

    low: Decimal | None
    high: Decimal | None
    value: Decimal
    grade: str | None = None
    where: str = ""

    def __str__(self) -> str:
        low = "-∞" if self.low is None else plain(self.low)
        high = "+∞" if self.high is None else plain(self.high)
        return f"{low} .. {high}"


def tile(bands: Sequence[Band]) -> tuple[Band, ...]:
    """The bands in ascending order.

    >>> [str(b) for b in tile([Band(Decimal(60), None, Decimal(1)), Band(None, Decimal(60), Decimal(0))])]
    ['-∞ .. 60', '60 .. +∞']

    Raises:
        DefinitionError: `bands_gap` or `bands_overlap`, naming both bands and their lines.
    """
    if not bands:
        raise DefinitionError("bands_gap", "the table has no band", remedy="add a band without min and max")
    # the band without a lower bound comes first; None itself cannot be compared with a number
    ordered = sorted(bands, key=lambda b: (b.low is not None, b.low or Decimal(0)))
    _check_ends(ordered)
    for below, above in pairwise(ordered):
        _check_joint(below, above)
    for band in ordered:
        if band.low is not None and band.high is not None and band.low >= band.high:
            raise DefinitionError(
                "bands_overlap", "an empty band", where=band.where, actual=str(band), remedy="min < max"
            )
    return tuple(ordered)


def _check_ends(ordered: list[Band]) -> None:
    for band, bound, side in (
        (ordered[0], ordered[0].low, "below"),
        (ordered[-1], ordered[-1].high, "above"),
    ):
        # an unlimited band that is not the last one overlaps its successor: the joint tells that with both lines
        if bound is not None and not (side == "above" and any(b.high is None for b in ordered)):
            what = f"no band for values {side} {plain(bound)}"
            key, which = ("min", "lowest") if side == "below" else ("max", "highest")
            remedy = f"leave {key} out in the {which} band"
            raise DefinitionError("bands_gap", what, where=band.where, actual=str(band), remedy=remedy)


def _check_joint(below: Band, above: Band) -> None:
    where = " and ".join(w for w in (below.where, above.where) if w)
    actual = f"{below} then {above}"
    if above.low is None or below.high is None or below.high > above.low:
        remedy = "end each band where the next begins"
        raise DefinitionError("bands_overlap", "two bands overlap", where=where, actual=actual, remedy=remedy)
    if below.high < above.low:
        what = f"no band between {plain(below.high)} and {plain(above.low)}"
        raise DefinitionError("bands_gap", what, where=where, actual=actual, remedy="let the bands touch")


def find(bands: Sequence[Band], x: Decimal, closed: str = "left") -> Band:
    """The band of x among tiled bands: `left` is min <= x < max, `right` is min < x <= max."""
    for band in bands:
        # the lower bounds need no look: bands ascend without a gap, so the first one whose end lies beyond x holds it
        if band.high is None or x < band.high or (closed == "right" and x == band.high):
            return band
    # tiled bands never come here, as the last one has no upper bound
    raise DefinitionError("bands_gap", f"no band for {plain(x)}")


def span(band: Band, closed: str, x: str = "x") -> str:
    """The band as a condition: `0.9 ≤ x < 1`."""
    low = "" if band.low is None else f"{shown(band.low)} {'≤' if closed == 'left' else '<'} "
    high = "" if band.high is None else f" {'<' if closed == 'left' else '≤'} {shown(band.high)}"
    return f"{low}{x}{high}"


def read_bands(
    arguments: Arguments, name: str, value_key: str, *, with_grade: bool = False
) -> tuple[Band, ...]:
    """Tiled bands from a list of {min, max, <value_key>} and, for grades, {grade}."""
    return tile(
        [_band(arguments.method, name, item, value_key, with_grade) for item in arguments.items(name)]
    )


def _band(method: str, name: str, item: object, value_key: str, with_grade: bool) -> Band:
    known = {"min", "max", value_key} | ({"grade"} if with_grade else set())
    entry = mapping(method, name, item)
    # made for its refusal of keys that are not known; nothing is read from it
    Arguments(f"{method} {name}", entry, known)
    value = required_number(method, f"{name} {value_key}", entry.get(value_key))
    grade = entry.get("grade")
    low, high = number(method, "min", entry.get("min")), number(method, "max", entry.get("max"))
    return Band(low, high, value, None if grade is None else str(grade))
