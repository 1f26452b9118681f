"""The workbook read back: numbers are numbers, texts are texts, sheets print."""

from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from models.errors import UsageError
from pipelines.render.workbook import sheet_names, write_workbook

PERIOD = "2011-11"


def read(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Any:
    return openpyxl.load_workbook(write_workbook(con, PERIOD, tmp_path / "book.xlsx"))


def column(sheet: Any, head: str) -> int:
    return next(c.column for row in sheet.iter_rows() for c in row if str(c.value).startswith(head))


def row_of(sheet: Any, text: str) -> int:
    return next(c.row for row in sheet.iter_rows() for c in row if text in str(c.value))


def test_the_same_data_gives_the_same_bytes(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = write_workbook(con, PERIOD, tmp_path / "a.xlsx").read_bytes()

    second = write_workbook(con, PERIOD, tmp_path / "b.xlsx").read_bytes()

    assert first == second


def test_no_text_becomes_a_formula_a_link_or_a_number(
    hostile: duckdb.DuckDBPyConnection, hostile_names: list[str], tmp_path: Path
) -> None:
    book = read(hostile, tmp_path)

    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert [c.coordinate for c in cells if c.data_type == "f"] == []
    assert [c for c in cells if c.hyperlink and (c.hyperlink.target or not c.hyperlink.location)] == []
    texts = [c.value for c in cells if c.data_type == "s"]
    assert all(any(name in text for text in texts) for name in hostile_names)
    assert all(
        c.quotePrefix for c in cells if c.data_type == "s" and str(c.value).startswith(("=", "+", "@"))
    )


def test_figures_are_numbers_with_their_formats(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sheet = read(con, tmp_path)["P002 王芳"]

    sales, margin = row_of(sheet, "净销售额"), row_of(sheet, "毛利率")
    actual, target, score = column(sheet, "实际"), column(sheet, "目标"), column(sheet, "得分")
    shown = [(sheet.cell(r, c).value, sheet.cell(r, c).number_format) for r, c in
             ((sales, actual), (sales, target), (margin, actual), (sales, score))]  # fmt: skip
    assert shown == [(182345.68, "#,##0.00"), (200000, "#,##0.00"), (0.3512, "0.00%"), (91.17, "0.00")]


def test_subtotals_weights_and_total_stand_on_the_sheet(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    sheet = read(con, tmp_path)["P002 王芳"]

    weighted, weight = column(sheet, "加权得分"), column(sheet, "权重 %")
    assert sheet.cell(row_of(sheet, "业绩小计"), weighted).value == 65.65
    assert sheet.cell(row_of(sheet, "权重合计"), weight).value == 100
    total = row_of(sheet, "总分 Total")
    assert sheet.cell(total, weighted).value == 96.46
    assert sheet.cell(total, 10).value == "等级 Grade: A"
    assert sheet.cell(total, 11).value == "系数 Coefficient: 1.10"


def test_a_missing_line_shows_its_cause_and_no_zero(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sheet = read(con, tmp_path)["P003 李娜"]

    row = row_of(sheet, "工作主动性")
    values = [sheet.cell(row, c).value for c in range(5, 13)]
    assert 0 not in values
    assert values[1].startswith("缺失")
    assert "评分未提交" in values[-1]
    assert "[M040]" in values[-1]
    assert sheet.cell(row_of(sheet, "总分 Total"), column(sheet, "加权得分")).value == "—"


def test_every_sheet_prints_on_a4_landscape_and_an_appraisal_on_one_page(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    book = read(con, tmp_path)

    for sheet in book:
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToWidth or 1) == ("landscape", 9, 1)
        assert (1 if setup.fitToHeight is None else setup.fitToHeight) == (
            0 if sheet is book.worksheets[0] else 1
        )
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$5:$5"
        assert "&P" in sheet.oddFooter.center.text
        assert "a1b2c3d4e5f60718" in sheet.oddFooter.right.text


def test_three_signatures_with_dates_close_the_sheet(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sheet = read(con, tmp_path)["P002 王芳"]

    last = [c.value for c in sheet[sheet.max_row] if c.value]
    assert [text[:4] for text in last if "日期" not in text] == ["被考核人", "直接上级", "人力资源"]
    assert sum("日期" in text for text in last) == 3


def test_the_summary_lists_everybody_with_manager_and_cause(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    sheet = read(con, tmp_path)["汇总 Summary"]

    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=6)]
    assert [row[0] for row in rows] == ["P004", "P002", "P003"]
    assert rows[1][1:8] == ["王芳", "店长 Store manager", "运营部", "陈建国", 96.46, "A", 1.1]
    assert rows[2][9] == "initiative: 评分未提交"
    assert sheet.auto_filter.ref == "A5:J8"
    assert sheet.freeze_panes == "C6"


def test_long_texts_get_rows_high_enough_to_print(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update scorecard_line set cause = repeat('评分未提交，', 30) where status = 'missing'")

    sheet = read(con, tmp_path)["P003 李娜"]

    assert sheet.row_dimensions[row_of(sheet, "工作主动性")].height > 14.5 * 14


def test_sheet_names_are_cleaned_cut_and_unique() -> None:
    people = [
        ("P1", "a/b[c]"),
        ("P1", "A/B[C]"),
        ("P2", "长" * 40),
        ("P2", "长" * 40),
        ("P3", "'q'"),
        ("", ""),
    ]

    names = sheet_names(people)

    assert names[:2] == ["P1 a_b_c_", "P1 A_B_C_ (2)"]
    assert all(0 < len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(people)
    assert names[4] == "P3 'q"


def test_an_unscored_period_is_refused_with_a_remedy(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"U310.*kpi score --period 2012-01"):
        write_workbook(con, "2012-01", tmp_path / "book.xlsx")

    assert list(tmp_path.iterdir()) == []
