"""Values of a declared field: from what an answer holds to what a canonical column takes, exactly or not at all.

Belongs here: one type per kind of column, for the row models. Not here: which field is which column (columns.py).
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from connectors.kit.contract.fields import Instant, plain_text
from models.money import round_half_up, shift
from models.tables import Column, ColumnType
from models.values import (
    Width,
    fit,
    in_zone,
    plausible,
    read_currency,
    read_date,
    read_decimal,
    read_epoch,
    read_id,
    read_instant,
    read_text,
    read_whole,
    width_of,
)

# power of ten that leads to the column's unit
UNITS = {
    "one": 0,
    "fen": -2,
    "cents": -2,
    "percent": -2,
    "micros": -6,
}
MONEY_UNITS = ("one", "fen", "cents", "micros")
INSTANT_FORMATS = ("iso", "epoch_seconds", "epoch_milliseconds", "local")
DATE_FORMATS = ("iso", "compact")
UNTRANSLATED = "untranslated: "
_COMPACT = re.compile(r"[0-9]{8}", re.ASCII)  # YYYYMMDD; `strptime` alone would take fewer digits


def column_type(
    column: Column, *, unit: str = "one", form: str = "iso", values: Mapping[str, str] | None = None
) -> Any:
    """The annotated type of a column's field.

    Args:
        column: the canonical column.
        unit: of a number, one of `UNITS`.
        form: of an instant or a day.
        values: the platform's words and what they mean here. Another word is a change of the platform where any text would be
            taken for one; where the column has a list, its record is kept out (warehouse/facts/refused.py).
    """
    if column.type is ColumnType.NUMBER:
        return _number_type(column, unit)
    if column.type is ColumnType.INSTANT:
        return instant_type(form)
    if column.type is ColumnType.DATE:
        return Annotated[date, BeforeValidator(partial(_date, form=form))]
    if column.type is ColumnType.BOOLEAN:
        return Annotated[bool, BeforeValidator(partial(_flag, values=values))]
    # with `values` the platform's words are translated first, and the list of the file decides
    if column.is_currency and values is None:
        return Annotated[str, BeforeValidator(read_currency)]
    return Annotated[str, BeforeValidator(partial(_text, column=column, values=values))]


def instant_type(form: str) -> Any:
    """The annotated type of a point in time; a local one has been given its zone before."""
    if form in ("iso", "local"):  # stamped before: columns.py
        return Instant
    return Annotated[
        datetime, BeforeValidator(partial(_epoch, per_second=1 if form == "epoch_seconds" else 1000))
    ]


def or_nothing(type_: Any) -> Any:
    """The type with null; an empty text is nothing too, as an empty cell of a file is."""
    return Annotated[type_ | None, BeforeValidator(lambda value: None if value == "" else value)]


def _number_type(column: Column, unit: str) -> Any:
    width = width_of(column.sql_type)
    if width is None:
        return Annotated[int, BeforeValidator(_whole)]
    return Annotated[Decimal, BeforeValidator(partial(_decimal, power=UNITS[unit], width=width))]


def _decimal(value: object, *, power: int, width: Width) -> Decimal:
    """The number in the unit of the column, with as many decimals as the column keeps at most."""
    number = fit(shift(read_decimal(plain_text(value)), power), width)
    exponent = number.as_tuple().exponent
    # `fit` let it pass, so the digits too many are zeros: nothing is rounded
    is_longer = isinstance(exponent, int) and exponent < -width.places
    return round_half_up(number, width.places) if is_longer else number


def _whole(value: object) -> int:
    return read_whole(plain_text(value))


def _text(value: object, *, column: Column, values: Mapping[str, str] | None) -> str:
    text = plain_text(value)
    if values is not None:
        # marked, so that a word which nobody translated is none of the column's by chance
        is_new = text not in values and bool(column.allowed)
        text = f"{UNTRANSLATED}{text}" if is_new else _meaning(text, values)
    text = read_id(text) if column.is_id else read_text(text)
    if not text.strip():  # blanks alone would be a value that nobody sees
        raise ValueError("an empty text")
    return text  # of a column with a list too: a word outside of it costs its record and not the window


def _flag(value: object, *, values: Mapping[str, str] | None) -> bool:
    if values is not None:
        word = str(value).lower() if isinstance(value, bool) else plain_text(value)
        return _meaning(word, values) == "true"
    # no 1 and 0: what they mean has to be said in `values`
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _meaning(word: str, values: Mapping[str, str]) -> str:
    if word not in values:
        raise ValueError("a word that `values` does not translate")
    return values[word]


def _epoch(value: object, *, per_second: int) -> datetime:
    return read_epoch(_whole(value), per_second)


def _date(value: object, *, form: str) -> date:
    text = plain_text(value)
    if form == "iso":
        return plausible(read_date(text))
    if not _COMPACT.fullmatch(text):
        raise ValueError("not a day in the declared format")
    return plausible(read_date(text, "%Y%m%d"))


def with_zone(text: object, zone: ZoneInfo) -> str:
    """A time of the shop's clock as an instant; in the hour that a clock shows twice, its first pass.

    Raises:
        ValueError: it is no such time, or one that the clock never showed.
    """
    clock = read_instant(text if isinstance(text, str) else "")
    if clock.tzinfo is not None:
        raise ValueError("not a local time")
    return in_zone(clock, zone).isoformat()
