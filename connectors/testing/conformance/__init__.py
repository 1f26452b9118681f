"""The conformance suite: the same 34 promises, shown for every connector against a fake of its platform.

Belongs here: running points on a case. Not here: cases (tests/connectors/testing/conformance/cases), fakes
(connectors/testing/fakes), pytest.

Imports run one way, from the first line to the last:

verdicts.py, case.py   what a check may find out; what a connector declares
store.py, traps.py     what a warehouse would hold; when a fault strikes
bench.py               experiments and their judge
register.py, forks.py  the list of points; processes to be killed
points_*.py, storm.py  the 34 points; the fault storm
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
from connectors.testing.conformance.case import StreamCase
from connectors.testing.conformance.register import POINTS, Point
from connectors.testing.conformance.storm import StormResult, storm
from connectors.testing.conformance.verdicts import NotApplicable, Shown, Unproven, Verdict, VerdictState

__all__ = ["POINTS", "Bench", "Point", "StormResult", "StreamCase", "Verdict", "examine", "run", "storm"]

# named so that they are imported: each module registers its checks by being loaded
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


def examine(bench: Bench, number: int) -> Verdict:
    """The verdict on one point for the bench's case."""
    case, point = bench.case, POINTS[number]
    state, shown = _checked(point, bench)
    return Verdict(
        case=case.id,
        number=number,
        title=point.title,
        state=state,
        tried=shown.tried,
        reasons=shown.limits,
    )


def _checked(point: Point, bench: Bench) -> tuple[VerdictState, Shown]:
    # before the check: a reason in the case spares the run of what cannot apply
    if (known := bench.case.not_applicable.get(point.number)) is not None:
        return "not applicable", Shown(limits=(known,))
    try:
        return "pass", point.check(bench) or Shown()
    except NotApplicable as reason:
        return "not applicable", Shown(limits=(str(reason),))
    except Unproven as evidence:
        return "fail", Shown(limits=(str(evidence),))


def run(case: StreamCase, points: Iterable[int] | None = None, *, slow: bool = False) -> list[Verdict]:
    """All verdicts on a case, in the order of the points.

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
