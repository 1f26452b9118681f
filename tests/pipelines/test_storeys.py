"""The rooms of `pipelines/` stand on each other one way: company and render below, then steps, graph and commands."""

import ast
from pathlib import Path

import pytest

from tests.storeys import module_of, modules_imported

ROOT = Path(__file__).resolve().parents[2]
STOREYS = (("company", "render"), ("steps",), ("closing",), ("graph",), ("commands",), ("definitions",))
FILES = sorted((ROOT / "pipelines").rglob("*.py"))


MODULES = {module_of(path, ROOT): path for path in FILES}


def _storey(module: str) -> int:
    room = module.split(".")[1]
    return next(number for number, rooms in enumerate(STOREYS) if room in rooms)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "pipelines"])
def test_a_room_imports_itself_and_rooms_below_it(module: str) -> None:
    room = module.split(".")[1]

    above = [
        other
        for other in modules_imported(MODULES[module], MODULES)
        if other.split(".")[1] != room and _storey(other) >= _storey(module)
    ]

    assert above == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows = {name: modules_imported(path, MODULES) - {name} for name, path in MODULES.items()}
    while free := [name for name, below in arrows.items() if not below & arrows.keys()]:
        for name in free:
            del arrows[name]

    assert sorted(arrows) == []


def test_modules_that_declare_commands_import_nothing_heavy_at_the_top() -> None:
    """`kpi --help` reads all of them."""
    declaring = {"pipelines.commands.cli"}
    while more := {m for d in declaring for m in _top_imports(MODULES[d])} - declaring:
        declaring |= more

    heavy = {
        (name, outside)
        for name in declaring
        for outside in _top_packages(MODULES[name])
        if outside in {"dagster", "duckdb", "polars", "pyarrow", "models", "connectors", "warehouse"}
    }

    assert heavy == set()


def _top_packages(path: Path) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    named = {node.module or "" for node in body if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in body if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in named}


def _top_imports(path: Path) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.module or "" for node in body if isinstance(node, ast.ImportFrom)} & MODULES.keys()
