"""Money of pay lines: rounded once to the fen, and arguments that must be money or shares.

Belongs here: rounding of a line and the checks that several pay methods share. Not here: decimal arithmetic
(money) or what a line consists of.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from models.errors import DefinitionError
from models.money import exact, round_half_up, settle
from models.scoring.arguments import Arguments, required_number

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
_MOST_DIGITS = 36  # before the point, in the warehouse's widest DECIMAL(38, 2)
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True)
class Amount:
    """One pay line."""

    amount: Decimal


@exact
def fen(value: Decimal) -> Decimal:
    """The amount of a pay line: two decimals, halves away from zero, never a minus zero.

    >>> fen(Decimal("1312.505")), fen(Decimal("-0.001"))
    (Decimal('1312.51'), Decimal('0.00'))

    Raises:
        DefinitionError: D221 for an amount that no payroll can hold.
    """
    # a zero is let through: 0E+50 has an exponent and no digits
    if value != 0 and value.adjusted() >= _MOST_DIGITS:
        what = f"an amount of more than {_MOST_DIGITS} digits"
        # three digits and the exponent: written out, the number would fill the message
        raise DefinitionError("D221", what, actual=f"{value:.3e}", remedy="check the units of its inputs")
    return settle(value, 2) + ZERO  # -0.00 + 0 is 0.00: nobody's statement shows a minus zero


@exact
def to_fen(value: Decimal) -> int:
    """The amount as a whole number of fen.

    >>> to_fen(Decimal("333.335"))
    33334
    """
    return int(fen(value) * HUNDRED)


@exact
def from_fen(count: int) -> Decimal:
    """So many fen as an amount.

    >>> from_fen(33334)
    Decimal('333.34')
    """
    return round_half_up(Decimal(count) / HUNDRED, 2)


def not_negative(a: Arguments, name: str, default: Decimal | int | None = None) -> Decimal:
    """A number of 0 or more; a sign slip would turn a cost into pay."""
    value = a.number(name, default)
    if value < 0:
        raise a.invalid(name, "must be 0 or more")
    return value


def above_zero(a: Arguments, name: str, default: Decimal | int | None = None) -> Decimal:
    """A number above 0."""
    value = a.number(name, default)
    if value <= 0:
        raise a.invalid(name, "must be above 0")
    return value


def share(a: Arguments, name: str, default: Decimal | int | None = None) -> Decimal:
    """A share from 0 to 1: 20 % is 0.2, so that 20 is caught.

    >>> share(Arguments("pay.holdback", {"share": "0.2"}, ("share",)), "share")
    Decimal('0.2')
    """
    value = a.number(name, default)
    if not 0 <= value <= 1:
        raise a.invalid(name, "must be a share from 0 to 1 (20 % is 0.2)")
    return value


def one_of(a: Arguments, name: str, words: tuple[_Word, ...], default: _Word | None = None) -> _Word:
    """One of a few words, with the type that lists them."""
    value = a.choice(name, words, default)
    # the word out of `words` and not `value`: only the former has the Literal type
    return next(word for word in words if word == value)


def positive_target(a: Arguments, name: str) -> Decimal:
    """A target that something can be divided by.

    Raises:
        DefinitionError: `ratio_needs_positive_target`.
    """
    value = a.number(name)
    if value <= 0:
        what = f"{a.method}: {name} must be above 0 for an attainment"
        raise DefinitionError(
            "ratio_needs_positive_target", what, actual=str(value)[:100], remedy="set a target above 0"
        )
    return value


def by_id(a: Arguments, name: str) -> dict[str, Decimal]:
    """At least one id with a number each."""
    entries = a.mapping(name)
    if not entries:
        raise a.invalid(name, "must hold at least one id")
    # An id comes from outside and may be of any length: 60 characters of it tell whose number is wrong.
    return {key: required_number(a.method, f"{name} {key[:60]}", value) for key, value in entries.items()}
