from collections.abc import Mapping
from copy import deepcopy
from decimal import ROUND_FLOOR, Decimal, localcontext
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from tests.properties.test_method_properties import (
    DIRECTIONS,
    actuals,
    paid,
    refusal,
    score,
    seeds,
    shufflers,
    tables,
)
from tests.reference.generate import GENERATORS, generate

Inputs = dict[str, Any]

pytestmark = pytest.mark.slow  # hundreds of examples of every method

ORDERED = {"points", "curve", "quotas", "earned", "segments"}
# The two figures that add up quotients: their 50th digit may depend on the order.
LAST_DIGIT = Decimal("1e-30")


def shuffled(value: Any, random: Random, key: str = "") -> Any:
    """The same inputs with every mapping, and every list whose order means nothing, in another order."""
    if isinstance(value, Mapping):
        entries = [(k, shuffled(v, random, k)) for k, v in value.items()]
        random.shuffle(entries)
        return dict(entries)
    if isinstance(value, list) and key not in ORDERED:
        return random.sample([shuffled(v, random, key) for v in value], len(value))
    return value


def same(left: Any, right: Any) -> bool:
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return abs(left - right) <= LAST_DIGIT * max(abs(left), Decimal(1))
    return bool(left == right)


def by_name(found: Inputs) -> Inputs:
    """The outputs without the weights that a total lists in the order of its items."""
    return {key: value for key, value in found.items() if not (key == "shares" and isinstance(value, tuple))}


@pytest.mark.parametrize("method", sorted(GENERATORS))
@given(seed=seeds, random=shufflers)
def test_the_order_of_items_members_and_bands_never_matters(method: str, seed: int, random: Random) -> None:
    inputs = generate(method, seed)
    mixed = shuffled(inputs, random)

    code = refusal(method, inputs)

    assert (code is None) == (refusal(method, mixed) is None)
    if code is None:
        first, second = models.evaluate(method, inputs), models.evaluate(method, mixed)
        assert same(by_name(first), by_name(second))


@pytest.mark.parametrize("method", sorted(GENERATORS))
@given(seed=seeds)
def test_the_caller_s_decimal_context_and_inputs_stay_out_of_it(method: str, seed: int) -> None:
    inputs = generate(method, seed)
    if refusal(method, inputs):
        return
    before, expected = deepcopy(inputs), models.evaluate(method, inputs)

    with localcontext() as context:
        context.prec, context.rounding = 4, ROUND_FLOOR
        found = models.evaluate(method, inputs)

    assert found == expected
    assert inputs == before


MONEY = (
    *("amount", "bonus", "above_target", "base_pool", "excess_pool", "pool", "gross", "penalty", "topup"),
    *("time_pay", "commission", "payments", "balance", "shares", "original", "restated", "adjustment"),
    *("payable", "carry_forward", "lines", "remaining"),
)


def decimals(value: Any) -> list[Decimal]:
    if isinstance(value, Mapping):
        return [d for v in value.values() for d in decimals(v)]
    if isinstance(value, list | tuple):
        return [d for v in value for d in decimals(v)]
    return [value]


@pytest.mark.parametrize("method", sorted(m for m in GENERATORS if m.startswith("pay.")))
@given(seed=seeds)
def test_every_pay_line_is_whole_fen(method: str, seed: int) -> None:
    inputs = generate(method, seed)
    if refusal(method, inputs):
        return

    found = models.evaluate(method, inputs)

    lines = [d for key in MONEY for d in decimals(found.get(key, []))]
    assert all(line.as_tuple().exponent == -2 for line in lines)
    assert not any(line == 0 and line.is_signed() for line in lines), "minus zero"


@given(tables("rate"), actuals, st.sampled_from(["progressive", "whole_slab", "lump_excess"]))
def test_the_unit_of_money_changes_only_the_unit(bands: list[Inputs], basis: Decimal, mode: str) -> None:
    # A thousand times the money, rates of three decimals: both amounts are whole fen before rounding.
    basis = basis.quantize(Decimal(1))
    large = [{**b, **{k: f"{b[k]}000" for k in ("min", "max") if b[k]}} for b in bands]

    small_pay = paid("pay.commission", mode=mode, bands=large, basis=basis * 1000)
    large_pay = paid(
        "pay.commission",
        mode=mode,
        bands=[{**b, **{k: f"{b[k]}000" for k in ("min", "max") if b[k]}} for b in large],
        basis=basis * 10**6,
    )

    assert large_pay == small_pay * 1000


@given(DIRECTIONS, actuals, actuals.filter(bool), st.sampled_from(["0.001", "0.1", "7", "10000"]))
def test_a_score_does_not_know_the_unit_of_its_figures(
    direction: str, actual: Decimal, target: Decimal, unit: str
) -> None:
    rule: Inputs = {"direction": direction, "target": target}
    scaled: Inputs = {"direction": direction, "target": target * Decimal(unit)}

    assert score("score.linear", actual=actual, **rule) == score(
        "score.linear", actual=actual * Decimal(unit), **scaled
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1), st.integers(1, 9))
def test_only_proportions_of_rating_weights_decide(ratings: list[tuple[str, int]], scale: int) -> None:
    given_ = [{"type": t, "score": s} for t, s in ratings]
    weights = {"a": 50, "b": 30, "c": 20}

    plain = score("score.rating", scale_max=5, weights=weights, ratings=given_)
    scaled = score(
        "score.rating", scale_max=5, weights={t: w * scale for t, w in weights.items()}, ratings=given_
    )

    assert same(plain, scaled)
