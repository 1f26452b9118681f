"""Plain text tables for terminals, with Chinese characters counted as two columns wide."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns a terminal needs.

    >>> width("林晓岚 A")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows under a header; columns named in `right` are aligned to the right."""
    clean = [[_inert(cell) for cell in row] for row in (header, *rows)]
    widths = [max(width(row[i]) for row in clean) for i in range(len(header))]
    lines = [
        "  ".join(_pad(cell, widths[i], i in right) for i, cell in enumerate(row)).rstrip() for row in clean
    ]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def _pad(cell: str, columns: int, is_right: bool) -> str:
    space = " " * (columns - width(cell))
    return space + cell if is_right else cell + space


def _inert(cell: str) -> str:
    """Names come from files: no control character reaches the terminal, where it could hide or forge a line."""
    return "".join(c if c.isprintable() else " " for c in cell)
