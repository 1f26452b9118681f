"""JSON without surprises: exact numbers in, exact numbers out.

Numbers with a fraction become Decimal, duplicate keys and NaN are refused, `dumps` writes a Decimal as its
own digits. Not here: what the values mean.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn

from connectors.kit.contract.errors import SchemaDrift

Json = Any  # what a platform sends is unknown until a model has looked at it
MAX_MAGNITUDE = 40  # digits before the point, or zeros after it: 1e400 is an attack or a fault, never money


class NotJson(ValueError):  # noqa: N818 - a state of the text, caught close by
    """The text is not one whole JSON document."""


def _number(text: str) -> Decimal:
    value = Decimal(text)
    # the exponent of a zero means nothing: 0E-50 is an honest way to write it
    if not value.is_zero() and abs(value.adjusted()) > MAX_MAGNITUDE:
        raise SchemaDrift("a number is out of any sensible range")
    return value


def _constant(name: str) -> NoReturn:
    raise SchemaDrift("the answer holds a number that is none", actual=name)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    # the json module would keep the last of two equal names and lose the first silently
    if len(found) != len(pairs):
        raise SchemaDrift("the answer names one field twice in one object")
    return found


def loads(data: bytes) -> Json:
    """The document in `data`.

    Raises:
        NotJson: cut, not UTF-8, too deep, or not JSON at all.
        SchemaDrift: JSON that no honest platform sends (NaN, Infinity, duplicate keys, absurd magnitudes).
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_float=_number,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise NotJson(type(error).__name__) from None  # JSONDecodeError carries the whole text along


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_constant, object_pairs_hook=_object)


def first(text: str, at: int) -> tuple[Json, int] | None:
    """The object that begins at `at` and where it ends; None while `text` does not hold all of it.

    Raises:
        SchemaDrift: as `loads`.
    """
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


# allow_nan would write NaN, which is no JSON (RFC 8259, section 6)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def dumps(value: Json) -> str:
    """Canonical text: sorted keys, no spaces, Decimals digit by digit."""
    try:
        return _ENCODER.encode(value)  # C speed; it refuses a Decimal, which most answers do not hold
    except TypeError:
        return _exact(value)


def _exact(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(k)}:{_exact(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_exact, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return _text(value)


def _text(value: Json) -> str:
    return _ENCODER.encode(value)


def dig(body: Json, path: str) -> Json:
    """The value at a dotted path; a missing step means that the platform changed its envelope."""
    for step in path.split("."):
        if not isinstance(body, dict) or step not in body:
            raise SchemaDrift("the answer lacks a field of its envelope", actual=path)
        body = body[step]
    return body
