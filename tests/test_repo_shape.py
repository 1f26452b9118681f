"""The shape of the repository as tests: directions, docstrings, lengths, and words that never appear."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "connectors", "warehouse", "pipelines")
ALLOWED = {
    "models": {"models"},
    "connectors": {"models", "connectors"},
    "warehouse": {"models", "warehouse"},
    "pipelines": set(PACKAGES),
}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.Module) -> set[str]:
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return named | {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]

    ours = {name.split(".")[0] for name in _imports(ast.parse(path.read_text(encoding="utf-8")))} & set(
        PACKAGES
    )

    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_every_module_says_what_it_holds(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    functions = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    too_long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60]

    assert len(text.splitlines()) <= 400
    assert too_long == []


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_code_is_evaluated_and_no_annotation_is_postponed(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}

    assert not called & {"eval", "exec", "__import__", "compile"}
    assert "__future__" not in _imports(tree)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_dagster_is_known_to_the_wiring_only(path: Path) -> None:
    imported = {name.split(".")[0] for name in _imports(ast.parse(path.read_text(encoding="utf-8")))}

    assert path.relative_to(ROOT).parts[0] == "pipelines" or "dagster" not in imported


def test_requests_always_name_a_timeout() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"requests.get", "requests.post"}:
                assert "timeout" in {keyword.arg for keyword in node.keywords}, _name(path)
