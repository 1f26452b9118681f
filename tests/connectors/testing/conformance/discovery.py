"""All cases, found by their folder: one module per connector in cases/, each with a tuple CASES."""

from functools import cache
from importlib import import_module
from pathlib import Path

from connectors.testing.conformance import StreamCase

FOLDER = Path(__file__).parent / "cases"

QUICK = "orderbook"  # what `make check` puts through the suite; `make test` all of them


def is_quick(connector: str) -> bool:
    """Whether `make check` puts a connector through the suite."""
    return connector == QUICK


@cache
def cases() -> tuple[StreamCase, ...]:
    modules = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    found = [import_module(f"tests.connectors.testing.conformance.cases.{name}").CASES for name in modules]
    return tuple(case for of_module in found for case in of_module)
