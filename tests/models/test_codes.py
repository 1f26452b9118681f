import re
from importlib.resources import files

import pytest

from models.causes import CAUSES, cause_label
from models.codes import FILES, Code, codes, known, sections
from models.errors import MeritError, MeritErrors, PullError

HAN = re.compile(r"[\u4e00-\u9fff]")
LETTERS = {
    "causes": "M", "pulling": "P", "company": "C", "definitions": "D", "commands": "U", "rights": "R",
    "signing": "S", "checks": "K", "warehouse": "W",
}  # fmt: skip


def text_of(file: str) -> str:
    return files("models.codes").joinpath(f"{file}.yaml").read_text(encoding="utf-8")


def test_every_file_of_the_folder_is_read() -> None:
    found = {
        path.name.removesuffix(".yaml") for path in files("models.codes").iterdir() if ".yaml" in path.name
    }

    assert found == set(FILES) == set(LETTERS)


def test_a_code_stands_once() -> None:
    rows = [code for file in FILES for code in re.findall(r"^  (\w+):", text_of(file), re.MULTILINE)]

    assert sorted(code for code in set(rows) if rows.count(code) > 1) == []
    assert len(rows) == len(codes())


@pytest.mark.parametrize("file", FILES)
def test_a_code_stands_in_the_file_of_its_letter_and_in_order(file: str) -> None:
    for rows in sections(file).values():
        numbered = [entry.code for entry in rows if not entry.code.islower()]

        assert numbered == sorted(numbered)
        assert all(re.fullmatch(rf"{LETTERS[file]}\d{{3}}", code) for code in numbered)


@pytest.mark.parametrize("entry", codes().values(), ids=lambda entry: entry.code)
def test_every_code_says_meaning_and_remedy_in_both_languages(entry: Code) -> None:
    for text in (entry.zh, entry.remedy_zh):
        assert HAN.search(text)
    for text in (entry.en, entry.remedy_en):
        assert re.search("[a-z]", text)
    for text in (entry.zh, entry.en, entry.remedy_zh, entry.remedy_en):
        assert text == text.strip()
        assert "\n" not in text
        assert not text.endswith((".", "。"))


def test_an_error_without_a_remedy_says_that_of_the_table() -> None:
    error = PullError("P101", "asked to slow down", where="shopify.orders")

    entry = known("P101")
    assert entry
    assert error.remedy == entry.remedy_en
    assert error.line() == f"[P101] asked to slow down | at shopify.orders | do: {entry.remedy_en}"
    assert error.render() == f"{error.line()}\n        {entry.zh}；建议：{entry.remedy_zh}"


def test_an_error_with_a_remedy_of_its_own_keeps_it_and_is_told_in_chinese_too() -> None:
    error = MeritError("D208", "unknown KPI gros_margin", remedy="did you mean gross_margin?")

    first, second = error.render().splitlines()

    assert first == "[D208] unknown KPI gros_margin | do: did you mean gross_margin?"
    assert second.strip() == "未知的指标；建议：改用提示中最接近的指标"


def test_several_errors_are_told_one_after_the_other() -> None:
    both = MeritErrors([MeritError("D101", "a"), MeritError("C101", "b")])

    assert [line[:6] for line in both.render().splitlines()[::2]] == ["[D101]", "[C101]"]
    assert "\n" not in both.what


def test_a_code_that_is_not_in_the_table_is_told_as_it_is() -> None:
    assert known("X999") is None
    assert MeritError("X999", "odd").render() == "[X999] odd"


def test_the_board_shows_causes_with_the_names_of_the_table() -> None:
    entry = known("M202")

    assert entry
    assert (cause_label("M202").zh, cause_label("M202").en) == (entry.zh, entry.en)
    assert cause_label("P101").zh == "被平台限流"
    assert cause_label("P999").zh == "取数失败"
    assert all(code.startswith("M") for code in CAUSES)
