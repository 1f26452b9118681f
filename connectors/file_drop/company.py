"""A company folder -> all its tables: which file holds which table, one by one or as one workbook.

Belongs here: finding files.
Not here: reading one (table.py), rules between tables (checks.py), company.yaml and
sources.yaml (pipelines).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.file_drop.layout import FileOptions, parse_files_yaml, table_names
from connectors.file_drop.reading.csv_rows import decode
from connectors.file_drop.reading.opening import read_bytes
from connectors.file_drop.reading.xlsx_rows import sheet_names
from connectors.file_drop.refusals import raise_all
from connectors.file_drop.table import DroppedTable, read_table
from models.errors import CompanyError, MeritError, MeritErrors

# without people and what they own nobody can have a score
REQUIRED = ("people", "ownership")
WORKBOOK = "company.xlsx"
DECLARATIONS = "files.yaml"


@dataclass(frozen=True)
class DroppedCompany:
    """The tables a company folder holds; a table without a file is not in `tables`."""

    tables: dict[str, DroppedTable]

    def rows(self, table: str) -> list[dict[str, object]]:
        """The rows of a table, empty when the company keeps none."""
        found = self.tables.get(table)
        return found.rows if found else []

    def quarantine_report(self) -> list[str]:
        """One line per row set aside in any table: show them all."""
        return [line for table in self.tables.values() for line in table.report()]


def read_company(folder: Path) -> DroppedCompany:
    """Every table of a company folder.

    Raises:
        MeritError: all reasons of all files together.
    """
    declared = _declarations(folder)
    sheets = _workbook_sheets(folder)
    tables: dict[str, DroppedTable] = {}
    errors: list[MeritError] = []
    for table in table_names():
        try:
            options = declared.get(table, FileOptions())
            source = _find(folder, table, options, sheets)
            if source is not None:
                tables[table] = read_table(table, source[0], options=source[1])
        except MeritError as error:
            errors += _single(error)
    raise_all(errors)
    return DroppedCompany(tables)


def find_table(folder: Path, table: str) -> tuple[Path, FileOptions] | None:
    """The file that holds a table of a company folder, and what the company declares about it; None without one.

    Raises:
        CompanyError: C101 to C112 for a file or declaration that cannot be used.
    """
    options = _declarations(folder).get(table, FileOptions())
    return _find(folder, table, options, _workbook_sheets(folder))


def _single(error: MeritError) -> Iterator[MeritError]:
    yield from error.errors if isinstance(error, MeritErrors) else [error]


def _declarations(folder: Path) -> dict[str, FileOptions]:
    path = folder / DECLARATIONS
    # lexists, not exists: a link that leads nowhere is refused when it is opened, not taken for a missing file
    if not os.path.lexists(path):
        return {}
    return parse_files_yaml(decode(read_bytes(path), path.name, ("utf-8",)))


def _workbook_sheets(folder: Path) -> list[str]:
    path = folder / WORKBOOK
    return sheet_names(read_bytes(path), path.name) if os.path.lexists(path) else []


def _find(
    folder: Path, table: str, options: FileOptions, sheets: list[str]
) -> tuple[Path, FileOptions] | None:
    if options.file is not None:
        return _inside(folder, options.file), options
    found = [
        folder / f"{table}{suffix}"
        for suffix in (".csv", ".xlsx")
        if os.path.lexists(folder / f"{table}{suffix}")
    ]
    if table in sheets:
        found.append(folder / WORKBOOK)
    if len(found) > 1:
        names = " and ".join(p.name for p in found)
        raise CompanyError(
            "C111",
            f"{table} stands in several files",
            where=names,
            remedy="keep one, or declare `file:` in files.yaml",
        )
    if found:
        # in the common workbook the sheet has the name of its table, whatever `sheet:` says
        sheet = table if found[0].name == WORKBOOK else options.sheet
        return found[0], options.model_copy(update={"sheet": sheet})
    if table in REQUIRED:
        raise CompanyError(
            "C101",
            "the file is missing",
            where=f"{table}.csv",
            remedy=f"write {table}.csv; `kpi init` makes an empty one",
        )
    return None


def _inside(folder: Path, name: str) -> Path:
    # A plain file name only: `../x`, an absolute path or a NUL would leave the company folder.
    if not name or Path(name).name != name or "\\" in name or "\0" in name or len(name) > 200:
        raise CompanyError(
            "C112",
            "not a file name",
            where=DECLARATIONS,
            actual=repr(name[:40]),
            remedy="name a file inside the company folder",
        )
    return folder / name
