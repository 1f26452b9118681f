"""Spoilt inputs: every method answers with finite figures or refuses with a code; nothing else ever escapes."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

import models
from models.errors import DefinitionError
from tests.reference.generate import GENERATORS, generate

COUNT = 250
LEAVES: tuple[Any, ...] = (
    *(
        None,
        "",
        "0",
        "-1",
        "-0",
        "1e5",
        "NaN",
        "Infinity",
        "abc",
        "１",
        "0.1.2",
        "9" * 60,
        "0." + "0" * 40 + "1",
    ),
    *(
        0,
        7,
        True,
        0.5,
        float("nan"),
        Decimal("Infinity"),
        Decimal("NaN"),
        [],
        {},
        ["1"],
        {"a": "1"},
        object(),
    ),
    *("2026-02-30", "higher", "lower"),
)


def spoilt(value: Any, r: Random) -> Any:
    """The same inputs with one leaf replaced, one key dropped, doubled or made up."""
    if isinstance(value, dict) and value and r.random() < 0.85:
        key = r.choice(list(value))
        kind = r.random()
        if kind < 0.1:
            return {k: v for k, v in value.items() if k != key}
        if kind < 0.15:
            return {**value, "made_up": "1"}
        return {**value, key: spoilt(value[key], r)}
    if isinstance(value, list) and value and r.random() < 0.85:
        at = r.randrange(len(value))
        if r.random() < 0.1:
            return [*value, value[at]]
        return [*value[:at], spoilt(value[at], r), *value[at + 1 :]]
    return r.choice(LEAVES)


def figures(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from figures(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from figures(inner)
    else:
        yield value


@pytest.mark.parametrize("method", GENERATORS)
def test_spoilt_inputs_are_answered_finitely_or_refused(method: str) -> None:
    refused = 0
    for seed in range(COUNT):
        r = Random(f"hostile {method} {seed}")
        inputs = spoilt(spoilt(generate(method, seed), r) if r.random() < 0.3 else generate(method, seed), r)
        if not isinstance(inputs, dict):
            continue

        try:
            found = list(figures(models.evaluate(method, inputs)))
        except DefinitionError as error:
            refused += bool(error.code)
        except Exception as error:
            raise AssertionError(f"{method} seed {seed}: {type(error).__name__} on {inputs}") from error
        else:
            assert not any(isinstance(figure, float) for figure in found), inputs
            assert all(f.is_finite() for f in found if isinstance(f, Decimal)), inputs

    assert refused > COUNT / 4
