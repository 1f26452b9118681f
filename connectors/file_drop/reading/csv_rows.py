"""CSV text as a grid: strict decoding, strict quoting, exact cells.

Belongs here: bytes -> rows of text. Not here: columns and types (table.py).
"""

import csv
import io
from collections.abc import Iterator

from connectors.file_drop.reading.grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    Grid,
    GridRow,
    grid_of,
    is_blank,
    is_comment,
)
from connectors.file_drop.reading.opening import too_large
from models.errors import CompanyError

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(content: bytes, name: str, encodings: tuple[str, ...]) -> str:
    """The text of the file in the first declared encoding that fits every byte.

    Raises:
        CompanyError: C105 naming the line of the first byte that does not fit; C113 for a NUL character.
    """
    first: UnicodeDecodeError | None = None
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            # of the first encoding, which is the most likely one
            first = first or error
            continue
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise CompanyError(
                "C113",
                "a NUL character is no text",
                where=f"{name}:{line}",
                remedy="save the table as CSV again",
            )
        return text.removeprefix("\ufeff")
    if first is None:
        raise CompanyError(
            "C105", "no encoding is declared", where=name, remedy="declare `encoding: utf-8` in files.yaml"
        )
    raise _wrong_encoding(content, name, encodings, first)


def _wrong_encoding(
    content: bytes, name: str, encodings: tuple[str, ...], error: UnicodeDecodeError
) -> CompanyError:
    line = content[: error.start].count(b"\n") + 1
    # without a mark: what Excel writes as CSV on a Chinese Windows
    likely = _BOMS.get(content[:2], "gbk")
    return CompanyError(
        "C105",
        f"the file is not {' or '.join(encodings)}: byte {error.start} does not fit",
        where=f"{name}:{line}",
        actual=f"byte 0x{content[error.start]:02x}",
        remedy=f"save it as UTF-8, or declare `encoding: {likely}` for it in files.yaml",
    )


def csv_grid(content: bytes, name: str, *, encodings: tuple[str, ...], delimiter: str) -> Grid:
    """The grid of a CSV file.

    Raises:
        CompanyError: C105 wrong encoding, C106 no header, C104 too many rows or columns, C113 broken quoting.
    """
    rows = (r for r in csv_rows(decode(content, name, encodings), name, delimiter) if not is_comment(r.cells))
    grid = grid_of(rows)
    if not grid.top:
        raise CompanyError(
            "C106", "the file has no header row", where=name, remedy="put the column names into the first row"
        )
    return grid


def csv_rows(text: str, name: str, delimiter: str) -> Iterator[GridRow]:
    """Every row that is not blank, remarks included.

    Raises:
        CompanyError: C104 too many rows or columns, C113 broken quoting.
    """
    # newline="" keeps line ends inside quotes; strict refuses what csv would mend (docs.python.org, csv)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start, kept = 1, 0
    while True:
        try:
            cells: list[str | None] = list(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            raise CompanyError(
                "C113",
                "the CSV is broken here",
                where=f"{name}:{start}",
                actual=str(error)[:80],
                remedy="check the quotes of this row",
            ) from None
        if len(cells) > MAX_COLUMNS:
            raise too_large(f"{name}:{start}", f"{len(cells)} columns", f"at most {MAX_COLUMNS} columns")
        if not is_blank(cells):
            kept += 1
            if kept > MAX_ROWS + 1:  # one more: the header
                raise too_large(name, f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS} rows")
            yield GridRow(start, cells)
        # not a count of rows: a quoted cell may run over several lines
        start = reader.line_num + 1
