"""What comes from outside, read once: numbers, days, instants, zones, years, currencies, ids, and the nearest known name.

Belongs here: one reader for each kind of value, with its one limit beside the reason.
Not here: arithmetic and rounding (money), the code and the place of a refusal (whoever reads the file), the words a column
allows (models/tables and the layouts).

Python's own converters are too kind for pay: `Decimal()` reads full-width digits and 1E+400, `int()` reads 1_000, and
`fromisoformat` reads week dates. So every text is matched in full before it is converted.

    ValueError
    └── ReadingError       a value from outside is refused: `cause` and `remedy`
        ├── FormError      it is not written in the agreed form
        └── LimitError     it has the form, and is larger, finer, longer or in another year than anything real
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from models.money import round_half_up


class Width(NamedTuple):
    """What a DECIMAL column holds: digits before the point and after it."""

    whole: int
    places: int


# DuckDB's widest DECIMAL holds 38 digits (duckdb.org, "Numeric Types"); what is longer could not be stored.
MAX_DIGITS = 38
# 18 digits always fit a BIGINT, whose largest value has 19 (duckdb.org, "Numeric Types").
WHOLE_DIGITS = 18
# The epoch (1970-01-01, in the west still 1969) is what a lost instant looks like, and so are seconds that were taken for
# milliseconds. Nobody who works today was hired before 1971. Milliseconds taken for seconds lie far beyond 2100.
YEARS = range(1971, 2101)
# No platform we read has ids of half that length; a longer one is a text in the wrong column.
MAX_ID = 200
MAX_TEXT = 2000  # a comment of a page; a longer cell is a document in the wrong place
LIKE = Fraction(3, 5)  # what difflib itself takes for alike
MAX_WORD = 100  # difflib compares every pair of characters: a long word would take seconds
SHOP_FORM = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"  # a shop's id names a folder of landing files

# What a definition or an argument of a method may state. Its decimals have no limit of their own: 1/60 needs thirty.
STATED = Width(WHOLE_DIGITS, MAX_DIGITS)
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_WHOLE = re.compile(rf"-?[0-9]{{1,{WHOLE_DIGITS}}}", re.ASCII)
_WIDTH = re.compile(r"DECIMAL\((\d+), ?(\d+)\)", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# ISO 8601 as RFC 3339 profiles it, with a blank for the T as spreadsheets have it and an offset without a colon as Meta has
# it. Python keeps six digits of a second, as DuckDB's TIMESTAMPTZ does; platforms write up to nine.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_CURRENCY = re.compile("[A-Z]{3}", re.ASCII)  # ISO 4217, alphabetic code
_SHOP = re.compile(SHOP_FORM, re.ASCII)
# Bytes that no keyboard makes, and the signs that turn the direction of writing: a name could then show as another one
# (Unicode Technical Report 36, section 2.6).
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What shows as nothing or as a blank: controls, blanks other than U+0020 and U+3000, and Default_Ignorable_Code_Point of
# Unicode (DerivedCoreProperties.txt), together with the blank of the braille block.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # Halfwidth and Fullwidth Forms of Unicode

Number = str | int | Decimal
_Day = TypeVar("_Day", bound=date)  # a datetime is a date too


class ReadingError(ValueError):
    """A value from outside that is refused; `cause` is what is wrong with it, `remedy` what to write."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


class FormError(ReadingError):
    """The text is not written in the agreed form."""


class LimitError(ReadingError):
    """The value has the form and lies beyond its limit."""


def width_of(sql_type: str) -> Width | None:
    """The width of a DECIMAL type; None for any other type.

    >>> width_of("DECIMAL(18,4)")
    Width(whole=14, places=4)
    """
    found = _WIDTH.fullmatch(sql_type)
    return Width(int(found[1]) - int(found[2]), int(found[2])) if found else None


def dec(value: Number) -> Decimal:
    """The exact decimal of a text, an integer or a Decimal; a binary float is refused, not converted.

    >>> dec("1350000") + dec("0.10")
    Decimal('1350000.10')

    Raises:
        TypeError: for anything but text, int or Decimal, so that 0.1 can never mean 0.1000000000000000055.
        ReadingError: for text that is no plain number, or has more digits than `STATED` allows.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"a number must be text, int or Decimal, not {type(value).__name__}")
    if isinstance(value, str):
        return fit(read_decimal(value.strip()), STATED)
    number = Decimal(value)
    if not number.is_finite():
        raise FormError(f"not a finite number: {number}")
    return number


def looks_like_decimal(text: str) -> bool:
    """Whether a text is written as a number, however long.

    >>> looks_like_decimal("-1234.50"), looks_like_decimal("2026-10"), looks_like_decimal("9" * 400)
    (True, False, True)
    """
    return _DECIMAL.fullmatch(text) is not None


def read_decimal(text: str) -> Decimal:
    """The number of a text of digits with an optional sign and one point; `-0` is 0.

    Exponents, full-width digits, underscores and thousands separators are refused: each has been read as
    another number by somebody, and 1e9999999 is an attack.

    Raises:
        FormError, LimitError: the latter for more than 38 digits.
    """
    if not _DECIMAL.fullmatch(text):
        raise FormError("not a plain decimal number", "write digits with a point, e.g. 1234.50")
    digits = len(text) - (text[0] in "+-") - ("." in text)
    if digits > MAX_DIGITS:
        raise LimitError(f"the number has {digits} digits", f"write at most {MAX_DIGITS} digits")
    number = Decimal(text)
    return number.copy_abs() if number.is_zero() else number


def fit(number: Decimal, width: Width) -> Decimal:
    """The number itself, where a column of that width holds it digit by digit.

    >>> fit(Decimal("99999999999999.9999"), Width(14, 4))
    Decimal('99999999999999.9999')

    Raises:
        LimitError: it is larger than the column holds, or finer: a digit more would be rounded without a word.
    """
    if not number.is_zero() and number.adjusted() >= width.whole:
        raise LimitError(
            f"the number has {number.adjusted() + 1} digits before the point",
            f"at most {width.whole} of them can be held",
        )
    if round_half_up(number, width.places) != number:
        raise LimitError(
            f"the number has more than {width.places} decimal places", f"give at most {width.places}"
        )
    return number


def read_whole(text: str, least: int | None = None, most: int | None = None) -> int:
    """A whole number, within bounds where there are any.

    Raises:
        FormError, LimitError: not digits alone; more than 18 digits, or outside the bounds.
    """
    if not _WHOLE.fullmatch(text):
        if _DECIMAL.fullmatch(text) and "." not in text and "+" not in text:
            raise LimitError(f"the number has more than {WHOLE_DIGITS} digits", f"at most {WHOLE_DIGITS}")
        raise FormError("not a whole number", "write digits only, e.g. 2")
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        raise LimitError("the number is outside its bounds", f"write a whole number from {least} to {most}")
    return number


def read_date(text: str, form: str = "") -> date:
    """The calendar day of a text, in ISO form or in the stated form of `strptime`.

    Its year is not judged: a day of a definition may be a slip that only lint tells; see `plausible`.

    Raises:
        FormError: it is no day, or has digits that are not 0 to 9.
    """
    refusal = FormError("not a date", f"write it as {form or 'YYYY-MM-DD, e.g. 2011-11-30'}")
    if form:
        return _written_as(form, text, refusal).date()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that does not exist, e.g. 2011-02-30: refused below like any other wrong date
    raise refusal


def _written_as(form: str, text: str, refusal: FormError) -> datetime:
    if any(character.isdigit() and not character.isascii() for character in text):
        raise refusal  # `strptime` reads the digits of every script
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - without an offset it is the clock of the file's shop
    except (ValueError, re.error):  # re.error: `%Y` twice in the form, of which CPython makes a pattern
        raise refusal from None


def plausible(day: _Day) -> _Day:
    """The day or instant itself, where its year is one that real records have.

    Raises:
        LimitError: the year lies outside 1971 to 2100.
    """
    if day.year not in YEARS:
        raise LimitError(f"the year is outside {YEARS[0]} to {YEARS[-1]}", "correct the year")
    return day


def read_instant(text: str, form: str = "") -> datetime:
    """The point in time of a text, in ISO form or in the stated form of `strptime`.

    One without an offset stays naive: the caller knows the clock it was read from.

    Raises:
        FormError, LimitError: it is no point in time; its year is implausible.
    """
    refusal = FormError(
        "not a point in time", "write it as YYYY-MM-DD HH:MM:SS, with an offset such as +08:00"
    )
    if form:
        return plausible(_written_as(form, text, refusal))
    if not _INSTANT.fullmatch(text):
        raise refusal
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise refusal from None
    return plausible(instant)


def read_instant_utc(text: str) -> datetime:
    """The point in time of a text that states its offset, in UTC.

    Raises:
        FormError, LimitError: as `read_instant`; FormError too where there is no offset.
    """
    instant = read_instant(text)
    if instant.tzinfo is None:
        raise FormError("not an instant with a zone", "write the offset, e.g. 2011-12-01T06:30:00+00:00")
    return instant.astimezone(UTC)


def read_epoch(value: int, per_second: int = 1) -> datetime:
    """The instant of a count of seconds (or of 1/1000 seconds) since 1970, in UTC.

    Raises:
        LimitError: the year is implausible.
    """
    seconds, rest = divmod(value, per_second)
    if not 0 < seconds < 1 << 33:  # datetime holds no more than year 9999, and 1 << 33 lies in 2242
        raise LimitError("not an epoch time", "seconds since 1970 are meant")
    return plausible(datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=1) * rest // per_second)


def in_zone(clock: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a clock of the zone showed this time, in UTC; in the hour it shows twice, its first pass.

    Raises:
        LimitError: the clock never showed it, because it was put forward (PEP 495 calls it a gap).
    """
    instant = clock.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != clock:
        raise LimitError(f"the clock of {zone.key} never showed this time", "write the offset, e.g. +01:00")
    return instant


def read_zone(name: object) -> ZoneInfo:
    """The time zone of that name in the IANA database.

    Raises:
        FormError: there is none.
    """
    try:
        return ZoneInfo(name) if isinstance(name, str) else ZoneInfo("")
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # all three are raised for names that are none, or lead out of the database
        raise FormError("there is no such time zone", "write Asia/Shanghai") from None


def read_currency(text: object) -> str:
    """A currency code of three capital letters (ISO 4217).

    Raises:
        FormError: it is none.
    """
    if not isinstance(text, str) or not _CURRENCY.fullmatch(text):
        raise FormError("not a currency code", "write CNY")
    return text


def read_shop_id(text: str) -> str:
    """The id of a shop or account.

    Raises:
        FormError: it could not name a folder.
    """
    if not _SHOP.fullmatch(text):
        raise FormError("no id of a shop", "use letters, digits, point, dash and underscore, at most 64")
    return text


def read_id(text: str) -> str:
    """An id that people type, without the blanks around it; two that look alike are one, or one of them is refused.

    >>> read_id(" P001 ")
    'P001'
    >>> read_id("P0\u200b01")
    Traceback (most recent call last):
    ...
    models.values.FormError: the id holds an invisible character: U+200B at character 3

    Raises:
        FormError, LimitError: it is empty or holds a character that shows as nothing; more than 200 characters.
    """
    name = text.strip(" ")
    _check_length(name, MAX_ID)
    narrow = name.translate(_NARROW)
    if narrow != name and narrow.isascii():  # beside Chinese characters such digits are a way of writing
        raise FormError("the id is written in full-width characters", f"write {narrow}")
    if hidden := _INVISIBLE.search(name):
        place = f"U+{ord(hidden[0]):04X} at character {hidden.start() + 1}"
        raise FormError(f"the id holds an invisible character: {place}", "type the id again, without it")
    if (
        not name.strip() or name != name.strip()
    ):  # what is left to strip is U+3000, the blank as wide as a Chinese character
        raise FormError("the id begins or ends with a blank", "remove the blank")
    return name


def read_key(value: object) -> str:
    """An id that a machine made, kept character by character: what a platform keeps apart must stay apart.

    Raises:
        FormError: it is neither a whole number nor a text of 1 to 200 characters.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_ID:
        raise FormError("not an identifier")
    return text


def read_text(text: str) -> str:
    """A text for people: names, titles, comments.

    Raises:
        FormError, LimitError: it holds a control character; more than 2000 characters.
    """
    _check_length(text, MAX_TEXT)
    if _CONTROL.search(text):
        raise FormError("the text holds a control character", "remove tabs and other invisible characters")
    return text


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise LimitError(f"the text has {len(text)} characters", f"at most {most}")


def closest(word: str, known: Iterable[str], *, most: int = 1, likeness: Fraction = LIKE) -> list[str]:
    """The known names that a misspelt word may mean, the likeliest first."""
    names = sorted(known)
    found: list[str] = get_close_matches(word[:MAX_WORD], names, most, likeness)  # type: ignore[call-overload] # only compared
    return found


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A remedy for a misspelt word: the nearest known one, else what is said instead, else the list of all.

    >>> nearest("net_sale", ["net_sales", "refund_rate"])
    'did you mean net_sales?'
    """
    names = sorted(known)
    near = closest(word, names)
    return f"did you mean {near[0]}?" if near else otherwise or f"known: {', '.join(names)}"
