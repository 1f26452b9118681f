"""Which export a file is, and what its cells mean: one layout or none, exact figures or a refusal with the cell."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from connectors.file_drop.exports.export_layout import ExportLayout, export_layouts, shipped_exports
from connectors.file_drop.exports.export_match import likely_header, nearest_layouts, recognise
from connectors.file_drop.exports.export_reading import ExportEntry
from connectors.file_drop.exports.export_rows import ExportRows, export_rows
from connectors.file_drop.exports.export_sheets import raw_sheets
from connectors.file_drop.exports.export_skeleton import layout_name, skeleton
from connectors.file_drop.layout import FileOptions
from models.errors import MeritError, MeritErrors
from models.spellings import folded
from tests.connectors.file_drop import export_files as files

OCTOBER = (date(2026, 10, 1), date(2026, 10, 2))
FIRST = (date(2026, 10, 1), date(2026, 10, 1))
ONE_DAY = {"qianniu_agent_day", "amazon_sales_traffic_by_child_asin"}


def read(
    path: Path,
    *,
    days: tuple[date, date] | None = OCTOBER,
    currency: str | None = None,
    date_format: str = "",
    layouts: Mapping[str, ExportLayout] | None = None,
) -> ExportRows:
    content = path.read_bytes()
    match = recognise(content, path, layouts or shipped_exports(), FileOptions())
    return export_rows(match, content, ExportEntry(path.name, days, currency, date_format))


def refusals(path: Path, **entry: object) -> list[MeritError]:
    with pytest.raises(MeritError) as caught:
        read(path, **entry)  # type: ignore[arg-type]
    return caught.value.errors if isinstance(caught.value, MeritErrors) else [caught.value]


def stated(export: ExportRows, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row.values[name] for name in names) for row in export.table.dropped]


@pytest.mark.parametrize("kind", ["csv", "gbk", "tsv", "xlsx"])
@pytest.mark.parametrize("name", files.EXPORTS)
def test_every_shipped_layout_is_recognised_in_every_kind_of_file(
    tmp_path: Path, name: str, kind: str
) -> None:
    rows = files.EXPORTS[name]
    written = {
        "csv": lambda: files.write_csv(tmp_path / "a.csv", rows),
        "gbk": lambda: files.write_csv(tmp_path / "a.csv", rows, "gb18030" if name[0] != "a" else "utf-8"),
        "tsv": lambda: files.write_csv(tmp_path / "a.tsv", rows, delimiter="\t"),
        "xlsx": lambda: files.write_xlsx(tmp_path / "a.xlsx", rows),
    }

    path = written[kind]()
    match = recognise(path.read_bytes(), path, shipped_exports(), FileOptions())

    assert match.layout.name == name


@pytest.mark.parametrize("name", files.EXPORTS)
def test_text_and_workbook_give_the_same_rows(tmp_path: Path, name: str) -> None:
    days = FIRST if name in ONE_DAY else OCTOBER
    text = read(files.write_csv(tmp_path / "a.csv", files.EXPORTS[name]), days=days)
    book = read(files.write_xlsx(tmp_path / "a.xlsx", files.EXPORTS[name]), days=days)

    assert [r.values for r in text.table.dropped] == [r.values for r in book.table.dropped]
    assert text.data_rows == book.data_rows


def test_a_day_table_of_a_shop_is_read_below_its_titles_and_nothing_is_not_zero(tmp_path: Path) -> None:
    export = read(files.write_xlsx(tmp_path / "a.xlsx", files.SHOP_DAY))

    assert stated(
        export, "traffic_on", "source", "visitors", "pageviews", "buyers", "units", "paid_amount", "currency"
    ) == [
        (date(2026, 10, 1), "all", 1234, 5678, 56, 78, Decimal("12345.60"), "CNY"),
        (date(2026, 10, 2), "all", 1000, 4000, 40, None, Decimal("9999.99"), "CNY"),
    ]


def test_percent_texts_and_averages_of_agents_are_exact_and_summing_rows_are_no_agents(
    tmp_path: Path,
) -> None:
    export = read(files.write_xlsx(tmp_path / "a.xlsx", files.QIANNIU), days=FIRST)

    assert stated(
        export,
        "agent_id",
        "served_on",
        "inquirers",
        "payers",
        "first_reply_seconds",
        "reply_seconds",
        "reply_rate",
    ) == [
        ("示例店:小青", FIRST[0], 40, 12, Decimal("8.52"), Decimal("21.30"), Decimal("0.991")),
        ("示例店:小白", FIRST[0], 20, 5, None, Decimal("18.00"), Decimal(1)),
    ]
    assert stated(export, "satisfaction_rate", "sales_amount", "refund_amount") == [
        (Decimal("0.95"), Decimal("3456.70"), Decimal("100.00")),
        (None, Decimal("1000.30"), None),
    ]
    assert export.proofs == (
        "询单最终付款金额 adds up to its total row 4457.00",
        "成功退款金额 adds up to its total row 100.00",
    )


def test_a_day_without_a_single_chat_is_zero_buyers_and_no_average(tmp_path: Path) -> None:
    export = read(files.write_csv(tmp_path / "a.csv", files.FEIGE))

    assert stated(
        export,
        "agent_id",
        "buyers_served",
        "sessions_served",
        "reply_3min_rate",
        "reply_seconds",
        "sales_amount",
    ) == [
        ("kf01", 30, 36, Decimal("0.9825"), Decimal("15.5"), Decimal("1200.00")),
        ("kf01", 0, 0, None, None, Decimal("0.00")),
    ]


def test_orders_keep_every_digit_of_their_ids_and_leave_unpaid_ones_out(tmp_path: Path) -> None:
    export = read(files.write_csv(tmp_path / "a.csv", files.DOUDIAN, "gb18030"))

    assert stated(
        export, "order_id", "line_id", "sku_id", "qty", "paid_amount", "influencer_id", "channel"
    ) == [
        ("6912345678901234567", "6912345678901234567", "SKU-1", 1, Decimal("1109.00"), None, "live"),
        (
            "6912345678901234999",
            "6912345678901235001",
            "SKU-2",
            2,
            Decimal("61.00"),
            "88001122334455",
            "content",
        ),
    ]
    assert stated(export, "paid_at", "line_type")[1] == (datetime(2026, 10, 2, 23, 59, 59), "goods")
    assert dict(export.left_out) == {"未付款的子订单 / sub-orders nobody paid": 1}
    assert export.data_rows == 3


@pytest.mark.parametrize(
    ("word", "channel"), [("商品卡", "other"), ("数据将于第二天更新", None), ("-", None)]
)
def test_a_channel_the_platform_does_not_know_yet_is_unknown_not_other(
    tmp_path: Path, word: str, channel: str | None
) -> None:
    rows = files.changed(files.DOUDIAN, 1, "流量体裁", word)

    export = read(files.write_csv(tmp_path / "a.csv", rows))

    assert stated(export, "channel")[0] == (channel,)


def test_an_orders_subtotal_is_divided_to_the_fen_and_its_shipping_is_a_line_of_its_own(
    tmp_path: Path,
) -> None:
    export = read(files.write_csv(tmp_path / "a.csv", files.SHOPIFY))

    assert stated(
        export, "order_id", "line_id", "line_type", "sku_id", "qty", "paid_amount", "currency", "country"
    ) == [
        ("5001", "5001/1", "goods", "TEE-S", 2, Decimal("17.98"), "USD", "US"),
        ("5001", "5001/2", "goods", "MUG", 1, Decimal("9.00"), "USD", "US"),
        ("5001", "5001/shipping", "shipping", None, 0, Decimal("5.00"), "USD", "US"),
    ]
    assert stated(export, "paid_at")[0] == (datetime(2026, 10, 1, 2, tzinfo=UTC),)


def test_a_discount_of_shipping_lowers_no_line(tmp_path: Path) -> None:
    rows = files.changed(files.changed(files.SHOPIFY, 1, "Subtotal", "29.98"), 1, "Discount Amount", "5.00")

    export = read(files.write_csv(tmp_path / "a.csv", rows))

    assert stated(export, "paid_amount")[:2] == [(Decimal("19.98"),), (Decimal("10.00"),)]


@pytest.mark.parametrize("subtotal", ["26.97", "29.99"])
def test_an_order_that_does_not_add_up_refuses_the_file(tmp_path: Path, subtotal: str) -> None:
    rows = files.changed(files.SHOPIFY, 1, "Subtotal", subtotal)

    (refusal,) = refusals(files.write_csv(tmp_path / "a.csv", rows))

    assert refusal.code == "C167"
    assert f"order 5001: lines 29.98, discount 3.00, total {subtotal}" in refusal.actual


def test_a_total_row_that_does_not_add_up_refuses_the_file(tmp_path: Path) -> None:
    rows = files.changed(files.QIANNIU, 2, "询单最终付款金额", "1,000.31")

    (refusal,) = refusals(files.write_xlsx(tmp_path / "a.xlsx", rows), days=FIRST)

    assert refusal.code == "C167"
    assert (refusal.where, refusal.actual) == ("a.xlsx[Sheet1]:4", "rows 4457.01, total row 4457.00")


@pytest.mark.parametrize(
    ("name", "row", "header", "value", "code"),
    [
        ("doudian_orders", 1, "子订单编号", "6.91235E+18", "C158"),
        ("doudian_orders", 1, "主订单编号", "1.23e15", "C158"),
        ("doudian_orders", 1, "子订单编号", "-", "C150"),
        ("doudian_orders", 1, "商品数量", "１", "C153"),
        ("doudian_orders", 1, "订单应付金额", "1.2万", "C152"),
        ("doudian_orders", 1, "订单应付金额", "=1+1", "C110"),
        ("doudian_orders", 1, "订单应付金额", "-", "C150"),
        ("doudian_orders", 1, "支付完成时间", "昨天", "C151"),
        ("sycm_shop_day", 4, "访客数", "1,23", "C153"),
        ("sycm_shop_day", 4, "支付金额", "1.234,50", "C152"),
        ("sycm_shop_day", 4, "统计日期", "2026-10", "C151"),
        ("qianniu_agent_day", 1, "旺旺回复率", "99.10", "C157"),
        ("qianniu_agent_day", 1, "询单人数", "延迟统计", "C153"),
        ("amazon_sales_traffic_by_child_asin", 1, "Ordered Product Sales", "kr 5.00", "C152"),
    ],
)
def test_a_cell_that_is_not_exact_is_refused_with_its_row(
    tmp_path: Path, name: str, row: int, header: str, value: str, code: str
) -> None:
    rows = files.changed(files.EXPORTS[name], row, header, value)
    days = FIRST if name in ONE_DAY else OCTOBER

    found = refusals(files.write_csv(tmp_path / "a.csv", rows), days=days)

    assert [r.code for r in found] == [code]
    assert found[0].where.startswith("a.csv")


def test_ids_that_all_end_in_zeros_went_through_a_spreadsheet(tmp_path: Path) -> None:
    rows = files.changed(files.DOUDIAN, 1, "子订单编号", "6912345678901230000")
    rows = files.changed(rows, 2, "子订单编号", "6912345678901240000")

    found = refusals(files.write_csv(tmp_path / "a.csv", rows))

    assert [(r.code, "line_id" in r.what) for r in found] == [("C158", True)]


def test_a_number_cell_with_too_many_digits_is_no_id(tmp_path: Path) -> None:
    rows = files.changed(files.DOUDIAN, 1, "子订单编号", 6912345678901234567)

    assert [r.code for r in refusals(files.write_xlsx(tmp_path / "a.xlsx", rows))] == ["C158"]


def test_cells_that_a_workbook_holds_as_dates_and_numbers_are_the_same_figures(tmp_path: Path) -> None:
    typed = [
        *files.SHOP_DAY[:4],
        [date(2026, 10, 1), 1234, 5678, 12345.6, 56, 78, 0.0454, None],
        files.SHOP_DAY[5],
    ]
    agents = files.changed(
        files.changed(files.QIANNIU, 1, "旺旺回复率", 0.991), 1, "询单最终付款金额", 3456.7
    )

    shop = read(files.write_xlsx(tmp_path / "a.xlsx", typed))
    agent = read(files.write_xlsx(tmp_path / "b.xlsx", agents), days=FIRST)

    assert stated(shop, "traffic_on", "visitors", "paid_amount")[0] == (
        date(2026, 10, 1),
        1234,
        Decimal("12345.6"),
    )
    assert stated(agent, "reply_rate", "sales_amount")[0] == (Decimal("0.991"), Decimal("3456.7"))


def test_a_workbook_with_macros_or_of_absurd_size_is_not_opened(tmp_path: Path) -> None:
    with_macros = files.write_xlsx(tmp_path / "a.xlsx", files.FEIGE)
    with zipfile.ZipFile(with_macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"code")
    bomb = files.write_xlsx(tmp_path / "b.xlsx", files.FEIGE)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.xml", b" " * 30_000_000)

    assert [r.code for r in refusals(with_macros)] == ["C109"]
    assert [r.code for r in refusals(bomb)] == ["C104"]


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.FEIGE)
    path.write_bytes(path.read_bytes()[:-30])

    assert [r.code for r in refusals(path)] == ["C113"]


def test_an_asin_that_stands_twice_is_refused(tmp_path: Path) -> None:
    rows = files.changed(files.AMAZON_ASIN, 2, "(Child) ASIN", "B0CHILD001")

    assert [r.code for r in refusals(files.write_csv(tmp_path / "a.csv", rows), days=FIRST)] == ["C114"]


def test_a_file_that_names_no_day_cannot_speak_for_two(tmp_path: Path) -> None:
    found = refusals(files.write_csv(tmp_path / "a.csv", files.AMAZON_ASIN), days=OCTOBER)

    assert {r.code for r in found} == {"C150"}
    assert "one only" in found[0].what


@pytest.mark.parametrize(
    ("days", "declared", "expected"),
    [
        (OCTOBER, "", [date(2026, 10, 1), date(2026, 10, 2)]),
        ((date(2026, 1, 10), date(2026, 2, 10)), "", [date(2026, 1, 10), date(2026, 2, 10)]),
        (None, "%d/%m/%y", [date(2026, 1, 10), date(2026, 2, 10)]),
    ],
)
def test_the_declared_days_say_which_way_round_a_date_is(
    tmp_path: Path, days: tuple[date, date] | None, declared: str, expected: list[date]
) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.AMAZON_DAY)

    export = read(path, days=days, date_format=declared, currency="USD")

    assert [v for (v,) in stated(export, "traffic_on")] == expected


def test_dates_with_two_readings_are_refused_where_nothing_decides(tmp_path: Path) -> None:
    found = refusals(files.write_csv(tmp_path / "a.csv", files.AMAZON_DAY), days=None)

    assert [r.code for r in found] == ["C151"]
    assert "two ways" in found[0].what


def test_a_currency_sign_must_be_the_entrys(tmp_path: Path) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.AMAZON_ASIN)

    assert stated(read(path, days=FIRST, currency="GBP"), "paid_amount", "units") == [
        (Decimal("12905.25"), 683),
        (Decimal("0.00"), 0),
    ]
    assert [r.code for r in refusals(path, days=FIRST, currency="EUR")] == ["C140"]


def test_an_entry_cannot_state_another_currency_than_the_export_has(tmp_path: Path) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.SHOP_DAY)

    assert read(path, currency="CNY").data_rows == 2
    assert [r.code for r in refusals(path, currency="USD")] == ["C140"]


def test_indian_grouping_is_read_and_two_signs_in_one_file_are_not(tmp_path: Path) -> None:
    indian = files.changed(
        files.changed(files.AMAZON_DAY, 1, "Ordered Product Sales", "₹1,08,218.36"),
        2,
        "Ordered Product Sales",
        "₹5.00",
    )
    mixed = files.changed(files.AMAZON_DAY, 1, "Ordered Product Sales", "£5.00")

    amounts = stated(read(files.write_csv(tmp_path / "a.csv", indian), currency="INR"), "paid_amount")

    assert amounts == [(Decimal("108218.36"),), (Decimal("5.00"),)]
    assert [r.code for r in refusals(files.write_csv(tmp_path / "b.csv", mixed))] == ["C140"]


def test_an_unknown_header_names_the_three_nearest_layouts_with_what_they_lack(tmp_path: Path) -> None:
    rows = [
        ["统计日期", "访客数", "浏览量", "支付金额", "奇怪"],
        ["2026-10-01", "1", "2", "3", "林晓岚 13800138000"],
    ]

    (refusal,) = refusals(files.write_csv(tmp_path / "a.csv", rows))

    assert refusal.code == "C164"
    assert refusal.actual.startswith(
        "nearest: sycm_shop_day 生意参谋 店铺整体（按日） (missing 支付买家数; unknown 奇怪); "
    )
    assert refusal.actual.count("(missing ") == 3
    assert "13800138000" not in refusal.render()
    assert "layouts/" in refusal.remedy


def test_two_layouts_that_fit_are_both_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.FEIGE)
    feige = shipped_exports()["feige_agent_day"]
    layouts = {**shipped_exports(), "twin": feige.model_copy(update={"name": "twin"})}

    (refusal,) = refusals(path, layouts=layouts)
    chosen = recognise(path.read_bytes(), path, layouts, FileOptions(), wanted="twin")

    assert (refusal.code, refusal.actual) == ("C165", "feige_agent_day and twin")
    assert chosen.layout.name == "twin"


def test_the_same_table_in_two_visible_sheets_is_refused_and_a_hidden_one_is_not_looked_at(
    tmp_path: Path,
) -> None:
    hidden = files.write_xlsx(tmp_path / "a.xlsx", files.FEIGE, hidden=files.FEIGE)
    book = openpyxl.load_workbook(hidden)
    book["hidden"].sheet_state = "visible"
    book.save(tmp_path / "b.xlsx")

    assert read(hidden).data_rows == 2
    assert [r.code for r in refusals(tmp_path / "b.xlsx")] == ["C165"]


@pytest.mark.parametrize("name", ["a.xls", "a.xlsm", "a.pdf"])
def test_other_kinds_of_files_are_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"anything")

    assert [r.code for r in refusals(tmp_path / name)] == ["C111"]


def test_a_twofold_header_that_is_read_is_refused(tmp_path: Path) -> None:
    rows = [[*row, "x"] for row in files.FEIGE]
    rows[0][-1] = "人工已接待会话量"

    assert [r.code for r in refusals(files.write_csv(tmp_path / "a.csv", rows))] == ["C106"]


def test_a_skeleton_holds_headers_only_and_works_once_it_is_filled_in(tmp_path: Path) -> None:
    rows = [["我的导出"], ["统计日期", "访客数", "浏览量", "成交额"], ["2026-10-01", "7", "9", "5.50"]]
    path = files.write_csv(tmp_path / "My export-10.csv", rows)
    sheets = list(raw_sheets(path.read_bytes(), path, FileOptions()))
    (near, *_) = nearest_layouts(sheets, shipped_exports().values())
    header = likely_header(sheets)
    assert header is not None

    name = layout_name(path.stem)
    text = skeleton(path.stem, [c or "" for c in header[0].top[header[1]].cells], 2, near)
    folder = tmp_path / "layouts"
    folder.mkdir()
    filled = text.replace("# paid_amount: {from: []}", "paid_amount: {from: [成交额]}").replace(
        "# currency: CNY", "currency: CNY"
    )
    (folder / f"{name}.yaml").write_text(filled.replace("# constants", "constants"), "utf-8")

    export = read(path, layouts=export_layouts(tmp_path), days=FIRST)

    assert (name, "5.50" in text, "2026" in text) == ("my_export_10", False, False)
    assert stated(export, "traffic_on", "source", "visitors", "paid_amount") == [
        (FIRST[0], "all", 7, Decimal("5.50"))
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: mine", "name: other", "they must be one"),
        ("table: agent_day", "table: agents", "there is no table"),
        ("agent_id: {from: [客服]}", "agent: {from: [客服]}", "takes no column 'agent'"),
        ("agent_id: {from: [客服]}", "agent_id: {from: []}", "agent_id (客服) must be given"),
        ("label:", "surprise: 1\nlabel:", "Extra inputs"),
        ("verified: unverified", "verified: surely", "verified"),
    ],
)
def test_a_layout_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = (
        "name: mine\nlabel: {zh: 一, en: one}\nplatform: file\ntable: agent_day\ngrain: {zh: 一, en: one}\n"
        "verified: unverified\nsource: ours\ncolumns:\n  served_on: {from: [日]}\n  agent_id: {from: [客服]}\n"
    )
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts/mine.yaml").write_text(text, "utf-8")
    assert "mine" in export_layouts(tmp_path)

    (tmp_path / "layouts/mine.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(MeritError) as caught:
        export_layouts(tmp_path)

    assert (caught.value.code, caught.value.where.startswith("layouts/mine.yaml:")) == ("C166", True)
    assert words in caught.value.actual


def test_every_shipped_layout_says_where_its_headers_are_known_from_and_takes_nothing_personal() -> None:
    for layout in shipped_exports().values():
        taken = {folded(h) for group in layout.needed for h in group}
        taken |= {folded(h) for c in layout.columns.values() for group in c.alternatives for h in group}

        assert len(layout.source) > 40
        assert "not seen from the platform itself" in layout.source.casefold()
        assert not taken & {folded(h) for h in layout.personal}
    assert sorted(shipped_exports()) == sorted(files.EXPORTS)
