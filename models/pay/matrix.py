"""`pay.matrix`: a coefficient from two measures, such as attainment and collection rate."""

from dataclasses import dataclass
from decimal import Decimal

from models.errors import DefinitionError
from models.pay.wording import exact
from models.scoring.arguments import Arguments, mapping
from models.scoring.bands import Band, find, read_bands, span, tile
from models.wording import Step, shown

NAME = "pay.matrix"
ARGUMENTS = ("x", "y", "bands")


@dataclass(frozen=True)
class Coefficient:
    """The coefficient of the cell."""

    coefficient: Decimal


@dataclass(frozen=True)
class Row:
    """One band of x and the bands of y inside it."""

    band: Band
    cells: tuple[Band, ...]


def read_rows(a: Arguments) -> tuple[Row, ...]:
    """The table; every row must tile y, also a row that is not reached.

    Raises:
        DefinitionError: `bands_gap` or `bands_overlap`.
    """
    rows = [_row(a, number, item) for number, item in enumerate(a.items("bands"), 1)]
    ordered = tile([row.band for row in rows])
    return tuple(next(row for row in rows if row.band is band) for band in ordered)


def _row(a: Arguments, number: int, item: object) -> Row:
    entry = Arguments(f"{NAME} bands", mapping(a.method, "bands", item), ("min", "max", "bands"))
    band = Band(entry.optional("min"), entry.optional("max"), Decimal(0))
    try:
        return Row(band, read_bands(entry, "bands", "coefficient"))
    except DefinitionError as error:
        what = f"{error.what}, in row {number} ({band})"
        raise DefinitionError(error.code, what, actual=error.actual, remedy=error.remedy) from None


def _find(a: Arguments) -> tuple[Band, Band]:
    rows = read_rows(a)
    band = find([row.band for row in rows], a.number("x"))
    cells = next(row.cells for row in rows if row.band is band)
    return band, find(cells, a.number("y"))


def evaluate(inputs: dict[str, object]) -> Coefficient:
    """`pay.matrix` on inputs.

    >>> cells = [{"max": "0.9", "coefficient": "0.5"}, {"min": "0.9", "coefficient": "1.5"}]
    >>> low = {"max": "1", "bands": [{"coefficient": "0"}]}
    >>> evaluate({"x": "1", "y": "0.9", "bands": [low, {"min": "1", "bands": cells}]})
    Coefficient(coefficient=Decimal('1.5'))
    """
    return Coefficient(_find(Arguments(NAME, inputs, ARGUMENTS))[1].value)


def explain(inputs: dict[str, object]) -> tuple[Step, ...]:
    """The arithmetic in order."""
    a = Arguments(NAME, inputs, ARGUMENTS)
    row, cell = _find(a)
    x = f"x: {_span(row, a.number('x'))}"
    y = f"y: {_span(cell, a.number('y'))}"
    value = shown(cell.value)
    return (Step(f"{x}；{y}；系数 = {value}", f"{x}; {y}; coefficient = {value}"),)


def _span(band: Band, value: Decimal) -> str:
    return span(band, "left", exact(value))
