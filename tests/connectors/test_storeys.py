"""The storeys of `connectors/`: imports run downwards only, those for types included, and in no circle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "connectors").rglob("*.py"))
# from the ground up; what is named later may import what is named earlier, and what shares a storey never meets
STOREYS = (
    ("connectors.kit.contract",),
    ("connectors.kit.transport",),
    ("connectors.kit.window",),
    ("connectors.kit",),
    ("platform", "connectors.file_drop", "connectors.http_json"),
    ("connectors.registry",),
    ("connectors.testing",),
    ("connectors.sandbox",),
)
NAMED = [name for storey in STOREYS for name in storey if name != "platform"]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def wing_of(module: str) -> str:
    """The wing that a module stands in: a named one, or the platform's own folder."""
    below = [name for name in NAMED if module == name or module.startswith(f"{name}.")]
    return max(below, key=len) if below else ".".join(module.split(".")[:2])


def storey_of(wing: str) -> int:
    return next((n for n, storey in enumerate(STOREYS) if wing in storey), _PLATFORMS)


_PLATFORMS = next(n for n, storey in enumerate(STOREYS) if "platform" in storey)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            files = [ROOT / node.module.replace(".", "/") / f"{alias.name}.py" for alias in node.names]
            yield from (module_of(file) for file in files if file.exists())
            if not all(file.exists() for file in files):
                yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_import_leads_up_a_storey_or_across_to_another_platform(path: Path) -> None:
    mine = wing_of(module_of(path))
    up = [
        module
        for module in imports(path)
        if module.startswith("connectors.")
        and (wing := wing_of(module)) != mine
        and storey_of(wing) >= storey_of(mine)
    ]

    assert up == [] or module_of(path) == "connectors"


def test_no_module_imports_itself_by_way_of_others() -> None:
    shipped = [path for path in FILES if wing_of(module_of(path)) != "connectors.testing"]
    known = {module_of(path) for path in shipped}
    graph = {
        module_of(path): {m for m in imports(path) if m in known} - {module_of(path)} for path in shipped
    }

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle: {' -> '.join(circle.args[1])}", pytrace=False)
