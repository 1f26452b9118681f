"""Every page and file that is made from the product: `make pages` writes them, one test compares.

Belongs here: the list of what is made, and one module per kind of page, each with `made()`: path below the repository to whole
text. Not here: facts; a page says what the product holds.
"""

from pathlib import Path

from tests.docs.pages import catalogue, conformance, errors, exports, lint, methods, schema, tables

ROOT = Path(__file__).parents[3]
_MODULES = (catalogue, conformance, errors, exports, lint, methods, schema, tables)


def everything() -> dict[Path, str]:
    """Path below the repository -> whole text, of all that is made."""
    return {path: text for module in _MODULES for path, text in module.made().items()}


def stale() -> list[Path]:
    """What does not stand in the repository as it would be made now."""
    return [path for path, text in everything().items() if not _stands(ROOT / path, text)]


def write() -> None:
    """Make everything anew."""
    for path, text in everything().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, "utf-8")


def _stands(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text
