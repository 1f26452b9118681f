"""Measures of the code itself, so that two states can be compared: `python benchmarks/measures.py [CHECKOUT]`.

Belongs here: sizes of files and functions, storeys and arrows of packages, comments, docstrings, names, words of pages. Not here:
limits (tests/test_repo_shape.py holds them).
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "connectors", "warehouse", "pipelines")
# pages that a program writes: their words say nothing about how much people write
MADE = re.compile(
    r"docs/(reference/.*|kpis|roles|methods|published-tables|errors|exports|lint|conformance)(\.md)?$"
)

sys.path.insert(0, str(HERE))

from tests.storeys import Storeys, storeys_of  # noqa: E402


def main(root: Path) -> None:
    """Print every measure of a checkout."""
    files = {
        path: path.read_text(encoding="utf-8") for p in PACKAGES for path in sorted((root / p).rglob("*.py"))
    }
    tests = [path.read_text(encoding="utf-8") for path in sorted((root / "tests").rglob("*.py"))]
    trees = {path: ast.parse(text) for path, text in files.items()}
    functions = [n for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    _print_sizes("file", [len(text.splitlines()) for text in files.values()])
    _print_sizes("function", [(f.end_lineno or f.lineno) - f.lineno + 1 for f in functions])
    _print_storeys(root)
    lines, comments = sum(len(t.splitlines()) for t in files.values()), sum(map(_comments, files.values()))
    print(f"comment lines: {comments} of {lines} = {comments / lines:.1%}")
    public = [n for tree in trees.values() for n in _public(tree)]
    said = sum(ast.get_docstring(n) is not None for n in public)
    print(f"public docstrings: {said} of {len(public)} = {said / len(public):.1%}")
    print(f"test to source: {sum(len(t.splitlines()) for t in tests) / lines:.2f}")
    twice = {n: c for n, c in Counter(_classes(trees.values())).items() if c > 1}
    print(f"class names occurring twice: {len(twice)}" + (f" ({', '.join(sorted(twice))})" if twice else ""))
    noqa = sum(len(re.findall(r"#\s*noqa", text)) for text in (*files.values(), *tests, *_benchmarks(root)))
    print(f"noqa: {noqa}")
    _print_words(root)


def _print_sizes(what: str, sizes: list[int]) -> None:
    ordered = sorted(sizes)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"{what}s: {len(sizes)}, median {median(ordered):.0f}, p95 {p95}, largest {ordered[-1]}")


def _print_storeys(root: Path) -> None:
    print("storeys (rooms directly inside a package, arrows between them, circles):")
    for package in PACKAGES:
        found: Storeys = storeys_of(root, package)
        circles = f", circles {found.circles}" if found.circles else ""
        print(
            f"  {package}: {len(found.rooms)} rooms on {found.height} storeys, {len(found.arrows)} arrows{circles}"
        )


def _comments(text: str) -> int:
    """Lines that hold a comment; directives to tools say nothing to a reader."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = (t.string for t in tokens if t.type == tokenize.COMMENT)
    return sum(not re.match(r"#\s*(noqa|type:|fmt:|pragma)", text) for text in comments)


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")
                )


def _classes(trees: Iterable[ast.Module]) -> Iterator[str]:
    return (n.name for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef))


def _benchmarks(root: Path) -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in sorted((root / "benchmarks").glob("*.py")))


def _print_words(root: Path) -> None:
    words: dict[str, int] = defaultdict(int)
    for path in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]:
        kind = "made" if MADE.search(path.relative_to(root).as_posix()) else "hand-written"
        words[kind] += len(path.read_text(encoding="utf-8").split())
    print(f"words of docs: made {words['made']:,}, hand-written {words['hand-written']:,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE)
