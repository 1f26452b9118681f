"""XLSX sheets as a grid, after the guard has let the workbook through.

Belongs here: choosing the sheet and reading it as text.
Not here: safety (xlsx_guard.py) and types (values.py).
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.parsers import expat

import fastexcel

from connectors.file_drop.reading.grid import Grid, GridRow, grid_of, is_blank, is_comment
from connectors.file_drop.reading.xlsx_guard import SheetScan, WorkbookScan, scan_workbook
from models.errors import CompanyError


def xlsx_grid(content: bytes, name: str, *, table: str, sheet: str | None) -> Grid:
    """The grid of the sheet that holds the table: declared, named like the table, or the only one.

    Raises:
        CompanyError: C104, C109, C110 from the guard; C111 no such sheet; C106 no header.
    """
    scan = scan_workbook(content, name)
    try:
        workbook = fastexcel.read_excel(content)
        chosen = _choose(_candidates(workbook, table, sheet), name, table, sheet)
        # as text, the header too: a guessed type would turn ids into floats
        loaded = workbook.load_sheet(chosen, header_row=None, dtypes="string")
        # a hidden sheet is read only where somebody asked for it by name
        if sheet is None and loaded.visible != "visible":
            raise CompanyError(
                "C111",
                "the sheet is hidden",
                where=f"{name}[{chosen}]",
                remedy="show it, or declare `sheet:` in files.yaml",
            )
        columns = loaded.to_arrow().to_pydict()
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from None
    numbered = _rows(list(columns.values()), _scan_of(content, scan, chosen))
    grid = grid_of((row for row in numbered if not is_comment(row.cells)), from_workbook=True)
    if not grid.top:
        raise CompanyError(
            "C106",
            "the sheet has no header row",
            where=f"{name}[{chosen}]",
            remedy="put the column names into its first row",
        )
    return grid


def visible_sheets(content: bytes, name: str, sheet: str | None) -> Iterator[tuple[str, Iterator[GridRow]]]:
    """Every sheet a reader of the workbook sees, or the declared one, with all its rows, remarks included.

    Raises:
        CompanyError: C104, C109, C110 from the guard; C111 no such sheet.
    """
    scan = scan_workbook(content, name)
    try:
        workbook = fastexcel.read_excel(content)
        for chosen in [_choose(workbook.sheet_names, name, sheet, sheet)] if sheet else workbook.sheet_names:
            loaded = workbook.load_sheet(chosen, header_row=None, dtypes="string")
            if sheet or loaded.visible == "visible":
                columns = list(loaded.to_arrow().to_pydict().values())
                yield chosen, _rows(columns, _scan_of(content, scan, chosen))
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from None


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a form: its rows, and where its first formula stands (row:column), which a form has none of."""

    rows: list[GridRow]
    formula: str


def form_sheets(content: bytes, name: str, wanted: Collection[str]) -> dict[str, FormSheet]:
    """Sheets of a workbook that was sent to be filled in, hidden ones too; one that is not there is left out.

    Raises:
        CompanyError: C104, C109, C110 from the guard.
    """
    scan = scan_workbook(content, name)
    found: dict[str, FormSheet] = {}
    try:
        workbook = fastexcel.read_excel(content)
        for sheet in (s for s in workbook.sheet_names if s in wanted):
            loaded = workbook.load_sheet(sheet, header_row=None, dtypes="string")
            own = _scan_of(content, scan, sheet)
            rows = list(_rows(list(loaded.to_arrow().to_pydict().values()), own))
            found[sheet] = FormSheet(rows, own.formula)
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from None
    return found


def _unreadable(name: str, error: Exception) -> CompanyError:
    reason = str(error).splitlines()[0][:120]
    return CompanyError(
        "C109", "the workbook cannot be read", where=name, actual=reason, remedy="save it again as .xlsx"
    )


def _candidates(workbook: fastexcel.ExcelReader, table: str, sheet: str | None) -> list[str]:
    """The sheets to choose from: where none has the name of the table, the visible ones, of which there may be one."""
    names: list[str] = workbook.sheet_names
    if sheet is not None or table in names or len(names) == 1:
        return names
    visible = [n for n in names if workbook.load_sheet(n, header_row=None, n_rows=0).visible == "visible"]
    return visible if len(visible) == 1 else names


def _choose(names: list[str], file: str, table: str, sheet: str | None) -> str:
    wanted = sheet or table
    if wanted in names:
        return wanted
    if sheet is None and len(names) == 1:
        return names[0]
    raise CompanyError(
        "C111",
        f"there is no sheet {wanted!r}",
        where=file,
        actual=", ".join(names)[:120],
        remedy=f"name the sheet {wanted!r} or declare `sheet:`",
    )


def _rows(columns: list[list[str | None]], scan: SheetScan) -> Iterator[GridRow]:
    first = max(scan.first_row, 1)  # the reader leaves empty rows above the table out
    for offset, cells in enumerate(zip(*columns, strict=True)):
        row = list(cells)
        if not is_blank(row):
            yield GridRow(first + offset, row, frozenset(scan.damaged.get(first + offset, ())))


def _scan_of(content: bytes, scan: WorkbookScan, sheet: str) -> SheetScan:
    """The scan of a sheet, found the way Excel does: workbook.xml -> relationship -> part."""
    if len(scan.sheets) == 1:
        return next(iter(scan.sheets.values()))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        ids = {a.get("name", ""): _relation(a) for a in _elements(archive, "xl/workbook.xml", "sheet")}
        targets = {
            a.get("Id", ""): a.get("Target", "")
            for a in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
        }
    target = targets.get(ids.get(sheet, ""), "")
    # a target is absolute in the package or relative to workbook.xml
    part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    return scan.sheets.get(part, SheetScan())


def _relation(attributes: dict[str, str]) -> str:
    # the namespace is one of two (transitional or strict), only `id` is fixed
    return next((v for k, v in attributes.items() if re.fullmatch(r".*[ /:]id", k)), "")


def _elements(archive: zipfile.ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == wanted:
            found.append(attributes)

    parser.StartElementHandler = start
    # plain expat is safe here: the guard has refused every document type before
    parser.Parse(archive.read(part), True)
    return found


def sheet_names(content: bytes, name: str) -> list[str]:
    """The sheets of a workbook, after the guard has let it through."""
    scan_workbook(content, name)
    try:
        return list(fastexcel.read_excel(content).sheet_names)
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from None
