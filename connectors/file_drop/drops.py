"""One dropped fact file -> a window that is proven whole, or the cause why not; a bad row refuses the file, none is left out.

Belongs here: proof, hashing of personal columns, landing file, records. Not here: cells (values.py), storing (warehouse).
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.file_drop.drop_days import row_days
from connectors.file_drop.drop_files import DroppedRecord, DropPlace, pulled_window
from connectors.file_drop.drop_money import MoneyNotation, money_notation, refuse_fine_money
from connectors.file_drop.exports.declared_exports import prove_export, read_export
from connectors.file_drop.exports.export_layout import layouts_digest
from connectors.file_drop.fact_layouts import FROM_DROP, fact_layout, file_columns
from connectors.file_drop.manifest import Drop
from connectors.file_drop.reading.opening import read_bytes
from connectors.file_drop.table import DroppedRow, DroppedTable, read_layout
from connectors.kit.contract.redact import pseudonym
from connectors.kit.contract.windows import iso
from models.errors import CompanyError, MeritError, MeritErrors
from models.loads import FailedWindow, PulledWindow
from models.money import total
from models.tables import Column, Sensitivity
from models.values import LimitError, in_zone

_SHOWN = 3  # reasons in one cause: it stands in a cell of the board


def read_drop(drop: Drop, place: DropPlace) -> PulledWindow | FailedWindow:
    """The rows of a drop, proven by range, row count and control totals; nothing is loaded of one that does not hold."""
    try:
        path = drop_path(drop, place.company)
        export = read_export(drop, path, place.company) if drop.layout else None
        table = export.table if export else _read_template(drop, path)
        money = money_notation(drop.options, export.layout if export else None)
        values = [_values(row, drop, table, money) for row in table.dropped]
        days = row_days(drop, values, [table.where(row) for row in table.dropped])
        records = [_record(own, day, drop) for own, day in zip(values, days, strict=True)]
        _prove(drop, table, export.data_rows if export else len(table.dropped))
        proof = prove_export(drop, export, {r.day for r in records}) if export else _proof(drop)
    except MeritError as error:
        return failed(drop, place.as_of, error)
    return pulled_window(drop, records, proof, place)


def _read_template(drop: Drop, path: Path) -> DroppedTable:
    """A file in the columns of our own template."""
    return read_layout(fact_layout(drop.table), path, options=drop.options, shown=drop.file)


def drop_digest(drop: Drop, company: Path) -> str:
    """What a drop is: its declaration, the layout it is read with, and the bytes of the file, if they can be read."""
    # with the definition of the table: another definition reads the same bytes differently
    digest = hashlib.sha256(f"{drop.statement()}\n{drop.fact!r}".encode())
    try:
        if drop.layout:
            digest.update(layouts_digest(company).encode())
        digest.update(read_bytes(drop_path(drop, company)))
    except MeritError as error:
        # a file that cannot be read is a state too: once it can be, the digest is another
        digest.update(error.line().encode())
    return digest.hexdigest()


def failed(drop: Drop, as_of: datetime, error: MeritError) -> FailedWindow:
    """The window of a drop that was refused, with the first reasons."""
    errors = error.errors if isinstance(error, MeritErrors) else [error]
    cause = "; ".join(_sentence(drop, e) for e in errors[:_SHOWN])
    more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
    start, end = drop.span
    return FailedWindow(
        ref=drop.ref,
        window_from=start,
        window_to=end,
        kind="time",
        code=errors[0].code,
        cause=cause + more,
        as_of=as_of,
    )


def drop_path(drop: Drop, company: Path) -> Path:
    """The file of a drop; a folder that is a link must not lead out of the company folder."""
    path = company / drop.file
    if not path.parent.resolve().is_relative_to(company.resolve()):
        raise CompanyError(
            "C102",
            "the file lies outside the company folder",
            where=drop.file,
            remedy="put the file itself there",
        )
    return path


def _sentence(drop: Drop, error: MeritError) -> str:
    """Which cell and why; the content of a personal column is never repeated."""
    # every refusal of a cell begins with the name of its column
    column = drop.fact.column(error.what.partition(":")[0])
    hidden = column is not None and column.sensitivity is Sensitivity.PERSONAL
    actual = f" ({error.actual})" if error.actual and not hidden else ""
    where = f"{error.where}: " if error.where else f"{drop.file}: "
    return f"{where}{error.what}{actual}"


def _values(row: DroppedRow, drop: Drop, table: DroppedTable, money: MoneyNotation) -> dict[str, object]:
    """The values of a row as they are kept."""
    columns = file_columns(drop.table)
    values = {c.name: _settled(row, c, drop, table) for c in columns}
    _state_currency(values, columns, drop, table.where(row))
    refuse_fine_money(values, columns, money, table.where(row))
    return values


def _record(values: dict[str, object], day: date, drop: Drop) -> DroppedRecord:
    payload = {name: _text(value) for name, value in values.items() if value is not None}
    # from the payload: a personal id is a pseudonym there, and so in the key
    key = [payload.get(name) for name in drop.fact.key if name not in FROM_DROP]
    return DroppedRecord("|".join(map(_escaped, key)), day, payload)


def _settled(row: DroppedRow, column: Column, drop: Drop, table: DroppedTable) -> object:
    """The value as it is kept: instants in UTC, personal ids hashed."""
    value = row.values[column.name]
    if isinstance(value, datetime):
        return _in_utc(value, drop.zone, f"{table.where(row)}", column.name)
    if column.sensitivity is Sensitivity.PERSONAL and value is not None:
        return pseudonym(str(value))
    return value


def _in_utc(value: datetime, zone: str, where: str, column: str) -> datetime:
    """A time without an offset is the shop's; in the hour that a clock shows twice, its first pass."""
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    try:
        return in_zone(value, ZoneInfo(zone))
    except LimitError as error:
        what, shown = f"{column}: {error.cause}", repr(value.isoformat(sep=" "))
        raise CompanyError("C151", what, where=where, actual=shown, remedy=error.remedy) from None


def _state_currency(values: dict[str, object], columns: Iterable[Column], drop: Drop, where: str) -> None:
    """Money without a currency would silently have no value in the company's."""
    if "currency" not in values or values["currency"] is not None:
        return
    values["currency"] = drop.currency
    filled = next((c.name for c in columns if c.unit == "own currency" and values[c.name] is not None), None)
    if drop.currency is None and filled is not None:
        raise CompanyError(
            "C150",
            "currency: the cell is empty",
            where=where,
            actual=f"{filled} is filled",
            remedy=f"fill it, or state `currency:` for the drop in facts.yaml ({drop.where})",
        )


def _prove(drop: Drop, table: DroppedTable, count: int) -> None:
    errors = [*_wrong_count(drop, count), *_wrong_totals(drop, table)]
    if errors:
        raise errors[0] if len(errors) == 1 else MeritErrors(errors)


def _wrong_count(drop: Drop, count: int) -> Iterator[MeritError]:
    if drop.rows is not None and count != drop.rows:
        yield CompanyError(
            "C143",
            "the file does not hold the declared number of rows",
            where=drop.file,
            actual=f"{count} rows, {drop.rows} declared",
            remedy="export the file again, or correct `rows`",
        )


def _wrong_totals(drop: Drop, table: DroppedTable) -> Iterator[MeritError]:
    for name, declared in drop.totals.items():
        found = total([_number(row.values[name]) for row in table.dropped])
        if found != declared:
            yield CompanyError(
                "C144",
                f"{name}: the file does not add up to the declared total",
                where=drop.file,
                actual=f"{found:f}, {declared:f} declared",
                remedy=f"export the file again, or correct the total of {name}",
            )


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) else Decimal(0)  # an empty cell adds nothing


def _proof(drop: Drop) -> str:
    totals = "".join(f", {name} {value:f}" for name, value in drop.totals.items())
    return f"{drop.rows} rows of {drop.first} to {drop.last} as declared{totals}"


def _text(value: object) -> str | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return iso(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _escaped(part: object) -> str:
    # the backslash first, or those put before | would be doubled
    return "" if part is None else str(part).replace("\\", "\\\\").replace("|", "\\|")
