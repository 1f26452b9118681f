"""The storeys of `connectors/`: imports run downwards only, those for types included, and in no circle."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.storeys import module_of, modules_imported

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
MODULES = {module_of(path, ROOT): path for path in FILES}
NAMED = [name for storey in STOREYS for name in storey if name != "platform"]


def wing_of(module: str) -> str:
    """The wing that a module stands in: a named one, or the platform's own folder."""
    below = [name for name in NAMED if module == name or module.startswith(f"{name}.")]
    return max(below, key=len) if below else ".".join(module.split(".")[:2])


def storey_of(wing: str) -> int:
    return next((n for n, storey in enumerate(STOREYS) if wing in storey), _PLATFORMS)


_PLATFORMS = next(n for n, storey in enumerate(STOREYS) if "platform" in storey)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_import_leads_up_a_storey_or_across_to_another_platform(path: Path) -> None:
    mine = wing_of(module_of(path, ROOT))
    up = [
        module
        for module in modules_imported(path, MODULES) - {"connectors"}
        if (wing := wing_of(module)) != mine and storey_of(wing) >= storey_of(mine)
    ]

    assert up == [] or module_of(path, ROOT) == "connectors"


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = {name: path for name, path in MODULES.items() if wing_of(name) != "connectors.testing"}
    graph = {name: modules_imported(path, known) - {name} for name, path in known.items()}

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle: {' -> '.join(circle.args[1])}", pytrace=False)
