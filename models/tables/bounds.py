"""The range in which the numbers of a column lie, as its page says it and every way in holds it.

Belongs here: bounds, what is said about them. Not here: which column has which (one module per family), the SQL that
holds them against rows (warehouse/facts/refused.py).
"""

from decimal import Decimal
from typing import NamedTuple

from models.money import plain
from models.values import LimitError

_WIDEST = Decimal("100000000000")  # no law allows so much; the columns hold it, and more


class Bounds(NamedTuple):
    """The least and the most that a number may be, both included; None = no limit but the column's width.

    >>> str(Bounds(Decimal(1), Decimal(5))), str(Bounds(Decimal(0))), str(Bounds())
    ('1 to 5', 'at least 0', '')
    """

    least: Decimal | None = None
    most: Decimal | None = None

    def __str__(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{plain(self.least)} to {plain(self.most)}"
        if self.least is not None:
            return f"at least {plain(self.least)}"
        return "" if self.most is None else f"at most {plain(self.most)}"

    def holds(self, number: Decimal) -> bool:
        """Whether a number lies within."""
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def check(self, number: Decimal, meant: str = "") -> None:
        """Refuse a number that lies outside; `meant` is what to write instead.

        Raises:
            LimitError: with the bounds and what to write.
        """
        if not self.holds(number):
            raise LimitError(f"the number is outside {self.in_words()}", meant or "correct the number")

    def in_words(self) -> str:
        """The bounds after the word outside: `1 to 5`, `0 and above`; all that a column holds is no bound to tell."""
        if self.least is not None and (self.most is None or self.most >= _WIDEST):
            return f"{plain(self.least)} and above"
        return str(self)


ANY = Bounds()
FROM_ZERO = Bounds(Decimal(0))  # what is counted, measured or paid: a minus is the other direction, or a slip
FROM_ONE = Bounds(Decimal(1))  # a place in a list
# The smallest number that the column of a rate holds: money times 0 would be no money.
POSITIVE = Bounds(Decimal("0.00000001"))
SHARE = Bounds(Decimal(0), Decimal(1))
PERCENT_SCORE = Bounds(Decimal(0), Decimal(100))
STARS = Bounds(Decimal(1), Decimal(5))  # of every platform we read
HOURS_OF_A_DAY = Bounds(Decimal(0), Decimal(24))
