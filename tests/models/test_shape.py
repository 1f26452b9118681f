import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import models

MODELS = Path(models.__file__).parent
FILES = sorted(MODELS.rglob("*.py"))
MODULES = sorted(m.name for m in pkgutil.walk_packages(models.__path__, "models."))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(MODELS)))
def test_no_binary_float_exists_in_models(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    literals = [
        n.lineno for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float)
    ]
    names = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "float"]
    assert literals + names == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(MODELS)))
def test_models_import_only_the_standard_library_and_yaml(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    imported = {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    imported |= {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not imported & {
        "connectors",
        "warehouse",
        "pipelines",
        "duckdb",
        "requests",
        "polars",
        "os",
        "random",
        "socket",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(MODELS)))
def test_models_never_evaluate_code_or_read_the_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {
        "eval",
        "exec",
        "compile",
        "open",
        "__import__",
        "datetime.now",
        "date.today",
        "time.time",
    }


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_every_scoring_method_has_an_example() -> None:
    finder = doctest.DocTestFinder()

    for name in MODULES:
        if name.startswith("models.scoring.") and not name.endswith((".arguments", ".weights")):
            module = importlib.import_module(name)
            assert any(t.examples for t in finder.find(module)), name
