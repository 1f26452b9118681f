"""The documentation and the product say the same: codes, commands, links, published tables.

Not here: whether the connector example runs (test_connector_example.py), whether made pages are fresh (test_pages.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from models.codes import codes
from pipelines.commands.cli import kpi
from tests.docs.pages.tables import FAMILIES, FOLDER
from warehouse.published.publish import PUBLISHED_TABLES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("models", "connectors", "warehouse", "pipelines")
BESIDE = [path for folder in (*FOLDERS, "kpi_definitions") for path in (ROOT / folder).rglob("*.md")]
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *BESIDE})
CODE = re.compile(r"[\"'\[]([CDKMPRSUW][0-9]{3})[\"'\]]")
NAMED_CODE = re.compile(r"Error\(\s*\"([a-z]+(?:_[a-z]+)+)\"")
PEOPLE = {"P001", "P002", "P003"}  # person ids in examples look like codes; prepare_*.py hold nothing else


def codes_in_code() -> set[str]:
    files = [path for folder in FOLDERS for kind in ("*.py", "*.sql") for path in (ROOT / folder).rglob(kind)]
    texts = [path.read_text("utf-8") for path in files if not path.name.startswith("prepare_")]
    return {
        code for text in texts for pattern in (CODE, NAMED_CODE) for code in pattern.findall(text)
    } - PEOPLE


def commands(group: click.Group, path: str = "kpi") -> Iterator[str]:
    """Every command with its parents, e.g. `kpi connectors list`."""
    for name, command in group.commands.items():
        yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def test_every_code_that_is_raised_is_in_the_table_and_no_other() -> None:
    used, listed = codes_in_code(), set(codes())

    assert sorted(used - listed) == [], "used but not in models/codes/"
    assert sorted(listed - used) == [], "in models/codes/ but not used"


def test_every_command_is_documented() -> None:
    text = "\n".join(path.read_text("utf-8") for path in PAGES)

    missing = [command for command in commands(kpi) if command not in text]

    assert missing == []


def test_every_documented_command_exists() -> None:
    known = {command.split()[1] for command in commands(kpi)}

    found = {(path.name, word) for path in PAGES for word in words_after_kpi(path.read_text("utf-8"))}

    assert sorted((name, word) for name, word in found if word not in known) == []


def words_after_kpi(text: str) -> set[str]:
    """The command of every `kpi ...` in code quotes or code blocks."""
    return set(re.findall(r"(?:^|`|\$ |bin/)kpi ([a-z-]+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))

    relative = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in relative if not (path.parent / link).exists()] == []


def test_every_published_table_is_described() -> None:
    text = "\n".join((ROOT / FOLDER / f"{family}.md").read_text("utf-8") for family in FAMILIES)
    described = re.findall(r"^## (\w+)$", text, re.MULTILINE)

    assert sorted(described) == sorted(PUBLISHED_TABLES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_names_a_path_of_one_machine(path: Path) -> None:
    text = path.read_text("utf-8")

    assert re.findall(r"(?<![\w.])/(?:work|home|root|tmp|Users)/\S*", text) == []


def test_the_index_names_every_page_of_the_folder() -> None:
    index = DOCS / "README.md"
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", index.read_text("utf-8"))

    named = {(DOCS / link).resolve() for link in links}

    families = (ROOT / FOLDER).glob("*.md")  # the index of the tables names these
    assert sorted(set(DOCS.rglob("*.md")) - named - {index, *families}) == []
