"""The suite itself: a right connector passes all of it, and each of its mistakes is caught by the point it breaks."""

import os
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import DeclarationWrong
from connectors.kit.contract.pagers import Cursor
from connectors.kit.contract.stream import ByChange, Paged
from connectors.testing.conformance import POINTS, Bench, examine, storm
from models.loads import FailedWindow
from tests.connectors.changed import changed
from tests.connectors.testing.conformance.bugs import BUGS, KEY_IN_ADDRESS, Bug, NosyTicket
from tests.connectors.testing.conformance.sample import CASE, TICKETS, Tidydesk
from tests.connectors.testing.conformance.sample_report import REPORT_CASE

pytestmark = pytest.mark.slow  # the suite over right and wrong connectors


@pytest.fixture(autouse=True)
def _machine_in_utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture(scope="module")
def report() -> Iterator[Bench]:
    with Bench(REPORT_CASE) as bench:
        yield bench


@pytest.fixture(scope="module")
def sample() -> Iterator[Bench]:
    with Bench(CASE) as bench:
        yield bench


NUMBERS = pytest.mark.parametrize(
    "number",
    [pytest.param(n, marks=[pytest.mark.slow] if p.is_slow else []) for n, p in sorted(POINTS.items())],
)


@NUMBERS
def test_a_right_connector_passes(sample: Bench, number: int) -> None:
    verdict = examine(sample, number)

    assert verdict.state != "fail", verdict.said
    assert (verdict.state == "not applicable") is (number in (24, 26))


@NUMBERS
def test_a_right_connector_with_reports_passes(report: Bench, number: int) -> None:
    verdict = examine(report, number)

    assert verdict.state != "fail", verdict.said
    assert (verdict.state == "not applicable") is (number in (10, 11, 12, 13, 15, 18))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "_"))
def test_a_mistake_is_caught_by_its_point(bug: Bug) -> None:
    with Bench(bug.case) as bench:
        verdict = examine(bench, bug.point)

    assert verdict.state == "fail", f"{bug.name} passed point {bug.point}: {verdict.said}"
    assert bug.words in verdict.said


REFUSED = {
    "no proof": {"proof": None},
    "no look-back": {"lookback": None},
    "no reason for the look-back": {"lookback_reason": " "},
    "no documentation": {"docs": ""},
    "a kept personal field": {"model": NosyTicket},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_declaration_makes_impossible_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DeclarationWrong):
        changed(TICKETS, **changes)


def test_neither_pages_without_a_request_nor_changes_without_a_version_can_be_written() -> None:
    with pytest.raises(TypeError, match="request"):
        Paged(pager=Cursor("next", "last"), records="tickets")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="version"):
        ByChange(lookback=timedelta(0), lookback_reason="none is late")  # type: ignore[call-arg]


def test_a_connector_that_does_not_say_what_answers_mean_is_refused() -> None:
    with pytest.raises(DeclarationWrong, match="classify"):
        type("Silent", (Tidydesk,), {"streams": Tidydesk.streams})

    assert issubclass(Tidydesk, Connector)


def test_a_failed_window_has_no_cursor_that_could_be_saved() -> None:
    assert "cursor" not in {field.name for field in fields(FailedWindow)}


def test_a_reason_in_the_case_is_reported_instead_of_a_run() -> None:
    case = replace(CASE, not_applicable={4: "this sample is read by nobody"})

    with Bench(case) as bench:
        verdict = examine(bench, 4)

    assert (verdict.state, verdict.said) == ("not applicable", "this sample is read by nobody")


def test_a_key_in_the_address_is_told_nowhere() -> None:
    with Bench(KEY_IN_ADDRESS) as bench:
        verdict = examine(bench, 2)

    assert verdict.state == "pass", verdict.said


def test_storms_repeat_themselves_and_differ_by_seed(sample: Bench) -> None:
    first, again, other = storm(sample, 7), storm(sample, 7), storm(sample, 8)

    assert first == again
    assert (first.requests, first.faults) != (other.requests, other.faults)


def test_a_storm_over_a_connector_that_trusts_pages_is_not_survived_silently() -> None:
    trusting = next(bug.case for bug in BUGS if bug.name == "believes pages without a count")

    with Bench(trusting) as bench:
        results = [storm(bench, seed) for seed in range(6)]

    assert any("missing" in result.trouble for result in results)
