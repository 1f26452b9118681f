"""Values of a declared field: from what an answer holds to what a canonical column takes, exactly or not at all.

Belongs here: one type per kind of column, for the row models. Not here: which field is which column (columns.py).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from connectors.kit.contract.fields import Instant
from models.tables import Column, ColumnType

UNITS = {
    "one": 0,
    "fen": -2,
    "cents": -2,
    "percent": -2,
    "micros": -6,
}  # power of ten that leads to the column's unit
MONEY_UNITS = ("one", "fen", "cents", "micros")
INSTANT_FORMATS = ("iso", "epoch_seconds", "epoch_milliseconds", "local")
DATE_FORMATS = ("iso", "compact")
_WIDE = Context(prec=80)  # the default 28 digits would round long amounts when they are scaled
_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,12})?", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL_TYPE = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?", re.ASCII)
_DAYS = {
    "iso": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII),
    "compact": re.compile(r"[0-9]{8}", re.ASCII),
}
_YEARS = range(2000, 2101)
_LONGEST = 200


def column_type(
    column: Column, *, unit: str = "one", form: str = "iso", values: Mapping[str, str] | None = None
) -> Any:
    """The annotated type of a column's field.

    Args:
        column: the canonical column.
        unit: of a number, one of `UNITS`.
        form: of an instant or a day.
        values: the platform's words and what they mean here; another word is a change of the platform.
    """
    if column.type is ColumnType.NUMBER:
        return _number_type(column, unit)
    if column.type is ColumnType.INSTANT:
        return instant_type(form)
    if column.type is ColumnType.DATE:
        return Annotated[date, BeforeValidator(partial(_date, form=form))]
    if column.type is ColumnType.BOOLEAN:
        return Annotated[bool, BeforeValidator(partial(_flag, values=values))]
    return Annotated[str, BeforeValidator(partial(_text, values=values, allowed=column.allowed))]


def instant_type(form: str) -> Any:
    """The annotated type of a point in time; a local one has been given its zone before."""
    if form in ("iso", "local"):
        return Instant
    return Annotated[
        datetime, BeforeValidator(partial(_epoch, per_second=1 if form == "epoch_seconds" else 1000))
    ]


def or_nothing(type_: Any) -> Any:
    """The type with null; an empty text is nothing too, as an empty cell of a file is."""
    return Annotated[type_ | None, BeforeValidator(lambda value: None if value == "" else value)]


def _number_type(column: Column, unit: str) -> Any:
    shape = _DECIMAL_TYPE.fullmatch(column.sql_type)
    if shape is None:
        return Annotated[int, BeforeValidator(_whole)]
    width, places = int(shape[1]), int(shape[2])
    read: Callable[[object], Decimal] = partial(
        _decimal, power=UNITS[unit], digits=width - places, places=places
    )
    return Annotated[Decimal, BeforeValidator(read)]


def _scalar_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("neither text nor number")
    return str(value)


def _decimal(value: object, *, power: int, digits: int, places: int) -> Decimal:
    text = _scalar_text(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a plain decimal number")
    number = Decimal(text).scaleb(power, _WIDE)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -places:
        rounded = number.quantize(Decimal(1).scaleb(-places), context=_WIDE)
        if rounded != number:
            raise ValueError("finer than the column holds")
        number = rounded
    if abs(number) >= Decimal(10) ** digits:
        raise ValueError("larger than the column holds")
    return abs(number) if number.is_zero() else number


def _whole(value: object) -> int:
    text = _scalar_text(value)
    if not _WHOLE.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


def _text(value: object, *, values: Mapping[str, str] | None, allowed: tuple[str, ...]) -> str:
    text = _scalar_text(value)
    if values is not None:
        text = _meaning(text, values)
    if not text.strip() or len(text) > _LONGEST or _CONTROL.search(text):
        raise ValueError("no short plain text")
    if allowed and text not in allowed:
        raise ValueError("a word that the column does not know")
    return text


def _flag(value: object, *, values: Mapping[str, str] | None) -> bool:
    if values is not None:
        word = str(value).lower() if isinstance(value, bool) else _scalar_text(value)
        return _meaning(word, values) == "true"
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _meaning(word: str, values: Mapping[str, str]) -> str:
    if word not in values:
        raise ValueError("a word that `values` does not translate")
    return values[word]


def _epoch(value: object, *, per_second: int) -> datetime:
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < (1 << 33) * per_second:
        raise ValueError("not an epoch time")
    seconds, rest = divmod(number, per_second)
    return _plausible(datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=1) * rest / per_second)


def _date(value: object, *, form: str) -> date:
    text = _scalar_text(value)
    if not _DAYS[form].fullmatch(text):
        raise ValueError("not a day in the declared format")
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError("year outside 2000-2100")
    return day


def _plausible(instant: datetime) -> datetime:
    if instant.year not in _YEARS:
        raise ValueError("year outside 2000-2100")
    return instant


def with_zone(text: object, zone: ZoneInfo) -> str:
    """A time of the shop's clock as an instant; in the hour that a clock shows twice, its first pass.

    Raises:
        ValueError: it is no such time, or one that the clock never showed.
    """
    if not isinstance(text, str) or not _LOCAL.fullmatch(text):
        raise ValueError("not a local time")
    clock = datetime.fromisoformat(text)
    instant = clock.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != clock:
        raise ValueError("a time that the clock never showed")
    return instant.isoformat()
