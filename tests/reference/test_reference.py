"""The product against an independent reference: 100,000 random calls over all methods, exactly."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from models.evaluation import METHODS as OURS
from tests.reference import reference as r
from tests.reference.compare import differences, report
from tests.reference.generate import GENERATORS, generate

QUICK, SHARD, ALL = 150, 1000, 100_000
OFTEN = {"score.total": 10_000, "pay.commission": 10_000}
SELDOM = -(-(ALL - sum(OFTEN.values())) // (len(GENERATORS) - len(OFTEN)))


def shards() -> Iterator[object]:
    """A first small range of seeds for every run, the many of each method in slow ranges."""
    for method in GENERATORS:
        stop = OFTEN.get(method, SELDOM)
        marks = [0, QUICK, *range(SHARD, stop, SHARD), stop]
        for n, (low, high) in enumerate(pairwise(marks)):
            slow = [pytest.mark.slow] if n else []
            yield pytest.param(method, range(low, high), id=f"{method}-{low}", marks=slow)


@pytest.mark.parametrize(("method", "seeds"), list(shards()))
def test_the_product_and_the_reference_agree(method: str, seeds: range) -> None:
    for seed in seeds:
        inputs = generate(method, seed)

        differing = differences(method, inputs)

        assert not differing, report(method, seed, inputs)


def test_a_hundred_thousand_inputs_are_compared() -> None:
    assert sum(OFTEN.get(method, SELDOM) for method in GENERATORS) >= ALL


def test_every_referenced_method_has_inputs_and_exists() -> None:
    assert set(GENERATORS) == set(r.METHODS)
    assert set(r.METHODS) <= set(OURS)
