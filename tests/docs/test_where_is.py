"""A stranger's questions are answered in two hops: a row of the README's "Where things are", then a file of that folder."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(
    r"^\| (?P<question>[^|]+) \| `(?P<folder>[^`]+)/` \| \[`(?P<file>[^`]+)`\]\(\.\./(?P<link>[^)]+)\) "
    r"\| `(?P<name>[^`]+)` \|$",
    re.MULTILINE,
)


def _section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


QUESTIONS = list(
    _ROW.finditer(_section((ROOT / "docs/architecture.md").read_text(encoding="utf-8"), "Where is"))
)
FOLDERS = {
    readme: set(re.findall(r"`([\w/]+)/`", _section((ROOT / readme).read_text(encoding="utf-8"), heading)))
    for readme, heading in (("README.md", "Where things are"), ("README.zh.md", "目录"))
}


def test_every_question_of_the_page_is_read() -> None:
    section = _section((ROOT / "docs/architecture.md").read_text(encoding="utf-8"), "Where is")

    assert len(QUESTIONS) >= 10
    assert len(QUESTIONS) == sum(line.startswith("| ") for line in section.splitlines()) - 1


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["question"])
def test_the_first_hop_is_a_row_of_the_readme(row: re.Match[str]) -> None:
    assert all(row["folder"] in folders for folders in FOLDERS.values())
    assert (ROOT / row["folder"]).is_dir()


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["question"])
def test_the_second_hop_is_a_file_of_that_folder_that_holds_the_answer(row: re.Match[str]) -> None:
    file = ROOT / row["link"]

    assert file == ROOT / row["folder"] / row["file"]
    assert re.search(rf"(def |class |^|\W){re.escape(row['name'])}\b", file.read_text(encoding="utf-8"), re.M)
