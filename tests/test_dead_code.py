"""Nothing stands in the product that nobody calls.

vulture reads the packages without their tests, so that a function that only a test calls is found too. What it cannot see being
called stands in CALLED with the caller.
"""

import re
from pathlib import Path

import pytest
from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
READ = ("models", "connectors", "warehouse", "pipelines", "benchmarks")

# file pattern, name pattern: who calls it
CALLED = {
    (r"connectors/\w+/__init__\.py", r"[A-Z]\w+"): "connectors are found by name (connectors/registry)",
    (r"connectors/testing/fakes/\w+\.py", r"\w+Fake"): "conformance cases under tests/ name their fake",
    (
        r"connectors/testing/platform\.py|connectors/testing/fakes/\w+\.py",
        r"(?!_)\w+",
    ): "the conformance suite asks what a fake can do",
    (r"connectors/testing/conformance/points_\w+\.py", r"\w+"): "points register themselves by decorator",
    (r"pipelines/commands/\w+\.py", r"\w+"): "commands register themselves by decorator",
    (r"models/cases\.py", r"read_case|run_case"): "kpi_definitions/cases are run by tests/golden",
    (
        r"models/definitions/schema\.py",
        r"definition_schema",
    ): "written to kpi_definitions/schema.json by `make pages`",
    (r".*", r"do_GET|do_POST|log_message|handle_error"): "http.server",
    (r".*", r"setup_for_execution|teardown_after_execution|from_config_value"): "Dagster",
    (r"connectors/testing/fakes/taobao_top\.py", r"_\w+"): "answered by the name of the method that is asked",
    (
        r"warehouse/facts/build\.py",
        r"rebuild_core",
    ): "tests compare what was built step by step with what is built anew",
    (r"warehouse/raw/history\.py", r"movements"): "tests follow a record through its loads",
}


def _is_called(file: str, name: str) -> bool:
    return any(re.fullmatch(where, file) and re.fullmatch(what, name) for where, what in CALLED)


@pytest.fixture(scope="module")
def unused() -> list[tuple[str, str, int]]:
    # pydantic calls what its decorators mark; attributes and class variables are fields of records
    reader = Vulture(
        ignore_decorators=[
            "@field_validator*",
            "@model_validator*",
            "@field_serializer*",
            "@click*",
            "@*.command*",
        ]
    )
    reader.scavenge([str(ROOT / folder) for folder in READ])
    kinds = {"function", "method", "class", "property", "import"}
    return [
        (Path(item.filename).resolve().relative_to(ROOT).as_posix(), item.name, item.first_lineno)
        for item in reader.get_unused_code()
        if item.typ in kinds
    ]


def test_nothing_is_there_that_nobody_calls(unused: list[tuple[str, str, int]]) -> None:
    assert [f"{file}:{line} {name}" for file, name, line in unused if not _is_called(file, name)] == []


@pytest.mark.parametrize(("where", "what"), CALLED)
def test_every_excuse_is_still_needed(where: str, what: str, unused: list[tuple[str, str, int]]) -> None:
    assert any(re.fullmatch(where, file) and re.fullmatch(what, name) for file, name, _ in unused)
