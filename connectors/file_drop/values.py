"""One cell of text -> one exact value, or the reason why not.

Belongs here: the declared formats. Not here: which column a cell is in (table.py).
Python's own converters are too kind for pay: Decimal() reads full-width digits and 1E+400, int() reads 1_000,
so every format is matched in full first.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from connectors.file_drop.layout import ColumnSpec, FileOptions
from models.errors import UsageError
from models.periods import Period

_DECIMAL = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,12})?", re.ASCII)
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,12})?", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]\.[0-9]+[eE][0-9]+", re.ASCII)
# U+202A to U+202E and U+2066 to U+2069 turn the direction of writing: a name could then show as another one
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "是"}), frozenset({"false", "no", "n", "0", "否"})
_MAX_ID, _MAX_TEXT = 200, 2000
_YEARS = range(1950, 2201)

Value = str | Decimal | int | bool | date | datetime | None


class BadValueError(Exception):
    """A cell that cannot be what its column says."""

    def __init__(self, code: str, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.code, self.cause, self.remedy = code, cause, remedy


def eaten_id() -> BadValueError:
    """The refusal of an id whose digits a spreadsheet no longer has."""
    return BadValueError(
        "C158",
        "the id was turned into a number by a spreadsheet",
        "format the column as text and enter the id again",
    )


def parse_cell(text: str, spec: ColumnSpec, options: FileOptions, *, from_workbook: bool = False) -> Value:
    """The value of a cell that is not empty.

    Raises:
        BadValueError: with the code and cause of the refusal.
    """
    if spec.type == "text":
        return _text(text, spec)
    cell = text.strip()
    if spec.type in {"decimal", "integer"}:
        return _decimal(cell, spec, options) if spec.type == "decimal" else _integer(cell, spec)
    if spec.type == "boolean":
        return _boolean(cell)
    if spec.type == "date":
        return _date(cell, options, from_workbook)
    if spec.type == "instant":
        return _instant(cell)
    return _period(cell, from_workbook)


def _text(text: str, spec: ColumnSpec) -> str:
    if spec.id and _SCIENTIFIC.fullmatch(text.strip()):
        raise eaten_id()
    if len(text) > (_MAX_ID if spec.id else _MAX_TEXT):
        raise BadValueError(
            "C159", f"the text has {len(text)} characters", f"at most {_MAX_ID if spec.id else _MAX_TEXT}"
        )
    if _CONTROL.search(text) or (spec.id and re.search(r"[\t\r\n]", text)):
        raise BadValueError(
            "C159", "the text holds a control character", "remove tabs and other invisible characters"
        )
    if spec.allowed and text not in spec.allowed:
        raise BadValueError("C156", "this value is not in use", f"use one of {', '.join(spec.allowed)}")
    if spec.pattern and not re.fullmatch(spec.pattern, text, re.ASCII):
        raise BadValueError("C156", "this value does not have the agreed form", f"form: {spec.pattern}")
    return text


def _decimal(cell: str, spec: ColumnSpec, options: FileOptions) -> Decimal:
    number, percent = (cell[:-1], True) if spec.percent and cell.endswith("%") else (cell, False)
    if options.thousands and _GROUPED.fullmatch(number):
        number = number.replace(options.thousands, "")
    if not _DECIMAL.fullmatch(number):
        kind = "amount" if spec.name in {"cogs", "rate"} else "number"
        raise BadValueError(
            "C152",
            f"this is no {kind}",
            "write digits with a point, e.g. 1234.50: no currency sign, blank, exponent or full-width digit",
        )
    value = Decimal(number).scaleb(-2) if percent else Decimal(number)
    value = abs(value) if value == 0 else value  # -0 is 0
    if value != round(value, spec.places):
        raise BadValueError(
            "C157", f"the number has more than {spec.places} decimal places", f"give at most {spec.places}"
        )
    _check_range(value, spec)
    return value


def _check_range(value: Decimal, spec: ColumnSpec) -> None:
    too_low = (spec.min is not None and value < spec.min) or (spec.above is not None and value <= spec.above)
    if too_low or (spec.max is not None and value > spec.max):
        low = f"above {spec.above}" if spec.above is not None else f"from {spec.min}"
        raise BadValueError("C157", "the number is outside the plausible range", f"{low} up to {spec.max}")


def _integer(cell: str, spec: ColumnSpec) -> int:
    if not _INTEGER.fullmatch(cell):
        raise BadValueError("C153", "this is no whole number", "write digits only, e.g. 2")
    _check_range(Decimal(cell), spec)
    return int(cell)


def _boolean(cell: str) -> bool:
    word = cell.casefold()
    if word not in _TRUE | _FALSE:
        raise BadValueError(
            "C154", "this is neither yes nor no", "write true or false, yes or no, 1 or 0, 是 or 否"
        )
    return word in _TRUE


def _date(cell: str, options: FileOptions, from_workbook: bool) -> date:
    form = options.date_format or "YYYY-MM-DD, e.g. 2011-11-30"
    remedy = f"write it as {form}, or declare `date_format:` in files.yaml"
    midnight = _MIDNIGHT.fullmatch(cell) if from_workbook else None
    text = midnight[1] if midnight else cell
    try:
        if options.date_format and not midnight:
            day = datetime.strptime(text, options.date_format).date()  # noqa: DTZ007 - a date has no zone
        elif _ISO_DATE.fullmatch(text):
            day = date.fromisoformat(text)
        else:
            raise ValueError(text)
    except ValueError:
        raise BadValueError("C151", "this is no date", remedy) from None
    if day.year not in _YEARS:
        raise BadValueError("C157", "the year is implausible", remedy)
    return day


def _instant(cell: str) -> datetime:
    """A point in time; without an offset it stays naive, and the caller knows the shop's zone."""
    remedy = "write it as YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS, with or without an offset such as +08:00"
    try:
        if not _INSTANT.fullmatch(cell):
            raise ValueError(cell)
        instant = datetime.fromisoformat(cell)
    except ValueError:
        raise BadValueError("C151", "this is no point in time", remedy) from None
    if instant.year not in _YEARS:
        raise BadValueError("C157", "the year is implausible", remedy)
    return instant


def _period(cell: str, from_workbook: bool) -> str:
    midnight = _MIDNIGHT.fullmatch(cell) if from_workbook else None
    # A spreadsheet turns 2011-11 into the first of November; any other day is no month and is refused.
    text = midnight[1][:7] if midnight and midnight[1].endswith("-01") else cell
    try:
        return Period.parse(text).id
    except UsageError as error:
        raise BadValueError("C155", "this is no period", error.remedy) from None
