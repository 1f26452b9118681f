"""One cell of text -> one exact value, or the reason why not.

Belongs here: which reader a column's type asks for, and the words of a company file (yes, 60 %, 1,234.50).
Not here: what a number, a date or an id is (models/values), which column a cell is in (table.py).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from connectors.file_drop.layout import ColumnSpec, FileOptions
from models.errors import UsageError
from models.money import round_half_up, shift
from models.periods import Period
from models.tables.bounds import Bounds
from models.values import (
    FormError,
    LimitError,
    ReadingError,
    plausible,
    read_currency,
    read_date,
    read_decimal,
    read_id,
    read_instant,
    read_text,
    read_whole,
)

# groups of exactly three: 1,5 is one and a half in many countries, and is refused
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", re.ASCII)
# how a workbook gives a day: it knows dates only as points in time
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00:00", re.ASCII)
# How a spreadsheet shows a number of more than eleven digits in a column that is not formatted as text.
# without a plus only with a point: 2E10 may well be an article number
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]\.[0-9]+[eE][0-9]+", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "是"}), frozenset({"false", "no", "n", "0", "否"})
_NUMBER_REMEDY = (
    "write digits with a point, e.g. 1234.50: no currency sign, blank, exponent or full-width digit"
)
_INSTANT_REMEDY = (
    "write it as YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS, with or without an offset such as +08:00"
)

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
    if spec.type == "date":
        return _date(cell, options, from_workbook)
    if spec.type == "period":
        return _period(cell, from_workbook)
    return _READERS[spec.type](cell, spec, options)


def day_of_midnight(cell: str) -> str:
    """The date of a cell that holds a date and midnight, as a workbook and many exports write a day; else nothing."""
    found = _MIDNIGHT.fullmatch(cell)
    return found[1] if found else ""


def check_range(value: Decimal, spec: ColumnSpec) -> None:
    """Refuse a number that its column cannot hold.

    Raises:
        BadValueError: C157.
    """
    if spec.above is not None and value <= spec.above:
        raise BadValueError(
            "C157", f"the number is not above {spec.above}", spec.meant or f"up to {spec.max}"
        )
    try:
        Bounds(spec.min, spec.max).check(value, spec.meant)
    except LimitError as error:
        raise BadValueError("C157", error.cause, error.remedy) from None


def _text(text: str, spec: ColumnSpec) -> str:
    # only ids: in a title such a word is a word
    if spec.id and _SCIENTIFIC.fullmatch(text.strip()):
        raise eaten_id()
    try:
        value = read_id(text) if spec.id else read_text(text)
    except ReadingError as error:
        raise BadValueError("C159", error.cause, error.remedy) from None
    if spec.allowed and value not in spec.allowed:
        raise BadValueError("C156", "this value is not in use", f"use one of {', '.join(spec.allowed)}")
    return value


def _currency(cell: str, _: ColumnSpec, __: FileOptions) -> str:
    try:
        return read_currency(cell)
    except FormError as error:
        raise BadValueError("C156", "this value does not have the agreed form", error.remedy) from None


def _decimal(cell: str, spec: ColumnSpec, options: FileOptions) -> Decimal:
    number, percent = (cell[:-1], True) if spec.percent and cell.endswith("%") else (cell, False)
    # only where the company declared it: elsewhere 1,234 is a little more than one
    if options.thousands and _GROUPED.fullmatch(number):
        number = number.replace(options.thousands, "")
    try:
        if number.startswith("+"):  # so begins a formula in a spreadsheet, and +5 its result
            raise FormError("a sign that no number of ours has")
        value = read_decimal(number)
    except FormError:
        kind = "amount" if spec.name in {"cogs", "rate"} else "number"
        raise BadValueError("C152", f"this is no {kind}", _NUMBER_REMEDY) from None
    except LimitError as error:
        raise BadValueError("C157", error.cause, error.remedy) from None
    value = shift(value, -2) if percent else value
    # refused, not rounded: the sum of a column must be that of its file
    if value != round_half_up(value, spec.places):
        raise BadValueError(
            "C157", f"the number has more than {spec.places} decimal places", f"give at most {spec.places}"
        )
    check_range(value, spec)
    return value


def _integer(cell: str, spec: ColumnSpec, _: FileOptions) -> int:
    try:
        value = read_whole(cell)
    except ReadingError as error:
        raise BadValueError("C153", "this is no whole number", error.remedy) from None
    check_range(Decimal(value), spec)
    return value


def _boolean(cell: str, _: ColumnSpec, __: FileOptions) -> bool:
    word = cell.casefold()
    if word not in _TRUE | _FALSE:
        raise BadValueError(
            "C154", "this is neither yes nor no", "write true or false, yes or no, 1 or 0, 是 or 否"
        )
    return word in _TRUE


def _date(cell: str, options: FileOptions, from_workbook: bool) -> date:
    form = options.date_format or ""
    remedy = f"write it as {form or 'YYYY-MM-DD, e.g. 2011-11-30'}, or declare `date_format:` in files.yaml"
    # only a workbook adds midnight by itself; in a CSV somebody wrote a time into a column of days
    midnight = day_of_midnight(cell) if from_workbook else ""
    try:
        return plausible(read_date(midnight) if midnight else read_date(cell, form))
    except FormError:
        raise BadValueError("C151", "this is no date", remedy) from None
    except LimitError as error:
        raise BadValueError("C157", error.cause, remedy) from None


def _instant(cell: str, _: ColumnSpec, __: FileOptions) -> datetime:
    """A point in time; without an offset it stays naive, and the caller knows the shop's zone."""
    try:
        return read_instant(cell)
    except FormError:
        raise BadValueError("C151", "this is no point in time", _INSTANT_REMEDY) from None
    except LimitError as error:
        raise BadValueError("C157", error.cause, _INSTANT_REMEDY) from None


def _period(cell: str, from_workbook: bool) -> str:
    midnight = day_of_midnight(cell) if from_workbook else ""
    # A spreadsheet turns 2011-11 into the first of November; any other day is no month and is refused.
    text = midnight[:7] if midnight.endswith("-01") else cell
    try:
        return Period.parse(text).id
    except UsageError as error:
        raise BadValueError("C155", "this is no period", error.remedy) from None


_READERS: Mapping[str, Callable[[str, ColumnSpec, FileOptions], Value]] = {
    "currency": _currency,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "instant": _instant,
}
