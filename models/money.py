"""Exact decimal arithmetic: the one place where figures are divided and rounded.

Belongs here: context, division, rounding. Not here: reading a number (values), what is divided by what (scoring, scorecard).
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

# 38 digits is the widest DECIMAL of the warehouse; 50 leaves room for a product of two of them before
# the total is rounded.
CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
# `quantize` fails where the digits of the result exceed the precision (Python documentation, "decimal"); a quotient of 50
# digits may have more zeros after the point than any column holds.
_WIDE = Context(prec=300, rounding=ROUND_HALF_UP)

_P = ParamSpec("_P")
_T = TypeVar("_T")


def exact(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """The function under the product's precision, so that it may write + − × ÷ as arithmetic is read.

    Without it Python's operators round to 28 digits, halves to even. Not for generators: their body runs later.

    >>> @exact
    ... def third(whole: Decimal) -> Decimal:
    ...     return whole / 3
    >>> len(str(third(Decimal(1))))
    52
    """

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with localcontext(CONTEXT):
            return function(*args, **kwargs)

    return run


def add(left: Decimal, right: Decimal) -> Decimal:
    """The sum in the product's precision."""
    return CONTEXT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """The difference in the product's precision; `-x` and `abs(x)` round to Python's default 28."""
    return CONTEXT.subtract(left, right)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """The product in the product's precision."""
    return CONTEXT.multiply(left, right)


def divide(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The quotient to 50 digits; dividing by zero raises: whether a figure is missing is decided before.

    >>> divide(Decimal(1), Decimal(8))
    Decimal('0.125')
    """
    return CONTEXT.divide(numerator, denominator)


def total(values: list[Decimal]) -> Decimal:
    """The sum of all values; 0 for none."""
    result = Decimal(0)
    for value in values:
        result = CONTEXT.add(result, value)
    return result


def round_half_up(value: Decimal, places: int) -> Decimal:
    """The value with so many decimals, halves away from zero, as people in pay offices round.

    >>> round_half_up(Decimal("89.995"), 2), round_half_up(Decimal("-0.125"), 2)
    (Decimal('90.00'), Decimal('-0.13'))
    """
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_WIDE)


def shift(value: Decimal, places: int) -> Decimal:
    """The value with its point moved to the right, or with a negative number to the left; no digit is lost.

    >>> shift(Decimal("1234"), -2)
    Decimal('12.34')
    """
    return value.scaleb(places, _WIDE)


def plain(value: Decimal) -> str:
    """The number as people write it: no exponent, no trailing zeros.

    >>> plain(Decimal("120.00")), plain(Decimal("1E+3")), plain(Decimal("-0"))
    ('120', '1000', '0')
    """
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def settle(value: Decimal, places: int) -> Decimal:
    """The value rounded half-up after the last digits left by divisions are absorbed.

    1/3 + 1/3 + 1/3 is 0.99…9 in any finite precision; without the first step a true 89.995 could arrive as
    89.99499…9 and cost a grade. A figure of real data never lies within 1e-30 of a tie without being one.

    >>> third = divide(Decimal("0.015"), Decimal(7))
    >>> settle(add(Decimal("89.98"), third * 7), 2)
    Decimal('90.00')
    """
    return round_half_up(round_half_up(value, 30), places)
