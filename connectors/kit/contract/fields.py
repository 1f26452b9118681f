"""Field types for row models: strict for keys, money and times.

Belongs here: types every connector may use. Not here: what a number, a day or an id is (models/values), a platform's own words.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from models.tables import MONEY_WIDTH
from models.values import (
    fit,
    plausible,
    read_date,
    read_decimal,
    read_epoch,
    read_instant_utc,
    read_key,
    read_whole,
)


class Row(BaseModel):
    """Base of what a connector reads; wire names are the field names."""

    # strict: pydantic would otherwise read the text "yes" as True and 1.0 as a count
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class CamelRow(Row):
    """Base for platforms that write camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


def plain_text(value: object) -> str:
    """The digits of a number or text as it stands on the wire.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Decimal):
        return format(value, "f")  # never long: strict_json refuses absurd magnitudes
    # a bool is an int in Python: True must not become the id 1
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("neither text nor number")
    return str(value)


def _money(value: object) -> Decimal:
    # pydantic's own Decimal takes full-width digits, exponents and binary floats: an amount must be plain ASCII digits
    return read_decimal(plain_text(value))


def _storable(amount: Decimal) -> Decimal:
    return fit(amount, MONEY_WIDTH)


def _instant(value: object) -> datetime:
    return read_instant_utc(value if isinstance(value, str) else "")  # "" is what the reader refuses


def _epoch(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not epoch seconds")
    return read_epoch(value)


def _count(value: object) -> int:
    # strict_json makes a Decimal of every number with a point: a count of 2.0 is another field than we thought
    if isinstance(value, Decimal):
        raise ValueError("not a count")
    return read_whole(plain_text(value), least=0)


def _day(value: object) -> date:
    return plausible(read_date(value if isinstance(value, str) else ""))


Money = Annotated[Decimal, BeforeValidator(_money)]
Amount = Annotated[Decimal, BeforeValidator(_money), AfterValidator(_storable)]
Id = Annotated[str, BeforeValidator(read_key)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Count = Annotated[int, BeforeValidator(_count)]  # a whole number that is not negative, also as text
Day = Annotated[date, BeforeValidator(_day)]
EpochSeconds = Annotated[datetime, BeforeValidator(_epoch)]


def money_text(amount: Decimal) -> str:
    """Plain decimal text, digit by digit as the platform wrote it."""
    # -0.00 is an amount of nothing: a minus before it would make another text of the same row
    return format(abs(amount) if amount.is_zero() else amount, "f")
