"""Thirty storms per stream (four in a quick run): equal or loud, polite, at most 1.8 times the requests."""

from collections.abc import Callable

import pytest

from connectors.kit.conformance import Bench, Case, storm
from connectors.kit.conformance.storm import MOST_REQUESTS
from tests.connectors.conformance.discovery import cases

FEW, MANY = range(4), range(4, 30)
SEEDS = [FEW, pytest.param(MANY, marks=pytest.mark.slow)]


@pytest.mark.parametrize("seeds", SEEDS, ids=["few", "many"])
@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.id, marks=pytest.mark.xdist_group(f"conformance-{c.id}")) for c in cases()],
)
def test_a_storm_ends_equal_or_loud_and_polite(
    case: Case, seeds: range, bench_of: Callable[[Case], Bench]
) -> None:
    bench = bench_of(case)

    results = [storm(bench, seed) for seed in seeds]

    assert [f"seed {r.seed}: {r.trouble}" for r in results if r.trouble] == []
    assert any(r.faults for r in results), "no fault struck"
    if seeds is MANY:  # few storms say nothing about shares
        asked, clean = sum(r.requests for r in results), sum(r.clean_requests for r in results)
        assert asked <= MOST_REQUESTS * clean, f"{asked} requests, {clean} without faults"
        assert any(r.is_equal for r in results), "no storm at all was survived"
