"""Company CSV files: exact values, strict formats, refusals that name the place and the remedy."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.file_drop import FileOptions, read_table
from connectors.file_drop.reading.opening import MAX_BYTES
from models.errors import CompanyError, MeritError, MeritErrors

COSTS = "sku_id,valid_from,cogs,currency,note\n"
RATES = "currency,base_currency,rate_date,rate,source\n"
OWNERS = "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def refusal(table: str, path: Path, **options: object) -> MeritError:
    with pytest.raises(MeritError) as caught:
        read_table(table, path, options=FileOptions.model_validate(options))
    return caught.value


def good_costs(n: int) -> str:
    return "".join(f"G{i},2011-01-01,1.00,GBP,\n" for i in range(n))


def test_values_are_typed_exactly_and_ids_stay_byte_exact(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "007,2011-01-01,0.10,GBP,-\n7,2011-01-01,-0,GBP,空\n")

    table = read_table("costs", path)

    assert [r["sku_id"] for r in table.rows] == ["007", "7"]
    assert table.rows[0]["cogs"] == Decimal("0.10")
    assert str(table.rows[1]["cogs"]) == "0"
    assert table.rows[0]["valid_from"] == date(2011, 1, 1)
    assert [r["note"] for r in table.rows] == [None, None]
    assert len(table.sha256) == 64


def test_chinese_headers_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", "货号,生效日期,成本,币种,仓库\nA,2011-01-01,1.5,GBP,x\n", "utf-8-sig")

    table = read_table("costs", path)

    assert table.rows[0]["sku_id"] == "A"
    assert table.unknown_columns == ("仓库",)


def test_a_gbk_file_read_as_utf8_is_refused_with_line_and_remedy(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,1,GBP,ok\nB,2011-01-01,1,GBP,示例\n", "gbk")

    error = refusal("costs", path)

    assert error.code == "C105"
    assert error.where == "costs.csv:3"
    assert "byte 80" in error.what
    assert "encoding: gbk" in error.remedy


def test_a_declared_gbk_file_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,1,GBP,示例\n", "gbk")

    table = read_table("costs", path, options=FileOptions(encoding="gbk"))

    assert table.rows[0]["note"] == "示例"


def test_a_utf16_file_names_its_encoding_in_the_remedy(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,1,GBP,示例\n", "utf-16")

    error = refusal("costs", path)

    assert error.code == "C105"
    assert "encoding: utf-16" in error.remedy


def test_text_in_a_money_column_is_quarantined_with_row_and_cause(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + good_costs(30) + "B,2011-01-01,ask Li,GBP,\n")

    table = read_table("costs", path)

    assert len(table.rows) == 30
    assert [(q.row_number, q.column, q.value, q.cause_code) for q in table.quarantined] == [
        (32, "cogs", "ask Li", "C152")
    ]
    assert "costs.csv:32" in table.report()[0]


def test_more_bad_rows_than_declared_refuse_the_file_and_list_every_row(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + good_costs(10) + "B,2011-01-01,x,GBP,\nC,2011-01-01,y,GBP,\n")

    error = refusal("costs", path)

    assert error.code == "C108"
    assert "2 of 12 rows" in error.render()
    assert "costs.csv:12" in error.render()
    assert "costs.csv:13" in error.render()


def test_one_bad_row_of_rates_refuses_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(f"GBP,CNY,2011-{m:02d}-01,10.{m},x\n" for m in range(1, 13))
    path = put(tmp_path, "rates.csv", RATES + rows + "GBP,CNY,2012-01-01,0,x\n")

    error = refusal("rates", path)

    assert (error.code, error.where) == ("C157", "rates.csv:14")


@pytest.mark.parametrize(
    "cell",
    [
        "１２",
        "1E+400",
        "1e3",
        '"1,234.50"',
        "￥5",
        "−5",
        "(5)",
        "NaN",
        "inf",
        "1_000",
        "1 000",
        "5%",
        "0x1F",
        "+5",
        ".5",
        "5.",
    ],
)
def test_undeclared_number_formats_are_refused(tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, "costs.csv", COSTS + f"A,2011-01-01,{cell},GBP,\n")

    error = refusal("costs", path)

    assert "C152" in error.render()


def test_thousands_separators_are_read_when_declared(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + 'A,2011-01-01,"1,234,567.50",GBP,\n')

    table = read_table("costs", path, options=FileOptions(thousands=","))

    assert table.rows[0]["cogs"] == Decimal("1234567.50")


def test_misplaced_thousands_separators_are_refused_even_when_declared(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + 'A,2011-01-01,"12,34.50",GBP,\n')

    error = refusal("costs", path, thousands=",")

    assert "C152" in error.render()


def test_a_negative_cost_and_too_many_decimals_are_outside_the_range(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,-1,GBP,\nB,2011-01-01,0.12345,GBP,\n")

    error = refusal("costs", path)

    assert error.render().count("C157") == 2


@pytest.mark.parametrize(
    "cell",
    [
        "2011-13-01",
        "2011-02-30",
        "2011/2/30",
        "01/02/2011",
        "20110101",
        "1011-01-01",
        "2011-01-01 08:00:00",
        "11/1/1",
        "99999",
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, "costs.csv", COSTS + f"A,{cell},1,GBP,\n")

    error = refusal("costs", path)

    assert "C151" in error.render() or "C157" in error.render()


def test_a_declared_date_format_is_used(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,31/01/2011,1,GBP,\n")

    table = read_table("costs", path, options=FileOptions(date_format="%d/%m/%Y"))

    assert table.rows[0]["valid_from"] == date(2011, 1, 31)


@pytest.mark.parametrize("cell", ["1.23E+18", "1.23e18", "5E+3"])
def test_ids_eaten_by_a_spreadsheet_are_refused(tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, "costs.csv", COSTS + f"{cell},2011-01-01,1,GBP,\n")

    error = refusal("costs", path)

    assert "C158" in error.render()


@pytest.mark.parametrize(
    ("cell", "share"), [("60%", "0.6"), ("0.6", "0.6"), ("33.3333%", "0.333333"), ("1", "1")]
)
def test_shares_may_be_fractions_or_percent(tmp_path: Path, cell: str, share: str) -> None:
    path = put(tmp_path, "ownership.csv", OWNERS + f"shop,uk,store_manager,P1,{cell},2011-01-01,\n")

    table = read_table("ownership", path)

    assert table.rows[0]["share"] == Decimal(share)


@pytest.mark.parametrize("cell", ["60", "0", "-0.1", "1.01", "101%", "0.3333333"])
def test_implausible_shares_are_refused(tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, "ownership.csv", OWNERS + f"shop,uk,store_manager,P1,{cell},2011-01-01,\n")

    error = refusal("ownership", path)

    assert (error.code, error.where) == ("C157", "ownership.csv:2")


def test_a_word_outside_the_allowed_list_is_refused_with_the_list(tmp_path: Path) -> None:
    path = put(tmp_path, "ownership.csv", OWNERS + "store,uk,store_manager,P1,1,2011-01-01,\n")

    error = refusal("ownership", path)

    assert error.code == "C156"
    assert "shop" in error.remedy


def test_booleans_follow_the_declared_words(tmp_path: Path) -> None:
    head = "person_id,name,role_id,valid_from,is_key\n"
    path = put(tmp_path, "people.csv", head + "A,a,r,2011-01-01,是\nB,b,r,2011-01-01,N\nC,c,r,2011-01-01,\n")

    table = read_table("people", path)

    assert [r["is_key"] for r in table.rows] == [True, False, False]
    assert [r["fte"] for r in table.rows] == [Decimal(1)] * 3


def test_every_bad_row_is_listed_at_once(tmp_path: Path) -> None:
    head = "person_id,name,role_id,valid_from,is_key\n"
    path = put(tmp_path, "people.csv", head + "A,a,r,soon,maybe\n,b,r,2011-01-01,1\n")

    with pytest.raises(MeritErrors) as caught:
        read_table("people", path)

    assert [(e.code, e.where) for e in caught.value.errors] == [
        ("C151", "people.csv:2"),
        ("C154", "people.csv:2"),
        ("C150", "people.csv:3"),
    ]


def test_a_missing_column_names_its_synonyms_and_the_near_header(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", "sku_ids,valid_from,cogs,currency\nA,2011-01-01,1,GBP\n")

    error = refusal("costs", path)

    assert error.code == "C106"
    assert "货号" in error.what
    assert "rename 'sku_ids'" in error.remedy


def test_a_declared_header_replaces_the_synonyms(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", "产品号,valid_from,cogs,currency\nA,2011-01-01,1,GBP\n")

    table = read_table("costs", path, options=FileOptions(columns={"sku_id": "产品号"}))

    assert table.rows[0]["sku_id"] == "A"


def test_the_same_column_twice_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", "sku_id,货号,valid_from,cogs,currency\nA,A,2011-01-01,1,GBP\n")

    error = refusal("costs", path)

    assert (error.code, error.where) == ("C106", "costs.csv:1")


def test_a_row_with_a_comma_too_many_is_not_shifted(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,1,50,GBP,\n")

    error = refusal("costs", path)

    assert "C113" in error.render()
    assert "costs.csv:2" in error.render()


def test_quoted_newlines_keep_text_and_row_numbers_right(tmp_path: Path) -> None:
    rates = RATES + 'GBP,CNY,2011-01-01,10,"two\nlines"\r\nGBP,CNY,2011-02-01,x,\r\n'
    path = put(tmp_path, "rates.csv", rates)

    error = refusal("rates", path)

    assert error.where == "rates.csv:4"


@pytest.mark.parametrize("text", [COSTS + 'A,2011-01-01,1,GBP,"open\n', COSTS + "A,2011-01-01,1,GBP,\0\n"])
def test_broken_quotes_and_nul_are_refused(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "costs.csv", text)

    error = refusal("costs", path)

    assert error.code == "C113"


def test_remarks_and_blank_rows_are_skipped_but_ids_with_a_hash_are_not(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "# example: X\n,,,,\n\n#17,2011-01-01,1,GBP,\n")

    table = read_table("costs", path)

    assert [(r.number, r.values["sku_id"]) for r in table.dropped] == [(5, "#17")]


def test_two_costs_of_one_sku_and_date_are_refused_with_both_rows(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", COSTS + "A,2011-01-01,1,GBP,\nA,2011-01-01,2,GBP,\n")

    error = refusal("costs", path)

    assert error.code == "C114"
    assert error.where == "costs.csv:2 and costs.csv:3"


def test_two_rates_of_one_date_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "rates.csv", RATES + "GBP,CNY,2011-01-01,10,a\nGBP,CNY,2011-01-01,11,b\n")

    error = refusal("rates", path)

    assert error.code == "C114"


def test_an_empty_file_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    empty = put(tmp_path, "costs.csv", "")

    assert refusal("costs", empty).code == "C103"
    assert refusal("costs", tmp_path / "rates.csv").code == "C101"


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()

    codes = [refusal("costs", tmp_path / f"{kind}.csv").code for kind in ("link", "pipe", "folder")]

    assert codes == ["C102", "C102", "C102"]


def test_a_file_above_the_cap_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)

    error = refusal("costs", path)

    assert error.code == "C104"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.csv", ",".join(f"c{i}" for i in range(201)) + "\n")

    error = refusal("costs", path)

    assert error.code == "C104"


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "costs.xlsm", "x")

    with pytest.raises(CompanyError) as caught:
        read_table("costs", path)

    assert caught.value.code == "C111"
