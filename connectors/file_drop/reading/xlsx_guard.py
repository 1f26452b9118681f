"""Looks through a workbook before any library opens it: caps, no entities, no macros, no empty formulas.

Belongs here: the walk over the zip parts. Not here: turning sheets into rows (xlsx_rows.py).
A workbook of a few kilobytes can claim 17 billion cells or unpack to gigabytes, and a spreadsheet keeps a
19-digit order id as 1.23E+18: both are found here, in one pass.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from connectors.file_drop.reading.grid import MAX_COLUMNS, MAX_ROWS
from connectors.file_drop.reading.opening import too_large
from models.errors import CompanyError

MAX_UNPACKED = 200 * 1024 * 1024  # of all parts together
# Deflate packs at most about 1032 to 1 (zlib.net, "Technical Details"); only a file made to burst comes near.
MAX_RATIO = 200
MAX_PARTS = 500  # every sheet is a part or two of its own
_CHUNK = 1 << 20  # bytes fed to the XML parser at once
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_SAFE_DIGITS = 15  # what a spreadsheet number keeps


@dataclass
class SheetScan:
    """What one sheet holds: its first used row, its first formula, and number cells that lost digits."""

    first_row: int = 0
    rows: int = 0
    formula: str = ""  # row and column, e.g. "7:2"
    damaged: dict[int, set[int]] = field(default_factory=dict)


@dataclass
class WorkbookScan:
    """Sheets by their part name, e.g. `xl/worksheets/sheet1.xml`."""

    sheets: dict[str, SheetScan] = field(default_factory=dict)


def scan_workbook(content: bytes, name: str) -> WorkbookScan:
    """The scan of a workbook that is safe to open.

    Raises:
        CompanyError: C104 above a cap, C109 damaged or unsafe, C110 a formula without a stored value.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive.infolist(), name)
            return _scan_parts(archive, name)
    # RuntimeError: encrypted, NotImplementedError: a way of packing that zipfile does not know
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _unsafe(name, "this is no whole XLSX workbook", str(error)) from None


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > MAX_PARTS:
        raise too_large(name, f"{len(parts)} parts", f"at most {MAX_PARTS} parts")
    # the stated sizes can be believed: zipfile unpacks no more of a part than is stated for it
    unpacked = sum(p.file_size for p in parts)
    packed = max(1, sum(p.compress_size for p in parts))
    if unpacked > MAX_UNPACKED:
        raise too_large(name, f"{unpacked} bytes unpacked", f"at most {MAX_UNPACKED} bytes unpacked")
    # below a chunk any ratio is harmless
    if unpacked > _CHUNK and unpacked > MAX_RATIO * packed:
        raise too_large(
            name, f"unpacks {unpacked // packed} times", f"at most {MAX_RATIO} times its packed size"
        )
    for part in parts:
        if part.filename.lower().endswith("vbaproject.bin"):
            raise _unsafe(name, "the workbook holds macros", part.filename)
        # bit 0 of the flags marks an encrypted part (ZIP APPNOTE, section 4.4.4)
        if part.flag_bits & 1:
            raise _unsafe(name, "the workbook is encrypted", part.filename)


def _unsafe(name: str, what: str, actual: str) -> CompanyError:
    return CompanyError(
        "C109",
        what,
        where=name,
        actual=actual[:120],
        remedy="save the table as plain .xlsx or as CSV (UTF-8) and drop that",
    )


def _scan_parts(archive: zipfile.ZipFile, name: str) -> WorkbookScan:
    scan, lengths = WorkbookScan(), _TextLengths()
    # shared strings first: cells of the sheets are measured by them
    parts = sorted(archive.infolist(), key=lambda p: "sharedstrings" not in p.filename.lower())
    for part in parts:
        lower = part.filename.lower()
        if "sharedstrings" in lower:
            _parse(archive, part, name, lengths)
        elif lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
            sheet = _SheetReader(name, lengths.values)
            _parse(archive, part, name, sheet)
            scan.sheets[part.filename] = sheet.scan
        elif lower.endswith((".xml", ".rels", ".vml")):
            _parse(archive, part, name, _Listener())
    return scan


class _Listener:
    """Hears every element of a part; this one only waits for what is not allowed."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text inside an element."""


def _parse(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, listener: _Listener) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    # one call for a text, not one for each line of it (docs.python.org, pyexpat)
    parser.buffer_text = True
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.text

    def refuse(*_: object) -> None:
        raise _unsafe(name, "the workbook declares its own document type or entities", part.filename)

    # Office never writes a DOCTYPE; without one no entity is external (XXE) or grows (billion laughs).
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _unsafe(name, "a part of the workbook is damaged", f"{part.filename}: {error}") from None


class _TextLengths(_Listener):
    """Length of every shared string: a cell may point to a long one half a million times."""

    def __init__(self) -> None:
        self.values: list[int] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - as the parser calls it
        if tag.endswith(" si"):
            self.values.append(0)

    def text(self, data: str) -> None:
        if self.values:
            self.values[-1] += len(data)


class _SheetReader(_Listener):
    """Collects what matters from one sheet, and stops at the first cap."""

    def __init__(self, name: str, shared: list[int]) -> None:
        self.name = name
        self.shared = shared
        self.scan = SheetScan()
        self.characters = 0
        self.cell, self.row, self.column, self.kind = "", 0, 0, ""
        self.formula = False
        self.value = ""
        self.inside = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        if local == "row":
            self._row(attributes.get("r", ""))
        elif local == "c":
            self._cell(attributes)
        elif local in {"f", "v", "t"}:
            self.inside = local
            self.formula = self.formula or local == "f"

    def _row(self, number: str) -> None:
        # the number may be left out: then the row follows the one before
        self.row = int(number) if number.isascii() and number.isdigit() else self.row + 1
        self.column = 0
        self.scan.rows += 1
        if self.row > MAX_ROWS + 1 or self.scan.rows > MAX_ROWS + 1:
            raise too_large(
                self.name,
                f"a cell in row {self.row}",
                f"at most {MAX_ROWS} rows; delete the empty rows below the table",
            )

    def _cell(self, attributes: dict[str, str]) -> None:
        match = _CELL.fullmatch(attributes.get("r", ""))
        self.column = _column_number(match[1]) if match else self.column + 1
        if match:
            self.row = int(match[2])
        if self.column > MAX_COLUMNS or self.row > MAX_ROWS + 1:
            raise too_large(
                self.name,
                f"a cell at {match[0] if match else self.column}",
                f"at most {MAX_COLUMNS} columns, {MAX_ROWS} rows",
            )
        self.kind, self.formula, self.value = attributes.get("t", "n"), False, ""

    def text(self, data: str) -> None:
        if self.inside in {"v", "t"}:
            self.value += data

    def end(self, tag: str) -> None:
        local = tag.rpartition(" ")[2]
        if local == self.inside:
            self.inside = ""
        if local == "c":
            self._finish()

    def _finish(self) -> None:
        if self.formula and not self.scan.formula:
            self.scan.formula = f"{self.row}:{self.column}"
        if self.formula and not self.value:
            raise CompanyError(
                "C110",
                "a formula has no stored value",
                where=f"{self.name}:{self.row}",
                actual=f"column {self.column}",
                remedy="open the workbook in a spreadsheet program and save it, or paste the values",
            )
        if not self.value:
            return
        self.scan.first_row = self.scan.first_row or self.row
        self._count_text()
        if self.kind == "n" and _lost_digits(self.value):
            # Excel counts columns from 1, a row of ours from 0
            self.scan.damaged.setdefault(self.row, set()).add(self.column - 1)

    def _count_text(self) -> None:
        shared = self.kind == "s" and self.value.isdigit() and int(self.value) < len(self.shared)
        self.characters += self.shared[int(self.value)] if shared else len(self.value)
        if self.characters > MAX_UNPACKED:
            raise too_large(
                self.name, f"more than {MAX_UNPACKED} characters", "delete what is not part of the table"
            )


def _lost_digits(value: str) -> bool:
    mantissa, _, exponent = value.upper().partition("E")
    whole = mantissa.lstrip("-").partition(".")[0]
    # an exponent that is not negative: the number was too long to be kept digit by digit
    return (bool(exponent) and not exponent.startswith("-")) or len(whole) > _SAFE_DIGITS


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64  # "A" is 65, and counts 1
    return number
