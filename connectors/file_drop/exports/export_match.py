"""Which layout a file follows, by its header row: exactly one, or a refusal that names the nearest ones and what they lack.

Belongs here: finding the header row and comparing it. Not here: the layouts (export_layout.py), reading rows (export_rows.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.file_drop.exports.export_layout import AUTO, ExportLayout
from connectors.file_drop.exports.export_sheets import RawSheet, raw_sheets
from connectors.file_drop.layout import FileOptions
from models.errors import CompanyError
from models.spellings import folded
from models.values import nearest

_NEAREST = 3  # layouts named where none fits
_SHOWN = 8  # headers named of each
_FIGURE = re.compile(r"[-+]?[$¥£€₹]?[0-9][0-9.,/:% -]*", re.ASCII)  # a number, date or time: no header


@dataclass(frozen=True)
class Match:
    """A layout, the sheet it fits, and where in it the header row stands."""

    layout: ExportLayout
    sheet: RawSheet
    header: int

    @property
    def titles(self) -> list[str]:
        """The header cells as they stand in the file."""
        return titles_of(self.sheet, self.header)


@dataclass(frozen=True)
class Near:
    """A layout that does not fit, and why."""

    layout: ExportLayout
    found: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    def words(self) -> str:
        """The layout with what it lacks."""
        lacks = f"missing {_listed(self.missing)}" if self.missing else "has a header that rules it out"
        unknown = f"; unknown {_listed(self.unknown)}" if self.unknown else ""
        return f"{self.layout.name} {self.layout.label.zh} ({lacks}{unknown})"


def recognise(
    content: bytes,
    path: Path,
    layouts: Mapping[str, ExportLayout],
    options: FileOptions,
    *,
    wanted: str = AUTO,
    table: str = "",
) -> Match:
    """The one layout that fits.

    Args:
        content: the bytes of the file.
        path: its name, for the kind of file and for messages.
        layouts: the layouts there are.
        options: what the entry declares about encoding, separator and sheet.
        wanted: the name of a layout, or `auto`.
        table: only layouts that fill this canonical table; empty for any.

    Raises:
        CompanyError: C164 none fits, C165 several do, C166 no such layout; C10x, C11x for a file that cannot be read.
    """
    sheets = list(raw_sheets(content, path, options))
    asked = _asked(layouts, wanted)
    found = [m for sheet in sheets for layout in asked for m in _matches(sheet, layout)]
    # after matching, not before: a file that fits another table is told so
    fitting = [m for m in found if not table or m.layout.table == table]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _several(path, fitting)
    if found:
        raise _other_table(path, found[0], table)
    raise _none(path, sheets, asked)


def nearest_layouts(sheets: Iterable[RawSheet], layouts: Iterable[ExportLayout]) -> list[Near]:
    """The layouts that come nearest to fitting, best first."""
    listed = list(sheets)
    found = [_best(listed, layout) for layout in layouts]
    # thousandths of the needed headers in whole numbers: near ties go on to the next part of the key
    return sorted(
        found, key=lambda n: (-n.found * 1000 // len(n.layout.needed), len(n.missing), n.layout.name)
    )[:_NEAREST]


def likely_header(sheets: Iterable[RawSheet]) -> tuple[RawSheet, int] | None:
    """The row of a file nobody knows that looks most like a header: the first of the widest that hold words only."""
    best: tuple[int, RawSheet, int] | None = None
    for sheet in sheets:
        for index in range(len(sheet.top)):
            titles = [t for t in titles_of(sheet, index) if t]
            # one word may be a title, and a figure is no header
            if len(titles) < 2 or any(map(_FIGURE.fullmatch, titles)):
                continue
            if best is None or len(titles) > best[0]:  # of equally wide rows the first
                best = len(titles), sheet, index
    return (best[1], best[2]) if best else None


def titles_of(sheet: RawSheet, row: int) -> list[str]:
    """The cells of a row as headers, trailing empty ones included."""
    return [(cell or "").strip().lstrip("\ufeff") for cell in sheet.top[row].cells]


def _asked(layouts: Mapping[str, ExportLayout], wanted: str) -> list[ExportLayout]:
    if wanted == AUTO:
        return list(layouts.values())
    if wanted not in layouts:
        raise CompanyError(
            "C166",
            "there is no such layout",
            actual=repr(wanted[:60]),
            remedy=nearest(wanted, [AUTO, *layouts]),
        )
    return [layouts[wanted]]


def _matches(sheet: RawSheet, layout: ExportLayout) -> list[Match]:
    """At most one: the first row that fits; a sheet named otherwise than the layout says does not count."""
    # a text file has no sheet name
    if layout.sheet and sheet.name and sheet.name != layout.sheet:
        return []
    for index in range(min(layout.header_within, len(sheet.top))):
        near = _compared(sheet, index, layout)
        if not near.missing and not _ruled_out(sheet, index, layout):
            return [Match(layout, sheet, index)]
    return []


def _ruled_out(sheet: RawSheet, index: int, layout: ExportLayout) -> bool:
    there = {folded(t) for t in titles_of(sheet, index)}
    return any(folded(h) in there for h in layout.absent)


def _compared(sheet: RawSheet, index: int, layout: ExportLayout) -> Near:
    titles = [t for t in titles_of(sheet, index) if t]
    there = {folded(t) for t in titles}
    # the first name speaks for the group
    missing = [group[0] for group in layout.needed if not any(folded(h) in there for h in group)]
    unknown = [t for t in titles if folded(t) not in layout.all_headers]
    return Near(layout, len(layout.needed) - len(missing), tuple(missing), tuple(unknown))


def _best(sheets: list[RawSheet], layout: ExportLayout) -> Near:
    """The row of any sheet that has most of what the layout needs."""
    rows = [_compared(s, i, layout) for s in sheets for i in range(min(layout.header_within, len(s.top)))]
    none = Near(layout, 0, tuple(group[0] for group in layout.needed), ())
    best = max(rows, key=lambda near: near.found, default=none)
    return best if best.found else none


def _several(path: Path, fitting: list[Match]) -> CompanyError:
    names = [f"{m.layout.name}{f' in sheet {m.sheet.name}' if m.sheet.name else ''}" for m in fitting]
    return CompanyError(
        "C165",
        "several layouts fit the header row of the file",
        where=path.name,
        actual=" and ".join(names),
        remedy="name one in facts.yaml: `layout: " + fitting[0].layout.name + "`, or its `sheet:`",
    )


def _other_table(path: Path, match: Match, table: str) -> CompanyError:
    return CompanyError(
        "C164",
        f"the file fits {match.layout.name}, which fills another table",
        where=path.name,
        actual=f"{match.layout.table}, not {table}",
        remedy=f"write `table: {match.layout.table}` in its entry of facts.yaml",
    )


def _none(path: Path, sheets: list[RawSheet], asked: list[ExportLayout]) -> CompanyError:
    near = nearest_layouts(sheets, asked)
    return CompanyError(
        "C164",
        "no layout fits the header row of the file",
        where=path.name,
        actual=f"nearest: {'; '.join(n.words() for n in near)}",
        remedy=f"`kpi connectors recognise {path.name}` shows a mapping to fill in and keep in layouts/",
    )


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(name[:40] for name in names[:_SHOWN]) + more
