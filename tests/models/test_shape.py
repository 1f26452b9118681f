import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import models

MODELS = Path(models.__file__).parent
ROOT = MODELS.parent
FILES = sorted(MODELS.rglob("*.py"))
PRODUCT = [
    f for p in ("models", "connectors", "warehouse", "pipelines") for f in sorted((ROOT / p).rglob("*.py"))
]
MODULES = sorted(m.name for m in pkgutil.walk_packages(models.__path__, "models."))


# True division, powers and these calls turn integers into binary floats, or round a Decimal half to even.
FLOAT_CALLS = {"float", "complex", "round", "pow", "total_seconds", "timestamp", "from_float"}
FLOAT_MODULES = {"math", "cmath", "statistics", "time", "numpy", "polars", "pandas"}
EXACT_NAMES = {"math": {"lcm", "gcd", "prod"}}  # integers in, integers out
OWN_ARITHMETIC = {"quantize", "normalize", "localcontext", "getcontext", "setcontext"}


def relative(path: Path) -> str:
    return str(path.relative_to(MODELS))


def below_root(path: Path) -> str:
    return str(path.relative_to(ROOT))


def float_makers(tree: ast.Module) -> list[str]:
    """Every piece of code that could bring a binary float onto the way to a score or to pay."""
    divided = {id(n) for f in ast.walk(tree) if is_exact(f) for n in ast.walk(f) if divides_decimals(n)}
    found = [n for n in ast.walk(tree) if can_make_a_float(n) and id(n) not in divided]
    return [f"{getattr(n, 'lineno', 0)}: {ast.unparse(n)}" for n in found]


def is_exact(node: ast.AST) -> bool:
    """A function under the product's precision, where figures are divided with an operator."""
    return isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == "exact" for d in node.decorator_list)


def divides_decimals(node: ast.AST) -> bool:
    """A division that does not begin with an integer; that a name is no integer is the type checker's to prove."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    left = ast.unparse(node.left)
    return not isinstance(node.left, ast.Constant) and not left.startswith(("len(", "int("))


def can_make_a_float(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=float() | complex()):
            return True
        case ast.BinOp(op=ast.Div() | ast.Pow()) | ast.AugAssign(op=ast.Div() | ast.Pow()):
            return True
        case ast.Name(id="float" | "complex" | "math"):
            return True
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] in FLOAT_MODULES for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            exact = EXACT_NAMES.get(module, set())
            return module.split(".")[0] in FLOAT_MODULES and not {alias.name for alias in names} <= exact
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in FLOAT_CALLS
    return False


def is_own_arithmetic(node: ast.AST) -> bool:
    """Rounding or a decimal context of one's own, beside the one place that has both."""
    match node:
        case ast.ImportFrom(module="decimal", names=names):
            return any(alias.name.endswith(("Context", "context")) for alias in names)
        case ast.Call(func=ast.Name(id="round")):
            return True
        case ast.Attribute(value=ast.Name(id="unicodedata"), attr="normalize"):
            return False  # of texts
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in OWN_ARITHMETIC
    return False


def own_arithmetic(tree: ast.Module) -> list[str]:
    """Every piece of code that rounds or makes a decimal context."""
    return [ast.unparse(n) for n in ast.walk(tree) if is_own_arithmetic(n)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(MODELS)))
def test_no_operation_of_models_can_make_a_binary_float(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert float_makers(tree) == []


@pytest.mark.parametrize("path", [f for f in PRODUCT if f != MODELS / "money.py"], ids=below_root)
def test_figures_are_rounded_and_divided_in_money_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert own_arithmetic(tree) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 0.1",
        "x = a / b",
        "a /= b",
        "x = a ** b",
        "x = round(a, 2)",
        "x = float(a)",
        "x = Decimal(float(a))",
        "x = Decimal.from_float(a)",
        "import math",
        "from math import sqrt",
        "import statistics as s",
        "x = span.total_seconds()",
        "read = float",
        "x = abs(Decimal(a)) % 1.5",
        "x = math.floor(a)",
        "x = sum(rows, start=0.0)",
        "x = a * 1e3",
        "x = 2j",
        "@exact\ndef f(a):\n    return 1 / a",
        "@exact\ndef f(a):\n    return len(a) / 2",
        "def f(a, b):\n    return a / b",
    ],
)
def test_the_check_finds_what_could_make_a_float(source: str) -> None:
    assert float_makers(ast.parse(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        "x = a.quantize(b)",
        "x = a.normalize()",
        "with localcontext() as c:\n    pass",
        "getcontext().prec = 9",
        "from decimal import Context",
        "x = round(a, 2)",
    ],
)
def test_the_check_finds_arithmetic_outside_money(source: str) -> None:
    assert own_arithmetic(ast.parse(source)) != []


# The one module of models that may touch a disk: see its docstring.
WRITES = MODELS / "whole_file.py"


@pytest.mark.parametrize("path", [f for f in FILES if f != WRITES], ids=relative)
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
        if name.startswith("models.scoring.") and not name.endswith(
            (".arguments", ".weights", ".method", ".registry")
        ):
            module = importlib.import_module(name)
            assert any(t.examples for t in finder.find(module)), name
