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
from models.spellings import day_text, instant_text, number_text, period_text
from models.tables.bounds import Bounds
from models.tables.words import allowed_word, shown_words
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

# how a workbook gives a day: it knows dates only as points in time
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00:00", re.ASCII)
# How a spreadsheet shows a number of more than eleven digits in a column that is not formatted as text.
# without a plus only with a point: 2E10 may well be an article number
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]\.[0-9]+[eE][0-9]+", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "是"}), frozenset({"false", "no", "n", "0", "否"})
# 1141,18 and 1.234,50, which no number with a point can be; 1,234 may be one with groups, and 1.234 one with a point
_WITH_COMMA = re.compile(r"-?([0-9]+,([0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(\.[0-9]{3})+,[0-9]+)", re.ASCII)
_NUMBER_REMEDY = (
    "write digits with a point, e.g. 1234.50: no currency sign, blank, exponent or full-width digit"
)
_COMMA_REMEDY = (
    'the file is declared with `decimal: ","`: write digits with a comma, e.g. 1234,50 or 1.234,50'
)
_STATE_COMMA = 'state `decimal: ","` where a comma stands before the decimals, or write digits with a point'
_STATE_GROUPS = 'state `thousands: ","` where commas group digits, or write digits with a point'
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
    if not spec.allowed:
        return value
    word = allowed_word(spec.name, value, spec.allowed)
    if word not in spec.allowed:
        raise BadValueError(
            "C156", "this value is not in use", f"use one of {shown_words(spec.name, spec.allowed)}"
        )
    return word


def _currency(cell: str, _: ColumnSpec, __: FileOptions) -> str:
    try:
        return read_currency(cell)
    except FormError as error:
        raise BadValueError("C156", "this value does not have the agreed form", error.remedy) from None


def is_percent(cell: str, spec: ColumnSpec) -> bool:
    """Whether a cell states a share in hundredths, as 40% and 40 ％ do."""
    return spec.percent and cell.strip().endswith(("%", "％"))


def _decimal(cell: str, spec: ColumnSpec, options: FileOptions) -> Decimal:
    percent = is_percent(cell, spec)
    number = cell[:-1].rstrip() if percent else cell
    try:
        if number.startswith("+"):  # so begins a formula in a spreadsheet, and +5 its result
            raise FormError("a sign that no number of ours has")
        value = read_decimal(number_text(number, options.decimal, options.thousands or ""))
    except FormError:
        kind = "amount" if spec.name in {"cogs", "rate"} else "number"
        raise BadValueError("C152", f"this is no {kind}", _number_remedy(number, options)) from None
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


def _number_remedy(number: str, options: FileOptions) -> str:
    """What to write, or to state of the file, where a number follows the other notation."""
    if options.decimal == ",":
        return _COMMA_REMEDY
    if _WITH_COMMA.fullmatch(number):
        return _STATE_COMMA
    return _STATE_GROUPS if number_text(number, thousands=",") != number else _NUMBER_REMEDY


def _integer(cell: str, spec: ColumnSpec, options: FileOptions) -> int:
    try:
        value = read_whole(number_text(cell, options.decimal, options.thousands or ""))
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
    remedy = (
        f"write it as {form or 'YYYY-MM-DD, e.g. 2011-11-30'}, or declare `date_format:` in files.yaml or facts.yaml, "
        "e.g. date_format: '%d/%m/%Y'"
    )
    # a true date of a workbook has no form of its own
    is_true_date = from_workbook and bool(day_of_midnight(cell))
    try:
        return plausible(read_date(cell, form) if form and not is_true_date else read_date(day_text(cell)))
    except FormError:
        raise BadValueError("C151", "this is no date", remedy) from None
    except LimitError as error:
        raise BadValueError("C157", error.cause, remedy) from None


def _instant(cell: str, _: ColumnSpec, __: FileOptions) -> datetime:
    """A point in time; without an offset it stays naive, and the caller knows the shop's zone."""
    try:
        return read_instant(instant_text(cell))
    except FormError:
        raise BadValueError("C151", "this is no point in time", _INSTANT_REMEDY) from None
    except LimitError as error:
        raise BadValueError("C157", error.cause, _INSTANT_REMEDY) from None


def _period(cell: str, from_workbook: bool) -> str:
    midnight = day_of_midnight(cell) if from_workbook else ""
    # A spreadsheet turns 2011-11 into the first of November; any other day is no month and is refused.
    text = midnight[:7] if midnight.endswith("-01") else period_text(cell)
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
