"""Field types for row models: strict for keys, money and times.

Belongs here: types every connector may use. Not here: a platform's own words.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

_MONEY = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,18}")
MAX_ID = 200  # characters; no platform here has ids longer than 64, tokens taken for ids are


class Row(BaseModel):
    """Base of what a connector reads; wire names are the field names."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class CamelRow(Row):
    """Base for platforms that write camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


def _money(value: object) -> Decimal:
    # pydantic's own Decimal takes full-width digits, exponents and binary floats: an amount must be plain ASCII digits
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        raise ValueError("not a plain decimal amount")
    amount = Decimal(value)
    return abs(amount) if amount.is_zero() else amount


def _storable(amount: Decimal) -> Decimal:
    # the warehouse keeps DECIMAL(18,4): a digit more would be rounded without a word
    if amount.quantize(Decimal("0.0001")) != amount or abs(amount) >= Decimal(10) ** 14:
        raise ValueError("more digits than the warehouse holds")
    return amount


def _identifier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_ID:
        raise ValueError("not an identifier")
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or len(value) < 20:
        raise ValueError("not an instant with a zone")
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("not an instant with a zone")
    return _in_range(instant.astimezone(UTC))


def _epoch(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 33:
        raise ValueError("not epoch seconds")
    return _in_range(datetime.fromtimestamp(value, UTC))


def _count(value: object) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return value
    raise ValueError("not a count")


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("not a day")
    day = date.fromisoformat(value)
    if not 2000 <= day.year <= 2100:
        raise ValueError("year outside 2000-2100")
    return day


def _in_range(instant: datetime) -> datetime:
    if not 2000 <= instant.year <= 2100:
        raise ValueError("year outside 2000-2100")
    return instant


Money = Annotated[Decimal, BeforeValidator(_money)]
Amount = Annotated[Decimal, BeforeValidator(_money), AfterValidator(_storable)]
Id = Annotated[str, BeforeValidator(_identifier)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Count = Annotated[int, BeforeValidator(_count)]  # a whole number that is not negative, also as text
Day = Annotated[date, BeforeValidator(_day)]
EpochSeconds = Annotated[datetime, BeforeValidator(_epoch)]


def money_text(amount: Decimal) -> str:
    """Plain decimal text, digit by digit as the platform wrote it."""
    return format(abs(amount) if amount.is_zero() else amount, "f")
