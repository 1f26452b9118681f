"""Which row of a file is its header, and which position holds which column.

Belongs here: titles above the header, names of columns in every spelling. Not here: typing rows (table.py), headers of a
platform's export (exports/export_match.py).
"""

from connectors.file_drop.layout import ColumnSpec, FileOptions, Layout
from connectors.file_drop.reading.grid import GridRow
from connectors.file_drop.refusals import raise_all
from models.errors import CompanyError
from models.spellings import folded
from models.values import closest


def find_header(top: list[GridRow], layout: Layout, options: FileOptions) -> tuple[int, bool]:
    """The first row that names every required column, else the one that names most; and whether it names them all."""
    wanted = [c for c in layout.columns if c.required]
    best, most = 0, 0
    for index, row in enumerate(top):
        named = sum(any(_names(t, c, options) for t in _titles(row)) for c in wanted)
        if named == len(wanted):
            return index, True
        # a title may by chance be the name of one column: that makes no header of it
        if named > max(most, 1):
            best, most = index, named
    return best, False


def match_header(
    header: GridRow, file: str, layout: Layout, options: FileOptions
) -> tuple[dict[int, ColumnSpec], tuple[str, ...]]:
    """Which position holds which column, and the headers nobody asked for.

    Raises:
        CompanyError: C106 for a column that is missing, or stands twice.
    """
    found: dict[int, ColumnSpec] = {}
    unknown: list[str] = []
    where = f"{file}:{header.number}"
    for position, cell in enumerate(header.cells):
        title = (cell or "").strip()
        spec = next((c for c in layout.columns if _names(title, c, options)), None) if title else None
        if spec is None:
            unknown += [title] if title else []
        elif spec in found.values():
            raise CompanyError(
                "C106", f"two columns are {spec.name}", where=where, actual=title, remedy="keep one of them"
            )
        else:
            found[position] = spec
    missing = [c for c in layout.columns if c.required and c not in found.values()]
    raise_all(_missing_column(c, where, unknown, layout.table) for c in missing)
    return found, tuple(unknown)


def _titles(row: GridRow) -> list[str]:
    return [cell.strip() for cell in row.cells if cell and cell.strip()]


def _names(title: str, spec: ColumnSpec, options: FileOptions) -> bool:
    declared = options.columns.get(spec.name)
    # a header that the company declares stands alone: the usual ones no longer count
    return folded(title) == folded(declared) if declared is not None else spec.answers_to(title)


def _missing_column(spec: ColumnSpec, where: str, unknown: list[str], table: str) -> CompanyError:
    near = closest(spec.name, unknown)
    hint = (
        f"rename {near[0]!r} to {spec.name!r}"
        if near
        else f"add it, or name yours in files.yaml: `{table}: {{columns: {{{spec.name}: ...}}}}`"
    )
    also = f" (also: {', '.join(spec.headers)})" if spec.headers else ""
    return CompanyError(
        "C106",
        f"the column {spec.name}{also} is missing",
        where=where,
        actual=", ".join(unknown)[:120],
        remedy=hint,
    )
