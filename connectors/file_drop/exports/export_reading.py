"""What the rows of one export file are read with: its entry, its header, and its cells by header.

Belongs here: the types that reading rows and dividing orders share. Not here: the reading (export_rows.py, export_orders.py).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from connectors.file_drop.exports.export_layout import ExportLayout
from connectors.file_drop.exports.export_values import CellReader
from connectors.file_drop.layout import ColumnSpec
from connectors.file_drop.table import QuarantinedCell
from connectors.file_drop.values import BadValueError
from models.errors import CompanyError, MeritError
from models.spellings import folded
from models.tables import FACTS, MONEY_WIDTH, Sensitivity

# A number of an export that is no column: as wide as the money columns that are made of it.
_WIDEST = Decimal(10**MONEY_WIDTH.whole - 1)
AMOUNT = ColumnSpec(name="amount", type="decimal", min=-_WIDEST, max=_WIDEST)


@dataclass(frozen=True)
class ExportEntry:
    """What facts.yaml says about the file: its days (none while it is only looked at), currency, form of dates and decimals."""

    file: str
    days: tuple[date, date] | None = None
    currency: str | None = None
    date_format: str = ""
    decimal: Literal["", ".", ","] = ""

    @property
    def one_day(self) -> date | None:
        """The day of a file that speaks for one day only."""
        return self.days[0] if self.days and self.days[0] == self.days[1] else None


@dataclass(frozen=True)
class RawRow:
    """A row of the file with its cells cleaned."""

    number: int
    cells: list[str | None]
    damaged: frozenset[int]


@dataclass(kw_only=True)
class Sheet:
    """What every row of one file is read with."""

    layout: ExportLayout
    entry: ExportEntry
    name: str
    positions: dict[str, int]
    width: int
    reader: CellReader
    errors: list[MeritError] = field(default_factory=list)
    found: dict[tuple[str, ...], int | None] = field(default_factory=dict)

    def position(self, headers: tuple[str, ...]) -> int | None:
        """Where the first of some headers stands."""
        if headers not in self.found:  # asked for every cell of the file
            there = (self.positions[folded(h)] for h in headers if folded(h) in self.positions)
            self.found[headers] = next(there, None)
        return self.found[headers]

    def cell(self, row: RawRow, *headers: str) -> str | None:
        """The cleaned cell under the first header that is there."""
        position = self.position(headers)
        return None if position is None else row.cells[position]

    def amount(self, row: RawRow, header: str) -> Decimal | None:
        """A number of the file that is no column of the table."""
        text = self.cell(row, header)
        try:
            value = None if text is None else self.reader.value(text, AMOUNT)
        except BadValueError as error:
            raise self.refusal(row, header, error, text or "") from None
        return value if isinstance(value, Decimal) else None

    def refusal(self, row: RawRow, column: str, error: BadValueError, shown: str = "") -> CompanyError:
        """A wrong cell as an error with its row."""
        known = FACTS[self.layout.table].column(column)
        hidden = known is not None and known.sensitivity is Sensitivity.PERSONAL
        value = "(personal)" if hidden else shown[:40]
        cell = QuarantinedCell(
            row_number=row.number,
            column=column,
            value=value,
            cause_code=error.code,
            cause=error.cause,
            remedy=error.remedy,
        )
        return cell.as_error(self.name)
