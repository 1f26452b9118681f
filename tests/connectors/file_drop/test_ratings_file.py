"""ratings.csv with some rows replaced: the others stay as they are, whatever the file looks like."""

from decimal import Decimal
from pathlib import Path

import pytest

from connectors.file_drop import RatingRow, RatingRowKey, given_ratings, open_ratings
from models.errors import CompanyError

HEADER = "person_id,period,item_id,rater_id,rater_type,score,scale_max,comment\n"


def key(person: str = "P1", item: str = "teamwork") -> RatingRowKey:
    return RatingRowKey(person, "2026-01", item, "B1", "superior")


def row(person: str = "P1", score: str | None = "4", comment: str = "") -> RatingRow:
    return RatingRow(
        key=key(person), score=Decimal(score) if score else None, scale_max=Decimal(5), comment=comment
    )


def written(folder: Path, content: bytes, *new: RatingRow, gone: tuple[RatingRowKey, ...] = ()) -> bytes:
    (folder / "ratings.csv").write_bytes(content)
    return open_ratings(folder).replaced(gone, new)


def test_without_a_file_one_is_made(tmp_path: Path) -> None:
    content = open_ratings(tmp_path).replaced([], [row(comment='"gut", sagt er')])

    assert content.decode() == HEADER + 'P1,2026-01,teamwork,B1,superior,4,5,"""gut"", sagt er"\n'
    assert given_ratings(tmp_path) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{h}P1,2026-01,teamwork,B1,superior,2,5,\n", "{h}P1,2026-01,teamwork,B1,superior,4,5,\n"),
        # no line end behind the last row
        ("{h}P2,2026-01,x,B1,superior,2,5,", "{h}P2,2026-01,x,B1,superior,2,5,\nP1,2026-01,teamwork,B1,superior,4,5,\n"),
        # the same figure written in another way is no change
        ("{h}P1,2026-01,teamwork,B1,superior,4.00,5,\n", "{h}P1,2026-01,teamwork,B1,superior,4.00,5,\n"),
        # blank lines, remarks and a cell over two lines
        (
            '{h}\n# note, one\nP2,2026-01,x,B1,superior,2,5,"a\nb"\nP1,2026-01,teamwork,B1,superior,2,5,\n\n',
            '{h}\n# note, one\nP2,2026-01,x,B1,superior,2,5,"a\nb"\nP1,2026-01,teamwork,B1,superior,4,5,\n\n',
        ),
    ],
)  # fmt: skip
def test_a_row_is_replaced_where_it_stands(tmp_path: Path, before: str, after: str) -> None:
    content = written(tmp_path, before.replace("{h}", HEADER).encode(), row())

    assert content.decode() == after.replace("{h}", HEADER)


def test_chinese_headers_a_mark_and_windows_line_ends_stay(tmp_path: Path) -> None:
    head = "工号;月份;评分项;评分人;评价关系;评分;满分\r\n"
    old = "P2;2026年1月;x;B1;上级;2;5\r\n"

    content = written(tmp_path, (head + old).encode("utf-8-sig"), row())

    assert content == (head + old + "P1;2026-01;teamwork;B1;superior;4;5\r\n").encode("utf-8-sig")


def test_a_file_without_a_column_of_comments_gets_one_once_somebody_comments(tmp_path: Path) -> None:
    head = "# Ratings of 2026\nperson_id,period,item_id,rater_id,rater_type,score,scale_max\n"

    content = written(tmp_path, (head + "P2,2026-01,x,B1,superior,2,5\n").encode(), row(comment="好"))

    assert content.decode() == (
        "# Ratings of 2026\nperson_id,period,item_id,rater_id,rater_type,score,scale_max,comment\n"
        "P2,2026-01,x,B1,superior,2,5,\nP1,2026-01,teamwork,B1,superior,4,5,好\n"
    )


def test_what_is_gone_is_taken_out(tmp_path: Path) -> None:
    content = written(
        tmp_path,
        (HEADER + "P1,2026-01,teamwork,B1,superior,2,5,\nP2,2026-01,teamwork,B1,superior,2,5,\n").encode(),
        row("P3"),
        gone=(key("P1"),),
    )

    assert [line[:2] for line in content.decode().splitlines()[1:]] == ["P2", "P3"]


def test_the_declared_encoding_and_decimal_comma_are_kept(tmp_path: Path) -> None:
    (tmp_path / "files.yaml").write_text("ratings: {encoding: gbk, decimal: ',', delimiter: ';'}\n")
    head = HEADER.replace(",", ";")

    content = written(tmp_path, head.encode("gbk"), row(score="4.5", comment="好"))

    assert content.decode("gbk") == head + "P1;2026-01;teamwork;B1;superior;4,5;5;好\n"
    with pytest.raises(CompanyError, match="C196"):
        open_ratings(tmp_path).replaced([], [row(comment="😀")])


@pytest.mark.parametrize("declared", ["ratings: {file: 评分.xlsx}\n", ""])
def test_ratings_in_a_workbook_are_refused(tmp_path: Path, declared: str) -> None:
    if declared:
        (tmp_path / "files.yaml").write_text(declared, encoding="utf-8")
    (tmp_path / ("评分.xlsx" if declared else "ratings.xlsx")).write_bytes(b"PK")

    with pytest.raises(CompanyError, match="C195"):
        open_ratings(tmp_path)
