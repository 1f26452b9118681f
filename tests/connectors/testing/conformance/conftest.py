"""One bench per case: its server and its clean run serve all points of the case."""

from collections.abc import Callable, Iterator

import pytest

from connectors.testing.conformance import Bench, StreamCase


@pytest.fixture(scope="session")
def bench_of() -> Iterator[Callable[[StreamCase], Bench]]:
    benches: dict[str, Bench] = {}

    def find(case: StreamCase) -> Bench:
        if case.id not in benches:
            benches[case.id] = Bench(case)
            benches[case.id].__enter__()
        return benches[case.id]

    yield find
    for bench in benches.values():
        bench.__exit__(None, None, None)
