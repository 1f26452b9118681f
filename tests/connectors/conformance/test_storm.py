"""Thirty storms per stream: equal or loud, polite, and not more than 1.8 times the requests."""

from collections.abc import Callable

import pytest

from connectors.kit.conformance import Bench, Case, storm
from connectors.kit.conformance.storm import MOST_REQUESTS
from tests.connectors.conformance.discovery import cases

SEEDS = 30


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.id, marks=pytest.mark.xdist_group(f"conformance-{c.id}")) for c in cases()],
)
def test_a_storm_ends_equal_or_loud_and_polite(case: Case, bench_of: Callable[[Case], Bench]) -> None:
    bench = bench_of(case)

    results = [storm(bench, seed) for seed in range(SEEDS)]

    assert [f"seed {r.seed}: {r.trouble}" for r in results if r.trouble] == []
    assert sum(r.faults for r in results) > SEEDS, "hardly any fault struck"
    assert any(r.is_equal for r in results), "no storm at all was survived"
    asked, clean = sum(r.requests for r in results), sum(r.clean_requests for r in results)
    assert asked <= MOST_REQUESTS * clean, f"{asked} requests, {clean} without faults"
