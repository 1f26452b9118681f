"""Thirty storms per connector, ten at least per stream: equal or loud, polite, at most 1.8 times the requests."""

from collections.abc import Callable

import pytest

from connectors.testing.conformance import Bench, StreamCase, storm
from connectors.testing.conformance.storm import MOST_REQUESTS
from tests.connectors.testing.conformance.discovery import cases, is_quick

SEEDS, PER_STREAM = 30, 10


def connectors() -> list[str]:
    return sorted({case.connector.name for case in cases()})


def seeds_of(streams: list[StreamCase]) -> dict[str, range]:
    """Every stream has its own storms; together they are the connector's."""
    each = max(PER_STREAM, -(-SEEDS // len(streams)))
    return {case.id: range(n * each, (n + 1) * each) for n, case in enumerate(streams)}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if is_quick(n) else pytest.mark.slow) for n in connectors()]
)
def test_thirty_storms_end_equal_or_loud_and_polite(
    name: str, bench_of: Callable[[StreamCase], Bench]
) -> None:
    streams = [case for case in cases() if case.connector.name == name]
    seeds = seeds_of(streams)

    results = [storm(bench_of(case), seed) for case in streams for seed in seeds[case.id]]

    assert len(results) >= SEEDS
    assert [f"seed {r.seed}: {r.trouble}" for r in results if r.trouble] == []
    assert sum(r.faults for r in results) > len(results), "hardly any fault struck"
    assert any(r.is_equal for r in results), "no storm at all was survived"
    asked, clean = sum(r.requests for r in results), sum(r.clean_requests for r in results)
    assert asked <= MOST_REQUESTS * clean, f"{asked} requests, {clean} without faults"
