"""A file of any export as sheets of raw rows: every encoding and separator that exports come in, titles and totals included.

Belongs here: bytes -> rows of text. Not here: which row is the header (export_match.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from connectors.file_drop.layout import FileOptions
from connectors.file_drop.reading.csv_rows import csv_rows, decode
from connectors.file_drop.reading.grid import LOOKED_AT, GridRow
from connectors.file_drop.reading.xlsx_rows import visible_sheets
from models.errors import CompanyError

# Every encoding before the last refuses bytes that are not its own; GB18030 takes nearly all, so it comes last.
ENCODINGS = ("utf-8-sig", "gb18030")
# the byte order marks of UTF-16 (RFC 2781, section 3.2); no text in UTF-8 or GB18030 begins so
_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class RawSheet:
    """One sheet (or the one table of a CSV file): where it is, and all its rows."""

    name: str
    top: list[GridRow]
    rest: Iterator[GridRow]
    from_workbook: bool = False

    def rows_below(self, header: int) -> Iterator[GridRow]:
        """The rows below the header, which is one of `top`; can be asked once."""
        yield from self.top[header + 1 :]
        yield from self.rest


def raw_sheets(content: bytes, path: Path, options: FileOptions) -> Iterator[RawSheet]:
    """The sheets of a workbook, or a text file once per separator it may have.

    Raises:
        CompanyError: C104, C105, C109, C110, C111, C113.
    """
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv", ".txt"}:
        text = decode(content, path.name, _encodings(content, options))
        yield from _text_sheets(text, path.name, _delimiters(options, suffix))
    elif suffix == ".xlsx":
        for name, rows in visible_sheets(content, path.name, options.sheet):
            yield _sheet(name, rows, from_workbook=True)
    else:
        remedy = "save it as .xlsx or .csv: old .xls and macro workbooks are not read"
        raise CompanyError("C111", "this kind of file is not read", where=path.name, remedy=remedy)


def _text_sheets(text: str, name: str, delimiters: tuple[str, ...]) -> Iterator[RawSheet]:
    """One reading per separator; quotes that only fit the other separator are no fault of the file."""
    broken: list[CompanyError] = []
    for delimiter in delimiters:
        try:
            yield _sheet("", csv_rows(text, name, delimiter))
        except CompanyError as error:
            broken.append(error)
    # one reading is enough: which one is right the header decides
    if len(broken) == len(delimiters):
        raise broken[0]


def _encodings(content: bytes, options: FileOptions) -> tuple[str, ...]:
    if options.encoding:
        return (options.encoding,)
    return ("utf-16",) if content[:2] in _BOMS else ENCODINGS


def _delimiters(options: FileOptions, suffix: str) -> tuple[str, ...]:
    """A tab inside a comma file keeps ids from becoming numbers, so tabs are not simply counted."""
    if "delimiter" in options.model_fields_set:
        return (options.delimiter,)
    # a semicolon where a comma stands before the decimals
    return ("\t",) if suffix == ".tsv" else (",", "\t", ";")


def _sheet(name: str, rows: Iterator[GridRow], *, from_workbook: bool = False) -> RawSheet:
    return RawSheet(name, list(islice(rows, LOOKED_AT)), rows, from_workbook)
