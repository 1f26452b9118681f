"""`pay.matrix`: a coefficient from two measures, such as attainment and collection rate."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from models.errors import DefinitionError
from models.pay.method import PayMethod
from models.pay.wording import operand
from models.scoring.arguments import Arguments, mapping
from models.scoring.bands import Band, find, read_bands, span, tile
from models.wording import Step, shown


@dataclass(frozen=True)
class MatrixResult:
    """The coefficient of the cell."""

    coefficient: Decimal


@dataclass(frozen=True)
class MatrixRow:
    """One band of x and the bands of y inside it."""

    band: Band
    cells: tuple[Band, ...]


@dataclass(frozen=True)
class Matrix(PayMethod):
    """The table, and the two measures that find a cell in it."""

    NAME = "pay.matrix"
    NAME_ZH = "双因素系数表"
    ARGUMENTS = ("x", "y", "bands")
    TABLES = ("bands",)

    rows: tuple[MatrixRow, ...]
    x: Decimal
    y: Decimal

    @classmethod
    def read(cls, a: Arguments) -> Self:
        """The call from its arguments; every row must tile y, also a row that is not reached.

        Raises:
            DefinitionError: `bands_gap` or `bands_overlap`.
        """
        rows = [_row(a, number, item) for number, item in enumerate(a.items("bands"), 1)]
        # Rows are told apart by identity: two rows may have equal bands, and then tiling refuses them as overlapping.
        ordered = tile([row.band for row in rows])
        ascending = tuple(next(row for row in rows if row.band is band) for band in ordered)
        return cls(ascending, a.number("x"), a.number("y"))

    def row(self) -> MatrixRow:
        """The row that holds x."""
        band = find([row.band for row in self.rows], self.x)
        return next(row for row in self.rows if row.band is band)

    def cell(self) -> Band:
        """The cell of that row that holds y."""
        return find(self.row().cells, self.y)

    def result(self) -> MatrixResult:
        """The coefficient.

        >>> cells = [{"max": "0.9", "coefficient": "0.5"}, {"min": "0.9", "coefficient": "1.5"}]
        >>> low = {"max": "1", "bands": [{"coefficient": "0"}]}
        >>> Matrix.evaluate({"x": "1", "y": "0.9", "bands": [low, {"min": "1", "bands": cells}]})
        MatrixResult(coefficient=Decimal('1.5'))
        """
        return MatrixResult(self.cell().value)

    def steps(self) -> tuple[Step, ...]:
        """Both conditions and the coefficient."""
        x = f"x: {span(self.row().band, 'left', operand(self.x))}"
        y = f"y: {span(self.cell(), 'left', operand(self.y))}"
        value = shown(self.cell().value)
        return (Step(f"{x}；{y}；系数 = {value}", f"{x}; {y}; coefficient = {value}"),)


def _row(a: Arguments, number: int, item: object) -> MatrixRow:
    entry = Arguments(f"{a.method} bands", mapping(a.method, "bands", item), ("min", "max", "bands"))
    # a row yields nothing itself, its cells do; Decimal(0) only fills the field
    band = Band(entry.optional("min"), entry.optional("max"), Decimal(0))
    try:
        return MatrixRow(band, read_bands(entry, "bands", "coefficient"))
    # the tiling of a row does not know which row it is: its error is raised anew with the number
    except DefinitionError as error:
        what = f"{error.what}, in row {number} ({band})"
        raise DefinitionError(error.code, what, actual=error.actual, remedy=error.remedy) from None
