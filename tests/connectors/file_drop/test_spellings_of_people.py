"""Values as people and spreadsheets write them: each spelling means one thing, or is refused."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.file_drop import FileOptions, check_company, read_company, read_table, with_ids
from connectors.file_drop.fact_layouts import fact_layout
from connectors.file_drop.layout import load_layout, table_names
from connectors.file_drop.templates import write_templates
from connectors.file_drop.values import parse_cell
from models.errors import CompanyError, MeritError, MeritErrors
from models.spellings import day_text, folded, instant_text, number_text, period_text
from models.tables import FACTS
from models.tables.words import chinese_words
from models.values import FormError, read_date, read_decimal

DAYS = st.dates(date(1971, 1, 1), date(2100, 12, 31))
PEOPLE = "人员编号,姓名,岗位,生效日期,离职类型,核心人员\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(table: str, path: Path, **options: object) -> MeritError:
    with pytest.raises(MeritError) as caught:
        read_table(table, path, options=FileOptions.model_validate(options))
    return caught.value


@given(DAYS)
def test_one_day_in_every_spelling_is_read_as_the_same_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    written = [
        f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y:04}-{m:02}-{d:02}", f"{y}/{m:02}/{d:02}",
        f"{y} 年 {m} 月 {d} 日", str(serial), f"{serial}.0", f"{y}/{m}/{d} 0:00", f"{day} 00:00:00",
    ]  # fmt: skip

    assert {read_date(day_text(text)) for text in written} == {day}


@given(DAYS)
def test_a_day_that_could_be_two_is_never_read(day: date) -> None:
    for text in (
        f"{day:%d/%m/%Y}",
        f"{day:%m/%d/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%d-%m-%y}",
        f"{day:%y/%m/%d}",
    ):
        with pytest.raises(FormError):
            read_date(day_text(text))


@given(st.times(), DAYS)
def test_a_point_in_time_in_every_spelling_is_the_same(time: object, day: date) -> None:
    hour, minute, second = time.hour, time.minute, time.second  # type: ignore[attr-defined]
    wanted = f"{day} {hour:02}:{minute:02}:{second:02}"
    clock = f"{hour}:{minute:02}:{second:02}"

    assert instant_text(f"{day.year}/{day.month}/{day.day} {clock}") == wanted
    assert instant_text(f"{day.year}年{day.month}月{day.day}日 {clock}") == wanted
    # as a spreadsheet keeps it: a day's number and a fraction
    part = Decimal(hour * 3600 + minute * 60 + second) / 86400
    assert instant_text(f"{(day - date(1899, 12, 30)).days}{f'{part:.12f}'[1:]}") == wanted


@given(st.integers(0, 10**12), st.integers(0, 99), st.booleans())
def test_a_number_in_both_notations_is_the_same_number(whole: int, cents: int, minus: bool) -> None:
    value = Decimal(f"{'-' if minus and (whole or cents) else ''}{whole}.{cents:02}")
    english = f"{value:,}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")

    assert read_decimal(number_text(english, thousands=",")) == value
    assert read_decimal(number_text(german, ",")) == value


@given(
    st.lists(st.sampled_from("\u00a0\u3000 \u200b\ufeff\u2009\u00ad\n\t"), max_size=4),
    st.sampled_from("-–—−‐‑‒―﹣－"),
)
def test_a_header_is_the_same_with_every_kind_of_dash_and_blank(blanks: list[str], dash: str) -> None:
    gap = "".join(blanks)

    assert folded(f"{gap}Sessions{gap}{dash}{gap}TOTAL{gap}") == folded("Sessions - Total")
    assert folded(f"平均响应时长（秒）{gap}") == folded("平均响应时长(秒)") == folded("平均响应时长【秒】")


@pytest.mark.parametrize(
    ("text", "period"),
    [("2026年1月", "2026-01"), ("2026/1", "2026-01"), ("2026-1", "2026-01"), ("2026年第二季度", "2026-Q2"), ("2026Q3", "2026-Q3"),
     ("2026年下半年", "2026-H2"), ("2026年", "2026"), ("2026.1", "2026.1")],
)  # fmt: skip
def test_months_quarters_and_years_are_read_as_people_write_them(text: str, period: str) -> None:
    assert period_text(text) == period


def test_one_cause_gives_one_message_with_its_count(tmp_path: Path) -> None:
    rows = "".join(f"G{n},{n % 28 + 1:02}/02/2026,1.00,CNY\n" for n in range(50))
    path = put(tmp_path, "costs.csv", "sku_id,valid_from,cogs,currency\n" + rows)

    error = refused("costs", path)

    dates = [e for e in error.errors if e.code == "C151"] if isinstance(error, MeritErrors) else []
    assert len(dates) == 1
    assert "50 times" in dates[0].what
    assert "costs.csv:2, costs.csv:3, costs.csv:4 and 47 more" in dates[0].where
    assert "date_format" in dates[0].remedy


@pytest.mark.parametrize("titles", [["费用表 2026"], ["费用表 2026", "部门：财务部", ""]])
def test_titles_above_the_header_are_skipped_in_workbook_and_text(tmp_path: Path, titles: list[str]) -> None:
    rows = [["货号", "生效日期", "成本", "币种"], ["A-1", "2026年1月1日", "12.50", "CNY"]]
    book = openpyxl.Workbook()
    for row in [[t] for t in titles] + rows:
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    book.save(tmp_path / "costs.xlsx")
    put(tmp_path, "costs.csv", "\n".join([*titles, *(",".join(r) for r in rows)]) + "\n")

    for name in ("costs.xlsx", "costs.csv"):
        table = read_table("costs", tmp_path / name)
        assert table.rows[0]["valid_from"] == date(2026, 1, 1)
        assert table.rows[0]["cogs"] == Decimal("12.50")


def test_true_dates_and_serial_days_of_a_workbook_are_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku_id", "valid_from", "cogs", "currency"])
    book.active.append(["A", date(2026, 1, 31), 1, "CNY"])
    book.active.append(["B", (date(2026, 1, 31) - date(1899, 12, 30)).days, 1, "CNY"])
    book.save(tmp_path / "costs.xlsx")

    assert [r["valid_from"] for r in read_table("costs", tmp_path / "costs.xlsx").rows] == [
        date(2026, 1, 31)
    ] * 2


def test_chinese_values_are_read_where_chinese_headers_are(tmp_path: Path) -> None:
    put(tmp_path, "people.csv", PEOPLE + "P1,甲,店长,2026/1/1,主动离职,是\n")
    put(
        tmp_path, "ownership.csv", "归属类型,归属对象,岗位,工号,份额,生效日期\n店铺,uk,店长,P1,60%,2026.1.1\n"
    )
    put(
        tmp_path,
        "targets.csv",
        "目标范围,目标对象,指标,周期,目标值,目标依据\n岗位,店长,退款率,2026年1月,8%,历史数据\n",
    )
    put(
        tmp_path,
        "ratings.csv",
        "工号,考核期,评分项,评分人,评价关系,得分,满分\nP1,2026年第一季度,x,P1,上级,4,5\n",
    )

    company = with_ids(
        read_company(tmp_path),
        roles={"store_manager": ("店长", "Store manager")}, kpis={"refund_rate": ("退款率", "Refund rate")},
    )  # fmt: skip
    check_company(
        company.tables, role_ids={"store_manager"}, kpi_ids={"refund_rate"}, rate_kpis={"refund_rate"}
    )

    (person,), (owner,) = company.rows("people"), company.rows("ownership")
    (target,), (rating,) = company.rows("targets"), company.rows("ratings")
    assert (person["role_id"], person["leave_type"], person["is_key"]) == ("store_manager", "voluntary", True)
    assert (owner["scope_type"], owner["role_id"], owner["share"]) == (
        "shop",
        "store_manager",
        Decimal("0.6"),
    )
    assert (target["scope"], target["scope_id"], target["kpi_id"], target["basis"], target["period"], target["value"]) == (
        "role", "store_manager", "refund_rate", "own_history", "2026-01", Decimal("0.08"),
    )  # fmt: skip
    assert (rating["rater_type"], rating["period"]) == ("superior", "2026-Q1")


def test_a_label_that_two_roles_have_is_refused_with_both_ids(tmp_path: Path) -> None:
    put(tmp_path, "people.csv", PEOPLE + "P1,甲,主管,2026-01-01,,\n")
    put(tmp_path, "ownership.csv", "scope_type,scope_id,role_id,person_id,share,valid_from\n")

    with pytest.raises(CompanyError, match="C202") as caught:
        with_ids(read_company(tmp_path), roles={"a": ("主管",), "b": ("主管",)}, kpis={})

    assert "a, b" in caught.value.remedy


@pytest.mark.parametrize("cell", ["40%", "40 %", "40％", "0.4"])
def test_a_percentage_is_a_share_wherever_a_share_is_read_and_a_target_of_a_rate_too(
    tmp_path: Path, cell: str
) -> None:
    head = "scope,scope_id,kpi_id,period,value,basis,version\n"
    path = put(tmp_path, "targets.csv", head + f"shop,uk,refund_rate,2026-01,{cell},strategy,1\n")

    assert read_table("targets", path).rows[0]["value"] == Decimal("0.4")


def test_a_percentage_for_an_amount_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "people.csv", "person_id,name,role_id,valid_from\n")
    put(tmp_path, "ownership.csv", "scope_type,scope_id,role_id,person_id,share,valid_from\n")
    put(
        tmp_path,
        "targets.csv",
        "scope,scope_id,kpi_id,period,value,basis\nshop,uk,net_sales,2026-01,40%,strategy\n",
    )

    with pytest.raises(CompanyError, match="C200"):
        check_company(read_company(tmp_path).tables, kpi_ids={"net_sales"}, rate_kpis=set())


def test_every_word_of_a_list_that_is_no_abbreviation_has_a_chinese_word() -> None:
    lists = [(c.name, c.allowed) for t in FACTS.values() for c in t.columns if c.allowed]
    lists += [(c.name, c.allowed) for t in table_names() for c in load_layout(t).columns if c.allowed]
    acronyms = {"A", "B", "C", "odr", "lsr", "vtr", "ipi", "ahr"}

    bare = {f"{name}.{word}" for name, words in lists for word in words if not chinese_words(name, word)}
    assert {b.partition(".")[2] for b in bare} <= acronyms
    # within one list a Chinese word means one thing
    for name, words in lists:
        chinese = [folded(c) for word in words for c in chinese_words(name, word)]
        assert len(chinese) == len(set(chinese)), name


@pytest.mark.parametrize("table", ["order_line", "refund", "traffic", "review"])
def test_chinese_words_of_fact_files_are_read_as_the_words_of_the_table(table: str) -> None:
    for spec in fact_layout(table).columns:
        for word in spec.allowed:
            for written in (word, *chinese_words(spec.name, word)):
                assert parse_cell(written, spec, FileOptions()) == word


def test_templates_say_the_words_the_forms_and_the_bounds(tmp_path: Path) -> None:
    write_templates(tmp_path)
    people, orders = (
        (tmp_path / "people.csv").read_text("utf-8"),
        (tmp_path / "facts/templates/order_line.csv").read_text("utf-8"),
    )

    assert "voluntary 主动离职" in people
    assert "店长" in people
    assert "2026年1月31日" in people
    assert "goods 商品 | shipping 运费" in orders
    assert "at most 4 decimals" in orders
    assert "1100" in (tmp_path / "facts.yaml").read_text("utf-8")


def test_a_semicolon_file_with_decimal_commas_is_read_where_it_says_so(tmp_path: Path) -> None:
    rows = "A;2026-01-01;1.234,50;EUR\nB;2026-01-01;1141,18;EUR\nC;2026-01-01;1.234;EUR\n"
    path = put(tmp_path, "costs.csv", "sku_id;valid_from;cogs;currency\n" + rows)

    table = read_table("costs", path, options=FileOptions(decimal=","))
    assert [r["cogs"] for r in table.rows] == [Decimal("1234.50"), Decimal("1141.18"), Decimal(1234)]

    unstated = refused("costs", path)
    assert 'decimal: ","' in unstated.render()


@pytest.mark.parametrize("cell", ["12.34", "1.23", "1,234,5", "1234.5", "1.2345,6", "€5,00", "(5,00)", "1e3"])
def test_what_does_not_follow_the_stated_notation_is_refused(tmp_path: Path, cell: str) -> None:
    path = put(tmp_path, "costs.csv", f"sku_id;valid_from;cogs;currency\nA;2026-01-01;{cell};EUR\n")

    assert "C152" in refused("costs", path, decimal=",").render()


def test_one_sign_cannot_both_group_and_divide() -> None:
    with pytest.raises(ValueError, match="both '\\.'"):
        FileOptions.model_validate({"thousands": "."})


@settings(max_examples=20)
@given(st.integers(1, 400))
def test_serial_days_of_a_spreadsheet_follow_each_other(step: int) -> None:
    first = date(2026, 1, 1)

    assert day_text(str(46023 + step)) == str(first + timedelta(days=step))
