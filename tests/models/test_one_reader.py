"""Values from outside are read in models/values.py, files are put in place in models/whole_file.py, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "connectors", "warehouse", "pipelines")
# Platforms' own rows have readers of their own until their platform writes as all others do.
READING = (
    "models",
    "connectors/kit",
    "connectors/http_json",
    "connectors/file_drop",
    "warehouse",
    "pipelines/company",
)
READERS = {"get_close_matches", "strptime", "fromisoformat"}
ONE_READER = {"models/values.py"}
ONE_WRITER = {"models/whole_file.py"}
# These read back what the product itself wrote: state, landing files, records of loads.
OWN_NOTES = {
    "connectors/kit/contract/oauth.py",
    "connectors/kit/transport/state.py",
    "connectors/kit/window/replay.py",
    "connectors/file_drop/drop_files.py",
    # the ledger and its snapshots, and the days in our own sentences
    "models/causes.py",
    "models/closing/entries.py",
    "models/closing/manifest.py",
    "models/closing/plan_record.py",
    "models/closing/states.py",
}


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def readers(tree: ast.Module) -> list[str]:
    """Calls that turn a text into a value in a way of their own."""
    found = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [
        ast.unparse(f)
        for f in found
        if (f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "")) in READERS
    ]


def renames(tree: ast.Module) -> list[str]:
    """`part.replace(path)`: a text is replaced by two arguments, a day by keywords."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return [ast.unparse(c) for c in calls if c.func.attr == "replace" and len(c.args) == 1 and not c.keywords]  # type: ignore[attr-defined]


def below_root(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "path", [p for p in files(*READING) if below_root(p) not in ONE_READER | OWN_NOTES], ids=below_root
)
def test_values_from_outside_are_read_in_one_place(path: Path) -> None:
    assert readers(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "path", [p for p in files(*PACKAGES) if below_root(p) not in ONE_WRITER], ids=below_root
)
def test_files_are_put_in_place_in_one_place(path: Path) -> None:
    assert renames(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", sorted(OWN_NOTES))
def test_every_exception_is_needed(name: str) -> None:
    assert readers(ast.parse((ROOT / name).read_text(encoding="utf-8"))) != []
