"""Ids that one reader takes for another's are refused, with the character and the place."""

from pathlib import Path

import pytest

from connectors.file_drop import read_table
from connectors.file_drop.checks import find_problems
from models.errors import MeritError


def people(folder: Path, *ids: str) -> Path:
    path = folder / "people.csv"
    rows = "".join(f"{person},Name {n},manager,2026-01-01\n" for n, person in enumerate(ids))
    path.write_text(f"person_id,name,role_id,valid_from\n{rows}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("P\u200b001", "U+200B at character 2"),
        ("P001\u2060", "U+2060 at character 5"),
        ("P\u00a0001", "U+00A0 at character 2"),
        ("P\u3164001", "U+3164 at character 2"),
        ("Ｐ００１", "full-width"),
        ("P００1", "full-width"),
    ],
)
def test_u200b_in_ids_makes_no_two_identical_looking_people(tmp_path: Path, other: str, why: str) -> None:
    with pytest.raises(MeritError) as refused:
        read_table("people", people(tmp_path, "P001", other))

    assert (refused.value.code, refused.value.where) == ("C159", "people.csv:3")
    assert why in refused.value.what


@pytest.mark.parametrize(
    ("first", "second"),
    [("P001", "Р001"), ("PA1", "PΑ1"), ("店长é", "店长e\u0301"), ("店 1", "店\u30001")],
)
def test_two_people_whose_ids_look_the_same_are_refused(tmp_path: Path, first: str, second: str) -> None:
    table = read_table("people", people(tmp_path, first, second))

    found = [p for p in find_problems({"people": table}) if p.code == "C190"]

    assert [p.where for p in found] == ["people.csv:3"]
    assert ascii(second) in found[0].actual


def test_full_width_signs_beside_chinese_characters_are_a_way_of_writing(tmp_path: Path) -> None:
    assert [
        r["person_id"] for r in read_table("people", people(tmp_path, "小李（夏）", "６１８组")).rows
    ] == [
        "小李（夏）",
        "６１８组",
    ]
