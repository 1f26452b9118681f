"""The list of all promises: number, title, check.

Not here: the checks (the `points_` modules register themselves), what a check may find out (verdicts.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.verdicts import Shown

# a check returns what there is to say, or nothing; it raises Unproven or NotApplicable otherwise
Check = Callable[[Bench], Shown | None]


@dataclass(frozen=True)
class Point:
    """One promise of the suite."""

    number: int
    title: str
    check: Check
    is_slow: bool = False


POINTS: dict[int, Point] = {}


def point(number: int, title: str, *, is_slow: bool = False) -> Callable[[Check], Check]:
    """Register a check under its number.

    Raises:
        ValueError: two checks claim one number.
    """

    def register(check: Check) -> Check:
        if number in POINTS:
            raise ValueError(f"point {number} is taken by '{POINTS[number].title}'")
        POINTS[number] = Point(number, title, check, is_slow)
        return check

    return register
