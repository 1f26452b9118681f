"""Arithmetic as sentences in Chinese and English.

Belongs here: numbers and steps as text. Not here: the arithmetic itself (scoring) or layout
(pipelines/render).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from models.money import plain, round_half_up

PLACES = 6  # the most that a ratio may be shown with (models.units)


@dataclass(frozen=True)
class Step:
    """One line of arithmetic."""

    zh: str
    en: str


def shown(value: Decimal) -> str:
    """The number with at most six decimals.

    >>> shown(Decimal("1350000.00")), shown(Decimal(1) / 3)
    ('1350000', '0.333333')
    """
    return plain(round_half_up(value, PLACES))


def term(value: Decimal) -> str:
    """The number inside a formula; a negative one in brackets."""
    return f"({shown(value)})" if value < 0 else shown(value)  # 5 − (-3), never 5 − -3


def result(value: Decimal, places: int = PLACES) -> str:
    """`= 1.35`, or `≈ 0.333333` where digits were cut.

    >>> result(Decimal("1.35")), result(Decimal(1) / 3, 2)
    ('= 1.35', '≈ 0.33')
    """
    rounded = round_half_up(value, places)
    return f"{'=' if rounded == value else '≈'} {plain(rounded)}"


def equation(zh: str, en: str, formula: str) -> Step:
    """`name = formula` in both languages."""
    return Step(f"{zh} = {formula}", f"{en} = {formula}")


def figure(zh: str, en: str, formula: str, value: Decimal) -> Step:
    """`name = formula = value`: an intermediate figure with up to six decimals.

    >>> figure("比率", "rate", "140 ÷ 500", Decimal("0.28")).en
    'rate = 140 ÷ 500 = 0.28'
    """
    return equation(zh, en, f"{formula} {result(value)}")


def sum_of(values: Iterable[Decimal]) -> str:
    """`600 + (-12)`; nothing sums to 0.

    >>> sum_of([Decimal(600), Decimal(-12)])
    '600 + (-12)'
    """
    return " + ".join(term(v) for v in values) or "0"


def points(value: Decimal) -> str:
    """Points with two decimals, as the total counts them: `= 36.00`."""
    rounded = round_half_up(value, 2)
    return f"{'=' if rounded == value else '≈'} {rounded:f}"
