"""Tables of Markdown. Not here: what stands in them."""

import re
from collections.abc import Iterable, Sequence


def row_of(cells: Sequence[str]) -> str:
    """One row; a bar inside a cell would end it, so it is escaped (GitHub Flavored Markdown, tables)."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A whole table with its last line end."""
    return "\n".join([row_of(header), "|" + "---|" * len(header), *map(row_of, rows)]) + "\n"


def cells_of(row: str) -> list[str]:
    """The cells of a row that `row_of` wrote."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
