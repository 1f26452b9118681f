"""One company table: file -> typed rows, with the bad rows set aside or the file refused.

Belongs here: header matching, row typing, the quarantine rule, duplicate keys.
Not here: rules between tables (checks.py).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from connectors.file_drop.headers import find_header, match_header
from connectors.file_drop.layout import ColumnSpec, FileOptions, Layout, load_layout
from connectors.file_drop.reading.csv_rows import csv_grid
from connectors.file_drop.reading.grid import Grid, GridRow
from connectors.file_drop.reading.opening import read_bytes
from connectors.file_drop.reading.xlsx_rows import xlsx_grid
from connectors.file_drop.refusals import raise_all
from connectors.file_drop.values import BadValueError, Value, eaten_id, is_percent, parse_cell
from models.errors import CompanyError, MeritError

_SHOWN = 40  # characters of a wrong cell that a message repeats: enough to find it by


@dataclass(frozen=True)
class DroppedRow:
    """A typed row, where it stands in its file, and which of its numbers were written as a percentage."""

    number: int
    values: dict[str, object]
    percents: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class QuarantinedCell:
    """A row set aside: the cell that is wrong, why, and what to do."""

    row_number: int
    column: str
    value: str
    cause_code: str
    cause: str
    remedy: str

    def as_error(self, file: str) -> CompanyError:
        """The same as an error a person can act on."""
        return CompanyError(
            self.cause_code,
            f"{self.column}: {self.cause}",
            where=f"{file}:{self.row_number}",
            actual=repr(self.value),
            remedy=self.remedy,
        )


@dataclass(frozen=True, kw_only=True)
class DroppedTable:
    """A company table as it was read; `sha256` is the identity of the file."""

    table: str
    file: str
    sha256: str
    dropped: tuple[DroppedRow, ...]
    quarantined: tuple[QuarantinedCell, ...] = ()
    unknown_columns: tuple[str, ...] = ()

    @property
    def rows(self) -> list[dict[str, object]]:
        """The typed rows, in file order."""
        return [r.values for r in self.dropped]

    def where(self, row: DroppedRow) -> str:
        """File and row, as it stands in messages."""
        return f"{self.file}:{row.number}"

    def report(self) -> list[str]:
        """One line per row set aside: the caller shows every one of them."""
        return [q.as_error(self.file).render() for q in self.quarantined]


@dataclass(frozen=True)
class _RowReader:
    """What every row of one file is read with."""

    layout: Layout
    options: FileOptions
    positions: dict[str, int]
    width: int
    from_workbook: bool


def read_table(table: str, path: Path, *, options: FileOptions | None = None) -> DroppedTable:
    """The typed rows of a company file.

    Args:
        table: name of a layout, e.g. `people`.
        path: a .csv or .xlsx file.
        options: what the company declares about this file.

    Raises:
        MeritError: every reason at once where several rows are wrong; see docs/reference/errors.md, C101 to C159.
    """
    return read_layout(load_layout(table), path, options=options or FileOptions())


def read_layout(layout: Layout, path: Path, *, options: FileOptions, shown: str = "") -> DroppedTable:
    """The typed rows of a file with the given layout; `shown` is the name that messages use.

    Raises:
        MeritError: as `read_table`.
    """
    return read_content(layout, read_bytes(path), path.name, options=options, shown=shown)


def read_content(
    layout: Layout, content: bytes, file_name: str, *, options: FileOptions, shown: str = ""
) -> DroppedTable:
    """The typed rows of a file that is at hand, as `read_layout` gives them.

    Raises:
        MeritError: as `read_table`.
    """
    declared, file = options, shown or file_name
    # A sheet of a workbook is named as Excel names it in formulas.
    name = f"{file}[{declared.sheet}]" if declared.sheet else file
    grid = _grid(file_name, content, layout, declared)
    header, _ = find_header(grid.top, layout, declared)
    columns, unknown = match_header(grid.top[header], name, layout, declared)
    positions = {spec.name: position for position, spec in columns.items()}
    width = len(grid.top[header].cells)
    good, bad = _typed(grid.below(header), _RowReader(layout, declared, positions, width, grid.from_workbook))
    # counted by rows: one row with three wrong cells is one row
    _enforce_limit(bad, len(good) + len({b.row_number for b in bad}), name, layout)
    raise_all(duplicates(good, layout, name))
    return DroppedTable(
        table=layout.table,
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        dropped=tuple(good),
        quarantined=tuple(bad),
        unknown_columns=unknown,
    )


def _grid(name: str, content: bytes, layout: Layout, options: FileOptions) -> Grid:
    suffix = Path(name).suffix.lower()
    if suffix == ".csv":
        return csv_and_delimiter(name, content, layout, options)[0]
    if suffix == ".xlsx":
        return xlsx_grid(content, name, table=layout.table, sheet=options.sheet)
    raise CompanyError(
        "C111", "this kind of file is not read", where=name, remedy="save it as .csv (UTF-8) or .xlsx"
    )


def csv_and_delimiter(
    name: str, content: bytes, layout: Layout, options: FileOptions
) -> tuple[Grid, Literal[",", ";", "\t"]]:
    """The rows of a text file; where no separator is declared, with the one under which its header is found."""
    encodings = (options.encoding,) if options.encoding else layout.encodings
    if "delimiter" in options.model_fields_set:
        grid = csv_grid(content, name, encodings=encodings, delimiter=options.delimiter)
        return grid, options.delimiter
    broken: CompanyError | None = None
    # a semicolon where a comma stands before the decimals, a tab where a sheet was copied
    tried: tuple[Literal[",", ";", "\t"], ...] = (options.delimiter, ";", "\t")
    for delimiter in tried:
        try:
            grid = csv_grid(content, name, encodings=encodings, delimiter=delimiter)
        except CompanyError as error:
            broken = broken or error
            continue
        if find_header(grid.top, layout, options)[1]:
            return grid, delimiter
    if broken:
        raise broken
    grid = csv_grid(content, name, encodings=encodings, delimiter=options.delimiter)
    return grid, options.delimiter


def _typed(rows: Iterable[GridRow], reading: _RowReader) -> tuple[list[DroppedRow], list[QuarantinedCell]]:
    good: list[DroppedRow] = []
    bad: list[QuarantinedCell] = []
    for row in rows:
        wrong: list[QuarantinedCell] = []
        values = _values(row, reading, wrong)
        if wrong:  # a row is typed whole or set aside whole: half a row would be a made-up one
            bad += wrong
        else:
            good.append(DroppedRow(row.number, values, _percents(row, reading)))
    return good, bad


def _percents(row: GridRow, reading: _RowReader) -> frozenset[str]:
    specs = [c for c in reading.layout.columns if c.percent and c.name in reading.positions]
    return frozenset(c.name for c in specs if is_percent(row.cells[reading.positions[c.name]] or "", c))


def _values(row: GridRow, reading: _RowReader, wrong: list[QuarantinedCell]) -> dict[str, object]:
    """The typed values of a row; every cell that cannot be typed is added to `wrong`."""
    # more or fewer cells shift the columns: nothing of such a row can be trusted
    if len(row.cells) != reading.width:
        wrong.append(_wrong_width(row, reading.width))
        return {}
    values: dict[str, object] = {}
    for spec in reading.layout.columns:
        position = reading.positions.get(spec.name)
        cell = None if position is None else row.cells[position]
        try:
            values[spec.name] = _value(cell, spec, reading, damaged=position in row.damaged)
        except BadValueError as error:
            shown = _shorten(cell)
            wrong.append(
                QuarantinedCell(
                    row_number=row.number,
                    column=spec.name,
                    value=shown,
                    cause_code=error.code,
                    cause=error.cause,
                    remedy=error.remedy,
                )
            )
    return values


def _wrong_width(row: GridRow, width: int) -> QuarantinedCell:
    cause = f"the row has {len(row.cells)} cells, the header has {width}"
    remedy = "quote cells that hold a comma; complete the row"
    return QuarantinedCell(
        row_number=row.number,
        column="row",
        value=_shorten(row.cells[-1]),
        cause_code="C113",
        cause=cause,
        remedy=remedy,
    )


def _value(cell: str | None, spec: ColumnSpec, reading: _RowReader, *, damaged: bool) -> Value:
    if cell is None or cell.strip() in reading.layout.nulls:
        if spec.required:
            raise BadValueError("C150", "the cell is empty", "fill it, or delete the row")
        cell = spec.default
    if cell is None:
        return None
    # text only: in a number column the stored digits are the number
    if damaged and spec.type == "text":
        raise eaten_id()
    return parse_cell(cell, spec, reading.options, from_workbook=reading.from_workbook)


def _shorten(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _enforce_limit(bad: list[QuarantinedCell], total: int, file: str, layout: Layout) -> None:
    """Refuses the file when more rows are bad than its layout allows to set aside."""
    rows = len({b.row_number for b in bad})
    if not bad or Decimal(rows) <= layout.limit * total:
        return
    errors: list[MeritError] = [b.as_error(file) for b in bad]
    # a layout that lets none be set aside needs no word about a share
    if layout.limit:
        share = f"{rows} of {total} rows are wrong, at most {layout.limit:%} may be set aside"
        errors.insert(
            0, CompanyError("C108", share, where=file, remedy="mend the rows listed below, then run again")
        )
    raise_all(errors)


def duplicates(rows: list[DroppedRow], layout: Layout, file: str) -> list[CompanyError]:
    """One error for every row whose key an earlier row has."""
    seen: dict[tuple[object, ...], int] = {}
    errors: list[CompanyError] = []
    for row in rows:
        key = tuple(row.values[c] for c in layout.grain)
        # setdefault gives the number of the first row back
        first = seen.setdefault(key, row.number)
        if first != row.number:
            errors.append(_duplicate(key, first, row.number, layout, file))
    return errors


def _duplicate(key: tuple[object, ...], first: int, second: int, layout: Layout, file: str) -> CompanyError:
    shown = ", ".join(f"{c}={v}" for c, v in zip(layout.grain, key, strict=True))
    return CompanyError(
        "C114",
        f"two rows are the same {layout.table} entry",
        where=f"{file}:{first} and {file}:{second}",
        actual=shown,
        remedy="keep one of them",
    )
