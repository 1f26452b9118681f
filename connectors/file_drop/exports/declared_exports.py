"""An export that facts.yaml declares with `layout:`, read and proven: by its own totals, by every day, or by the entry.

Belongs here: what an entry and a layout prove together. Not here: recognising (export_match.py), rows (export_rows.py), what
every fact file goes through (drops.py).
"""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

from connectors.file_drop.exports.export_layout import export_layouts
from connectors.file_drop.exports.export_match import recognise
from connectors.file_drop.exports.export_reading import ExportEntry
from connectors.file_drop.exports.export_rows import ExportRows, export_rows
from connectors.file_drop.manifest import Drop
from connectors.file_drop.reading.opening import read_bytes
from models.errors import CompanyError

_SHOWN = 5  # missing days named in one message


def read_export(drop: Drop, path: Path, company: Path) -> ExportRows:
    """The rows of a declared export.

    Raises:
        MeritError: C164 to C167 and everything a cell can be refused for.
    """
    content = read_bytes(path)
    match = recognise(
        content, path, export_layouts(company), drop.options, wanted=drop.layout, table=drop.table
    )
    return export_rows(match, content, _entry(drop))


def prove_export(drop: Drop, export: ExportRows, days: Collection[date]) -> str:
    """What proves the file whole, in words.

    Raises:
        CompanyError: C168 days are missing, C169 there is no proof.
    """
    layout = export.layout
    proofs = list(export.proofs)
    if layout.every_day:
        _refuse_missing_days(drop, days)
        proofs.append(f"every day from {drop.first} to {drop.last} is there")
    if drop.rows is not None:
        proofs.append(f"{drop.rows} rows as declared")
    proofs += [f"{name} {value:f} as declared" for name, value in drop.totals.items()]
    if not proofs:
        raise CompanyError(
            "C169",
            "nothing proves that the file is whole",
            where=drop.where,
            actual=f"{export.data_rows} rows of {layout.name}",
            remedy="state `rows:` or `totals:` as the platform's page shows them",
        )
    left_out = [f"{count} rows left out: {why}" for why, count in sorted(export.left_out.items())]
    return "; ".join([f"{layout.name}: {export.data_rows} rows", *proofs, *left_out])


def _refuse_missing_days(drop: Drop, days: Collection[date]) -> None:
    # both ends belong to it
    span = [drop.first + timedelta(days=n) for n in range((drop.last - drop.first).days + 1)]
    missing = [day for day in span if day not in days]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise CompanyError(
            "C168",
            "the export lacks days of its entry",
            where=drop.file,
            actual=", ".join(map(str, missing[:_SHOWN])) + more,
            remedy="export all of them, or correct from and to",
        )


def _entry(drop: Drop) -> ExportEntry:
    options = drop.options
    stated = options.decimal if "decimal" in options.model_fields_set else ""
    return ExportEntry(drop.file, (drop.first, drop.last), drop.currency, options.date_format or "", stated)
