"""Every connector stream keeps every promise of the suite, or says why one cannot apply."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors import registry
from connectors.testing.conformance import POINTS, Bench, StreamCase, examine
from tests.connectors.testing.conformance.discovery import cases, is_quick
from tests.docs.pages import ROOT
from tests.docs.pages.conformance import PAGE, as_told, read


def _slug(title: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split()[:5])


def _parameter(case: StreamCase, number: int) -> Any:
    marks = [pytest.mark.xdist_group(f"conformance-{case.id}")]
    if POINTS[number].is_slow or not is_quick(case.connector.name):
        marks.append(pytest.mark.slow)
    return pytest.param(case, number, id=f"{case.id}-{number:02}-{_slug(POINTS[number].title)}", marks=marks)


@pytest.mark.parametrize(("case", "number"), [_parameter(c, n) for c in cases() for n in sorted(POINTS)])
def test_connector_keeps_the_promise_as_the_page_says(
    case: StreamCase, number: int, bench_of: Callable[[StreamCase], Bench]
) -> None:
    verdict = examine(bench_of(case), number)

    assert verdict.state != "fail", verdict.said
    told = read((ROOT / PAGE).read_text("utf-8")).get((case.id, number))
    assert as_told(verdict) == told, f"stale: run `make pages RUN={case.connector.name}`"


def test_every_stream_of_every_registered_connector_has_a_case() -> None:
    streams = {f"{name}.{stream.name}" for name in registry.names() for stream in registry.get(name).streams}

    shipped = {case.id for case in cases() if case.connector.name in registry.names() and not case.way}
    assert streams == shipped


def test_there_are_34_points_and_a_reason_names_only_real_ones() -> None:
    assert sorted(POINTS) == list(range(1, 35))
    for case in cases():
        assert set(case.not_applicable) <= set(POINTS), case.id
        assert all(len(reason) > 15 for reason in case.not_applicable.values()), case.id


def test_the_page_tells_of_every_promise_of_every_stream_and_of_no_other() -> None:
    told = read((ROOT / PAGE).read_text("utf-8"))

    assert set(told) == {(case.id, number) for case in cases() for number in POINTS}
