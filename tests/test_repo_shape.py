"""The shape of the repository as tests: directions, storeys, docstrings, lengths, names, and words that never appear."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storeys import Storeys, imported, storeys_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "connectors", "warehouse", "pipelines")
ALLOWED = {
    "models": {"models"},
    "connectors": {"models", "connectors"},
    "warehouse": {"models", "warehouse"},
    "pipelines": set(PACKAGES),
}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}

# What stands on what, lowest first; a room imports only rooms before it. New wings get their place here first:
# pipelines/documents, pipelines/pages.
ORDER = {
    "connectors": ["kit", "file_drop", "http_json", "(platforms)", "testing", "sandbox"],
    "connectors/kit": ["contract", "transport", "window"],
    "warehouse": ["store", "raw", "facts", "figures", "published", "ledger", "locked"],
    "pipelines": ["company", "render", "steps", "closing", "graph", "commands", "definitions"],
}
WINGS = sorted(
    {path.parent.relative_to(ROOT).as_posix() for path in FILES if path.name == "__init__.py"}
    - {"models/codes"}
)
# The standard library without clock, environment, network, processes and randomness; yaml reads definitions.
MODELS_MAY_IMPORT = {
    "abc", "bisect", "calendar", "collections", "contextlib", "dataclasses", "datetime", "decimal", "difflib", "enum",
    "fractions", "functools", "graphlib", "hashlib", "importlib.resources", "itertools", "json", "math", "pathlib", "re",
    "string", "types", "typing", "unicodedata", "yaml", "zoneinfo",
}  # fmt: skip
MOST_NOQA = 45  # there were 206 when the rule came; a new one takes the place of an old one


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _drawn(found: Storeys) -> str:
    """The storeys from the top down, for the message of a failure."""
    levels = sorted(set(found.storey.values()), reverse=True)
    return "\n".join(
        f"{n}: {', '.join(sorted(r for r, s in found.storey.items() if s == n))}" for n in levels
    )


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]

    ours = {name.split(".")[0] for name in imported(path)} & set(PACKAGES)

    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("package", [*PACKAGES, *(w for w in WINGS if "/" in w)])
def test_no_room_stands_on_itself(package: str) -> None:
    found = storeys_of(ROOT, package)

    tied = {
        arrow: files for arrow, files in found.arrows.items() if any({*arrow} <= {*c} for c in found.circles)
    }

    assert tied == {}, _drawn(found)


@pytest.mark.parametrize("package", ORDER)
def test_rooms_stand_in_their_order(package: str) -> None:
    found = storeys_of(ROOT, package)
    order = ORDER[package]
    place = {room: order.index(room if room in order else "(platforms)") for room in found.rooms}

    upward = {(a, b): files for (a, b), files in found.arrows.items() if place[a] <= place[b]}

    assert upward == {}, _drawn(found)


def test_what_pretends_to_be_a_platform_is_imported_by_the_sandbox_only() -> None:
    users = {
        path.relative_to(ROOT).parts[:2]
        for path in FILES
        if any(name.startswith("connectors.testing") for name in imported(path))
    }

    assert users <= {("connectors", "testing"), ("connectors", "sandbox")}


@pytest.mark.parametrize("path", [f for f in FILES if f.is_relative_to(ROOT / "models")], ids=_name)
def test_models_import_only_what_has_neither_clock_nor_network(path: Path) -> None:
    if _name(path) == "models/whole_file.py":  # the one writer of files, for connectors and warehouse alike
        return
    others = {name for name in imported(path) if not name.startswith("models.") and name != "models"}

    refused = [n for n in others if not any(n == ok or n.startswith(f"{ok}.") for ok in MODELS_MAY_IMPORT)]

    assert refused == []


def test_a_class_name_means_one_thing() -> None:
    names = Counter(node.name for tree in TREES.values() for node in _classes(tree))

    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nobody_counts_parameters_on_two_hands(path: Path) -> None:
    def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        return len(names) - (names[:1] in (["self"], ["cls"]))

    assert [f.name for f in _functions(TREES[path]) if positional(f) > 5] == []


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_dataclass_of_many_fields_is_filled_by_name(path: Path) -> None:
    def is_filled_by_place(node: ast.ClassDef) -> bool:
        fields = [
            s
            for s in node.body
            if isinstance(s, ast.AnnAssign) and "ClassVar" not in ast.unparse(s.annotation)
        ]
        made = [ast.unparse(d) for d in node.decorator_list if "dataclass" in ast.unparse(d)]
        return (
            bool(made)
            and len(fields) > 5
            and "kw_only=True" not in made[0]
            and not any("KW_ONLY" in ast.unparse(f) for f in fields)
        )

    assert [node.name for node in _classes(TREES[path]) if is_filled_by_place(node)] == []


_SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|delete\s+from|update\s+\w+\s+set|(create|drop)\s+(temp\s+)?(table|view))\b",
    re.I | re.S,
)
# SQLite files of the kit (jobs, tokens, records of one window), the sample data's own making, the query language of Google Ads.
_OWN_SQL = (
    "connectors/kit/",
    "connectors/sandbox/prepare",
    "connectors/google_ads/",
    "connectors/testing/fakes/google_ads",
)


@pytest.mark.parametrize(
    "path", [f for f in FILES if not _name(f).startswith(("warehouse/", "models/"))], ids=_name
)
def test_sql_stands_in_the_warehouse(path: Path) -> None:
    if _name(path).startswith(_OWN_SQL):
        return
    documented = {
        id(n.body[0].value)
        for n in ast.walk(TREES[path])
        if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
        and n.body
        and isinstance(n.body[0], ast.Expr)
    }
    texts = [
        n.value
        for n in ast.walk(TREES[path])
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in documented
    ]

    assert [text[:80] for text in texts if _SQL.search(text)] == []


def test_few_rules_of_the_linter_are_switched_off_by_the_line() -> None:
    files = (*FILES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"))

    assert sum(len(re.findall(r"#\s*noqa", p.read_text(encoding="utf-8"))) for p in files) <= MOST_NOQA


@pytest.mark.parametrize("wing", WINGS)
def test_every_wing_has_a_face_that_says_what_belongs_in_it(wing: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / wing / "__init__.py").read_text(encoding="utf-8"))) or ""

    assert "Not here" in said, wing


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
    assert not any(name.startswith("__future__") for name in imported(path))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_dagster_is_known_to_the_wiring_only(path: Path) -> None:
    outside = {name.split(".")[0] for name in imported(path)}

    assert path.relative_to(ROOT).parts[0] == "pipelines" or "dagster" not in outside


def test_requests_always_name_a_timeout() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"requests.get", "requests.post"}:
                assert "timeout" in {keyword.arg for keyword in node.keywords}, _name(path)
