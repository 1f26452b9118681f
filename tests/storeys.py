"""Rooms of a package and the arrows between them, from its imports: what stands on what.

A room is a file or folder directly inside a package, or inside a wing of it. An arrow is any import, also one inside a function
or for a type only. Not here: which arrows are allowed (test_repo_shape.py).
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Arrow = tuple[str, str]  # importing room, imported room


@dataclass(frozen=True)
class Storeys:
    """One package or wing as rooms and arrows."""

    rooms: frozenset[str]
    arrows: dict[Arrow, tuple[str, ...]]  # with the files that draw it

    @cached_property
    def circles(self) -> list[list[str]]:
        """Rooms that stand on each other, one circle at a time as far as they are found; none when imports run one way."""
        left = {room: {b for a, b in self.arrows if a == room} for room in self.rooms}
        found = []
        while True:
            try:
                tuple(TopologicalSorter(left).static_order())
            except CycleError as error:
                circle = list(dict.fromkeys(error.args[1]))
                found.append(sorted(circle))
                for room in circle:
                    left[room] -= set(circle)
            else:
                return found

    @cached_property
    def storey(self) -> dict[str, int]:
        """The storey of every room: 1 stands on nothing."""
        below = {room: {b for a, b in self.arrows if a == room} for room in self.rooms}
        for circle in self.circles:
            for room in circle:
                below[room] -= set(circle)
        found: dict[str, int] = {}
        for room in TopologicalSorter(below).static_order():
            found[room] = 1 + max((found[b] for b in below[room]), default=0)
        return found

    @property
    def height(self) -> int:
        """How many storeys there are."""
        return max(self.storey.values(), default=0)


def storeys_of(root: Path, package: str) -> Storeys:
    """Rooms directly inside `package` (`warehouse`, `connectors/kit`); its `__init__.py` is the face and no room."""
    folder = root / package
    dotted = package.replace("/", ".")
    files = [path for path in sorted(folder.rglob("*.py")) if path != folder / "__init__.py"]
    rooms = frozenset(_room(path, folder) for path in files)
    arrows: dict[Arrow, set[str]] = {}
    for path in files:
        here = _room(path, folder)
        for name in imported(path):
            if not name.startswith(f"{dotted}."):
                continue
            there = name.removeprefix(f"{dotted}.").split(".")[0]
            if there in rooms and there != here:
                arrows.setdefault((here, there), set()).add(path.relative_to(root).as_posix())
    return Storeys(rooms, {arrow: tuple(sorted(names)) for arrow, names in sorted(arrows.items())})


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports; `from a import b` may mean the module a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def module_of(path: Path, root: Path) -> str:
    """The dotted name of a file; a package is named by its folder."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_imported(path: Path, known: Collection[str]) -> set[str]:
    """Which of the known modules a file imports: a name that is no module itself stands for the one that it comes from."""
    return {name if name in known else name.rpartition(".")[0] for name in imported(path)} & set(known)


def _room(path: Path, folder: Path) -> str:
    first = path.relative_to(folder).parts[0]
    return first.removesuffix(".py")
