"""What a point found, and the list of all points.

Belongs here: findings and the register. Not here: the checks themselves (the `points_` modules).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from connectors.testing.conformance.bench import Bench

State = Literal["pass", "not applicable", "fail"]
# a check returns a remark for the table or nothing; it raises Unproven or NotApplicable otherwise
Check = Callable[["Bench"], str | None]


@dataclass(frozen=True)
class Finding:
    """The outcome of one point for one case; `said` is a remark, a reason or the evidence."""

    case: str
    number: int
    title: str
    state: State
    said: str = ""


class Unproven(Exception):  # noqa: N818 - the connector was not shown to be wrong or right, it failed a point
    """The connector failed a point; the text is the evidence: numbers, window, code."""


class NotApplicable(Exception):  # noqa: N818 - no error
    """The point cannot apply to this stream; the text is the reason."""


@dataclass(frozen=True)
class Point:
    """One promise of the suite."""

    number: int
    title: str
    check: Check
    is_slow: bool = False


POINTS: dict[int, Point] = {}


def point(number: int, title: str, *, is_slow: bool = False) -> Callable[[Check], Check]:
    """Register a check under its number."""

    def register(check: Check) -> Check:
        assert number not in POINTS  # noqa: S101 - a slip in this package
        POINTS[number] = Point(number, title, check, is_slow)
        return check

    return register


def expect(is_so: object, evidence: str) -> None:
    """Fail the point with `evidence` unless `is_so`."""
    if not is_so:
        raise Unproven(evidence)
