"""The conformance suite: the same 34 promises, shown for every connector against a fake of its platform.

Belongs here: running points on a case. Not here: cases (tests/connectors/testing/conformance/cases), fakes
(connectors/sandbox/platforms), pytest.

case.py      what a connector declares        bench.py   experiments and their judge   traps.py  when a fault strikes
findings.py  outcomes and the list of points  store.py   what a warehouse would hold   forks.py  processes to be killed
points_*.py  the 34 points                    storm.py   the fault storm               table.py  docs/conformance.md
"""

from collections.abc import Iterable

from connectors.testing.conformance import (
    points_account,
    points_faults,
    points_limits,
    points_paging,
    points_reports,
    points_shapes,
    points_truth,
    points_values,
)
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.case import Case
from connectors.testing.conformance.findings import POINTS, Finding, NotApplicable, Point, Unproven
from connectors.testing.conformance.storm import StormResult, storm

__all__ = ["POINTS", "Bench", "Case", "Finding", "Point", "StormResult", "examine", "run", "storm"]

PARTS = (
    points_account,
    points_truth,
    points_paging,
    points_faults,
    points_shapes,
    points_limits,
    points_reports,
    points_values,
)


def examine(bench: Bench, number: int) -> Finding:
    """The finding of one point for the bench's case."""
    case, point = bench.case, POINTS[number]
    if number in case.not_applicable:
        return Finding(case.id, number, point.title, "not applicable", case.not_applicable[number])
    try:
        return Finding(case.id, number, point.title, "pass", point.check(bench) or "")
    except NotApplicable as reason:
        return Finding(case.id, number, point.title, "not applicable", str(reason))
    except Unproven as evidence:
        return Finding(case.id, number, point.title, "fail", str(evidence))


def run(case: Case, points: Iterable[int] | None = None, *, slow: bool = False) -> list[Finding]:
    """All findings of a case, in the order of the points.

    Args:
        case: the connector's stream and its fake.
        points: only these.
        slow: also the points that take minutes.
    """
    numbers = sorted(
        points if points is not None else (n for n, p in POINTS.items() if slow or not p.is_slow)
    )
    with Bench(case) as bench:
        return [examine(bench, number) for number in numbers]
