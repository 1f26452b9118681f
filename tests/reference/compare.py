"""Whether the product's outputs are the reference's, and the smallest inputs on which they are not.

Belongs here: comparing, shrinking. Not here: inputs (generate.py), what is right (reference.py).
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import models
from models.errors import DefinitionError
from tests.reference.common import Outputs
from tests.reference.reference import outcome

DIGITS = 25  # what is compared of a figure that no finite decimal can hold
HELD = 10**45  # a finite decimal up to this many digits must come out exactly ...
# ... except sums of several quotients (thirds of thirds); what is rounded from them is exact again.
SUMMED = {
    ("score.rating", "score"),
    ("score.linear", "score"),  # full marks times an attainment such as 2/3
    ("score.total", "base"),
    ("score.total", "kpi_scores"),
}


def product(method: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the product answers, an error as {error: code}."""
    try:
        return models.evaluate(method, inputs)
    except DefinitionError as error:
        return {"error": error.code}


def differences(method: str, inputs: Mapping[str, Any]) -> list[str]:
    """One line per output that differs; none when both agree."""
    expected, found = outcome(method, inputs), product(method, inputs)
    if "error" in expected or "error" in found:
        same = expected.get("error") == found.get("error")
        return [] if same else [f"reference {shown(expected)}, product {shown(found)}"]
    return [line for key in expected for line in _output(method, key, expected, found)]


def _output(method: str, key: str, expected: Outputs, found: Mapping[str, Any]) -> Iterator[str]:
    return _differ(key, expected[key], found.get(key), (method, key) in SUMMED)


def _differ(path: str, expected: Any, found: Any, summed: bool) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping) and expected.keys() == found.keys():
        for key, value in expected.items():
            yield from _differ(f"{path}.{key}", value, found[key], summed)
    elif isinstance(expected, list) and isinstance(found, list | tuple) and len(expected) == len(found):
        for n, (left, right) in enumerate(zip(expected, found, strict=True)):
            yield from _differ(f"{path}[{n}]", left, right, summed)
    elif not _same(expected, found, summed):
        yield f"{path}: reference {shown(expected)}, product {shown(found)}"


def _same(expected: Any, found: Any, summed: bool) -> bool:
    if not isinstance(expected, Fraction):
        return bool(expected == found and type(expected) is type(found))
    if not isinstance(found, Decimal) or not found.is_finite():
        return False
    missed = abs(Fraction(found) - expected)
    near = missed <= max(abs(expected), Fraction(1)) / 10**DIGITS
    return not missed or (near and (summed or not _holds(expected)))


def _holds(value: Fraction) -> bool:
    """Whether a decimal of usual length can hold the value exactly."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and abs(value.numerator) < HELD and value.denominator < HELD


def shown(value: Any) -> str:
    """The value as people read it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, Fraction):
        return f"{value.numerator / Decimal(value.denominator):f}" if _holds(value) else str(value)
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def smaller(inputs: Any) -> Iterator[Any]:
    """The same inputs with one key, element or branch less."""
    if isinstance(inputs, Mapping):
        for key, value in inputs.items():
            yield {k: v for k, v in inputs.items() if k != key}
            for less in smaller(value):
                yield {**inputs, key: less}
    elif isinstance(inputs, list):
        for n, value in enumerate(inputs):
            yield [*inputs[:n], *inputs[n + 1 :]]
            for less in smaller(value):
                yield [*inputs[:n], less, *inputs[n + 1 :]]


def minimal(method: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The inputs with everything left out that the same disagreement does not need."""
    kind = _kind(method, inputs)
    for _ in range(200):
        found = next((less for less in smaller(inputs) if _kind(method, less) == kind), None)
        if found is None:
            break
        inputs = found
    return inputs


def _kind(method: str, inputs: Mapping[str, Any]) -> object:
    """Which outputs differ or which codes were given: what must stay the same while inputs shrink."""
    try:
        expected, found = outcome(method, inputs), product(method, inputs)
        if "error" in expected or "error" in found:
            return expected.get("error"), found.get("error")
        return {key for key in expected if list(_output(method, key, expected, found))}
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, AssertionError):
        return None


def report(method: str, seed: int, inputs: Mapping[str, Any]) -> str:
    """What a failure prints: where it came from and one line that shows it again."""
    least = minimal(method, inputs)
    lines = differences(method, least)
    call = f"models.evaluate({method!r}, {json.dumps(least, ensure_ascii=False)})"
    call = call.replace("null", "None").replace("true", "True").replace("false", "False")
    return "\n".join([f"{method} seed {seed}", *lines, call])
