"""`kpi connectors recognise`: which export of which platform a file is, and what to write into facts.yaml, loading nothing.

Not here: recognising (connectors/file_drop), the other actions of `kpi connectors` (connectors.py).
"""

from pathlib import Path

from connectors.file_drop.exports.export_layout import FOLDER, export_layouts
from connectors.file_drop.exports.export_match import (
    Match,
    likely_header,
    nearest_layouts,
    recognise,
    titles_of,
)
from connectors.file_drop.exports.export_reading import ExportEntry
from connectors.file_drop.exports.export_rows import ExportRows, export_rows
from connectors.file_drop.exports.export_sheets import raw_sheets
from connectors.file_drop.exports.export_skeleton import facts_entry, layout_name, skeleton, unknown_headers
from connectors.file_drop.layout import FileOptions
from connectors.file_drop.reading.opening import read_bytes
from models.errors import CompanyError, MeritError
from models.spellings import folded
from models.whole_file import write_whole
from pipelines.commands.table import table
from pipelines.company.company import SAMPLE, Company


def recognise_file(company: Company, path: Path, entry: ExportEntry, *, write: bool) -> int:
    """Say what a file is and how to declare it; of an unknown one, show a mapping to fill in and return 1.

    Args:
        company: whose layouts count beside the shipped ones.
        path: the file.
        entry: what its entry in facts.yaml would state: name, days, currency, form of dates.
        write: keep the mapping of an unknown file in the company's folder.
    """
    content, layouts = read_bytes(path), export_layouts(company.folder)
    try:
        match = recognise(content, path, layouts, FileOptions())
    except CompanyError as error:
        # C164: no layout knows the file, so that a mapping to fill in helps; any other refusal stands as it is
        if error.code != "C164":
            raise
        return _unknown(content, path, company, error, write=write)
    _tell(match)
    rows = export_rows(match, content, entry)
    _tell_rows(rows)
    print("\nfacts.yaml:\n" + facts_entry(_shown(path, company), rows, company.zone, entry.days))
    return 0


def _shown(path: Path, company: Company) -> str:
    """The file as facts.yaml names it."""
    inside = path.resolve().is_relative_to(company.folder.resolve())
    return (
        path.resolve().relative_to(company.folder.resolve()).as_posix() if inside else f"exports/{path.name}"
    )


def _tell(match: Match) -> None:
    layout = match.layout
    place = f"sheet {match.sheet.name}, " if match.sheet.name else ""
    print(f"{layout.name}: {layout.label.zh} / {layout.label.en}")
    print(
        f"{place}header in row {match.sheet.top[match.header].number}; fills {layout.table}, {layout.grain.en}"
    )
    print(f"layout {layout.verified}: {layout.source}")
    if layout.note:
        print(f"{layout.note.zh}\n{layout.note.en}")
    taken = [[name, _source(match, name)] for name in (*layout.columns, *layout.constants)]
    print("\n" + table(["column", "from"], taken))
    unknown = unknown_headers(match.titles, layout)
    print(f"not known to the layout, not read: {', '.join(unknown) or 'none'}")


def _source(match: Match, name: str) -> str:
    if name in match.layout.constants:
        return f"always {match.layout.constants[name]}"
    source = match.layout.columns[name]
    there = {folded(title): title for title in match.titles}
    found = [
        next((there[folded(h)] for h in group if folded(h) in there), group[0])
        for group in source.alternatives
    ]
    absent = source.optional and not any(folded(h) in there for group in source.alternatives for h in group)
    words = " + ".join(found) or (
        f"order and place in it ({source.number_within})" if source.number_within else ""
    )
    return f"({words}: not in the file)" if absent else words or "the one day of the entry"


def _tell_rows(rows: ExportRows) -> None:
    print(f"{rows.data_rows} rows in the file, {len(rows.table.dropped)} rows for {rows.layout.table}")
    for line in (*rows.proofs, *(f"{count} rows left out: {why}" for why, count in rows.left_out.items())):
        print(line)


def _unknown(content: bytes, path: Path, company: Company, error: MeritError, *, write: bool) -> int:
    print(error.render())
    sheets = list(raw_sheets(content, path, FileOptions()))
    near = nearest_layouts(sheets, export_layouts(company.folder).values())
    for number, one in enumerate(near, 1):
        print(f"  {number}. {one.words()}")
    header = likely_header(sheets)
    if header is None:
        print("no row of the file looks like a header: nothing to map")
        return 1
    sheet, index = header
    text = skeleton(path.stem, titles_of(sheet, index), sheet.top[index].number, near[0] if near else None)
    if write and company.folder == SAMPLE.resolve():
        print("\nthe sample company is left as it is: name yours with --company")
    elif write:
        print(f"\nwritten: {_write(company, layout_name(path.stem), text)}")
    else:
        print(f"\n{text}")
    return 1


def _write(company: Company, name: str, text: str) -> str:
    """Keep the skeleton in the company's folder; a mapping somebody filled in is never written over."""
    path = company.folder / FOLDER / f"{name}.yaml"
    if path.exists():
        raise CompanyError(
            "C166",
            "a mapping of that name is there already",
            where=f"{FOLDER}/{path.name}",
            remedy="fill it in, or remove it first",
        )
    write_whole(path, text.encode())
    return f"{FOLDER}/{path.name}"
