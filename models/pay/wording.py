"""Words that the arithmetic of several pay methods shares.

Belongs here: how an amount, a sum or a list of shares is printed. Not here: the arithmetic of one method,
which stands beside its computation so that the two cannot drift apart.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from models.money import plain, round_half_up
from models.wording import Step, points, result


def money(value: Decimal) -> str:
    """The amount with its two decimals.

    >>> money(Decimal("1500"))
    '1500.00'
    """
    return f"{round_half_up(value, 2):f}"


def exact(value: Decimal) -> str:
    """An input inside a formula with up to twelve decimals; a negative one in brackets.

    >>> exact(Decimal("0.00000125")), exact(Decimal("-5.0"))
    ('0.00000125', '(-5)')
    """
    text = plain(round_half_up(value, 12))
    return f"({text})" if text.startswith("-") else text


def equation(zh: str, en: str, formula: str) -> Step:
    """`name = formula` in both languages."""
    return Step(f"{zh} = {formula}", f"{en} = {formula}")


def line(zh: str, en: str, formula: str, value: Decimal) -> Step:
    """`name = formula = 1312.50`: a pay line, with ≈ where fen were rounded."""
    is_value = formula in {exact(value), money(value)} and value == round_half_up(value, 2)
    return equation(zh, en, money(value) if is_value else f"{formula} {points(value)}")


def figure(zh: str, en: str, formula: str, value: Decimal) -> Step:
    """`name = formula = 0.79`: an intermediate figure with up to six decimals."""
    return equation(zh, en, formula if formula == exact(value) else f"{formula} {result(value)}")


def sum_of(values: Sequence[Decimal]) -> str:
    """`600 + 2160`; a negative term in brackets.

    >>> sum_of([Decimal(600), Decimal(-12)])
    '600 + (-12)'
    """
    return " + ".join(exact(value) for value in values) or "0"


def amounts(values: Mapping[str, Decimal]) -> str:
    """`a 333.34, b 333.33`, by id."""
    return ", ".join(f"{key} {money(values[key])}" for key in sorted(values))
