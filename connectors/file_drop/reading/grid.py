"""A file as rows of text, the same for CSV and XLSX, with the caps both obey.

Belongs here: the hand-over type and its limits. Not here: types of cells (values.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAX_ROWS = 500_000  # half of what a sheet of Excel holds (1,048,576 rows, "Excel specifications and limits")
LOOKED_AT = 30  # rows from the top among which a header is looked for: titles and filters stand above it
MAX_COLUMNS = 200  # more than twice the headers of the widest export we know


@dataclass(frozen=True)
class GridRow:
    """One row: number in the file, cells (None = empty), and columns whose digits a spreadsheet lost."""

    number: int
    cells: list[str | None]
    damaged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Grid:
    """The rows of a table: the first ones at hand, among which its header stands, and the rest."""

    top: list[GridRow]
    rest: Iterator[GridRow]
    from_workbook: bool = False

    def below(self, header: int) -> Iterator[GridRow]:
        """The rows below the header, which is one of `top`; can be asked once."""
        yield from self.top[header + 1 :]
        yield from self.rest


def grid_of(rows: Iterator[GridRow], *, from_workbook: bool = False) -> Grid:
    """The rows with the first ones at hand."""
    return Grid(list(islice(rows, LOOKED_AT)), rows, from_workbook)


def is_blank(cells: list[str | None]) -> bool:
    """Whether a row holds nothing at all."""
    return not any(c and c.strip() for c in cells)


def is_comment(cells: list[str | None]) -> bool:
    """Whether a row is a remark: its first cell starts with `# `; an id like `#17` is none."""
    return bool(cells) and (cells[0] or "").lstrip().startswith("# ")
