"""A file as rows of text, the same for CSV and XLSX, with the caps both obey.

Belongs here: the hand-over type and its limits. Not here: types of cells (values.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_ROWS = 500_000  # half of what a sheet of Excel holds (1,048,576 rows, "Excel specifications and limits")
MAX_COLUMNS = 200  # more than twice the headers of the widest export we know


@dataclass(frozen=True)
class GridRow:
    """One row: number in the file, cells (None = empty), and columns whose digits a spreadsheet lost."""

    number: int
    cells: list[str | None]
    damaged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Grid:
    """A header and the rows below it."""

    header: GridRow
    rows: Iterator[GridRow]
    from_workbook: bool = False


def is_blank(cells: list[str | None]) -> bool:
    """Whether a row holds nothing at all."""
    return not any(c and c.strip() for c in cells)


def is_comment(cells: list[str | None]) -> bool:
    """Whether a row is a remark: its first cell starts with `# `; an id like `#17` is none."""
    return bool(cells) and (cells[0] or "").lstrip().startswith("# ")
