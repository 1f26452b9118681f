"""Exports as people have them: other dashes, totals, remarks, decimal commas, semicolons, and files nobody described yet."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.file_drop.exports.export_layout import shipped_exports
from connectors.file_drop.exports.export_match import likely_header, recognise, titles_of
from connectors.file_drop.exports.export_reading import ExportEntry
from connectors.file_drop.exports.export_rows import ExportRows, export_rows
from connectors.file_drop.exports.export_sheets import raw_sheets
from connectors.file_drop.exports.export_skeleton import facts_entry, likely_table, skeleton
from connectors.file_drop.layout import FileOptions
from connectors.file_drop.manifest import read_manifest
from models.definitions.strict_yaml import parse
from models.errors import CompanyError, MeritError, MeritErrors
from tests.connectors.file_drop import export_files as files
from tests.warehouse.facts.test_exports import declare, payloads, read
from tests.warehouse.facts.world import FactWorld

OCTOBER = (date(2026, 10, 1), date(2026, 10, 2))
FIRST = (OCTOBER[0], OCTOBER[0])


def export(path: Path, days: tuple[date, date] = OCTOBER, currency: str | None = None) -> ExportRows:
    content = path.read_bytes()
    match = recognise(content, path, shipped_exports(), FileOptions())
    return export_rows(match, content, ExportEntry(path.name, days, currency))


def column(rows: ExportRows, name: str) -> list[object]:
    return [r.values[name] for r in rows.table.dropped]


@pytest.mark.parametrize("dash", ["–", "—", "−", "‑", " –\u00a0", "\u3000-\u200b"])
def test_a_report_with_another_dash_and_case_is_the_same_report(tmp_path: Path, dash: str) -> None:
    header = [
        "(Parent) ASIN", "（Child） ASIN", "Title", "SKU", f"Sessions {dash} Total", f"Page views {dash} Total",
        "Featured Offer (Buy Box) percentage", "Units ordered", "Ordered\u00a0Product\nSales",
    ]  # fmt: skip
    rows = [header, ["P1", "C1", "Cup", "CUP-1", "2,100", "2,500", "97.25%", "31", "£1,549.69"]]

    found = export(files.write_csv(tmp_path / "a.csv", rows), FIRST, "GBP")

    assert found.layout.name == "amazon_sales_traffic_by_child_asin"
    assert [column(found, n)[0] for n in ("sessions", "units", "paid_amount", "buy_box_pct")] == [
        2100, 31, Decimal("1549.69"), Decimal("0.9725"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tail",
    [["合计", "2,234", "9,678", "22,345.59", "96", "78", "-", "-"], ["", "合计：", "", "22,345.59"], ["总计"],
     ["注：数据仅供参考"],
     ["数据说明:访客数为去重值", "见帮助"], ["导出时间", "2026-10-03 10:00:00"], ["", "", "", "", "", "", "", ""]],
)  # fmt: skip
def test_totals_and_remarks_below_a_day_table_are_left_out(tmp_path: Path, tail: Sequence[str]) -> None:
    rows = [*files.SHOP_DAY, tail]

    found = export(files.write_csv(tmp_path / "a.csv", rows))

    assert column(found, "visitors") == [1234, 1000]
    assert found.data_rows == 2
    assert sum(found.left_out.values()) == (1 if any(tail) else 0)


def test_a_row_that_names_its_day_is_no_total_whatever_stands_beside(tmp_path: Path) -> None:
    rows = files.changed(files.ITEM_DAY, 2, "商品名称", "合计")

    assert len(export(files.write_csv(tmp_path / "a.csv", rows)).table.dropped) == 3


def test_a_total_row_of_agents_under_another_word_is_checked_too(tmp_path: Path) -> None:
    rows = files.changed(files.QIANNIU, 3, "旺旺昵称", "合计")
    wrong = files.changed(rows, 3, "询单最终付款金额", "4,457.01")

    assert column(export(files.write_csv(tmp_path / "a.csv", rows), FIRST), "payers") == [12, 5]
    with pytest.raises(CompanyError, match="C167"):
        export(files.write_csv(tmp_path / "b.csv", wrong), FIRST)


@pytest.mark.parametrize("header", ["询单最终付款金额", "平均响应时长（秒)"])
def test_a_cell_that_is_still_counted_is_named_in_the_message(tmp_path: Path, header: str) -> None:
    path = files.write_xlsx(tmp_path / "a.xlsx", files.changed(files.QIANNIU, 1, header, "延迟统计"))

    with pytest.raises(MeritError) as caught:
        export(path, FIRST)

    assert "延迟统计" in caught.value.render()


@pytest.mark.parametrize(
    "days", [["2026/10/1", "2026/10/2"], ["2026年10月1日", "2026年10月2日"], ["46296", "46297"]]
)
def test_days_of_an_export_are_read_in_every_spelling(tmp_path: Path, days: list[str]) -> None:
    rows = files.changed(files.changed(files.SHOP_DAY, 4, "统计日期", days[0]), 5, "统计日期", days[1])

    assert column(export(files.write_csv(tmp_path / "a.csv", rows)), "traffic_on") == [*OCTOBER]


def test_excels_form_of_a_time_is_read_in_an_order_export(tmp_path: Path) -> None:
    rows = files.changed(files.DOUDIAN, 1, "支付完成时间", "2026/10/1 9:01")

    assert (
        str(column(export(files.write_csv(tmp_path / "a.csv", rows)), "paid_at")[0]) == "2026-10-01 09:01:00"
    )


def test_a_gbk_file_with_tabs_around_its_ids_is_read_as_it_is(tmp_path: Path) -> None:
    found = export(files.write_csv(tmp_path / "a.csv", files.DOUDIAN, "gbk"))

    assert column(found, "line_id")[0] == "6912345678901234567"
    assert found.left_out == {"未付款的子订单 / sub-orders nobody paid": 1}


LAYOUT = """\
name: shop_orders
label: {zh: 订单, en: Orders}
platform: file
table: order_line
grain: {zh: 每行一单, en: one row per order}
verified: unverified
source: our own export
header_within: 3
decimal: ","
instants: ["%d.%m.%Y %H:%M:%S"]
symbols: {"€": [EUR]}
currency: EUR
columns:
  order_id: {from: [order-id]}
  line_id: {from: [item-code]}
  qty: {from: [quantity]}
  paid_amount: {from: [amount]}
  paid_at: {from: [posted]}
skip:
  - {column: [posted], among: ["", "Time of payment"], why: {zh: 未付款, en: not paid}}
"""
ORDERS = [
    ["order-id", "item-code", "quantity", "amount", "posted"],
    ["302-1", "11", "1", "1.119,99 €", "02.10.2026 14:23:00"],
    ["302-2", "12", "2", "1.234", "02.10.2026 15:00:00"],
    ["302-3", "13", "1", "5,00", ""],
]


def own(world: FactWorld, cells: files.Rows, delimiter: str, **stated: object) -> None:
    (world.folder / "layouts").mkdir(parents=True, exist_ok=True)
    (world.folder / "layouts/shop_orders.yaml").write_text(LAYOUT, "utf-8")
    path = files.write_csv(world.folder / "exports/a.txt", cells, delimiter=delimiter)
    declare(world, "order_line", path, ("2026-10-01", "2026-10-02"), "shop_orders", **stated)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_a_german_file_is_read_to_the_cent_with_a_layout_that_says_decimal_comma(
    world: FactWorld, delimiter: str
) -> None:
    own(world, ORDERS, delimiter, rows=3)

    assert [p["paid_amount"] for p in payloads(read(world))] == ["1119.99", "1234"]


def test_a_second_row_of_descriptions_is_left_out_by_a_skip(world: FactWorld) -> None:
    described = [ORDERS[0], ["Order ID", "Code", "Pieces", "Amount", "Time of payment"], *ORDERS[1:]]
    own(world, described, ";", rows=4)

    assert len(payloads(read(world))) == 2


def spend(world: FactWorld, amount: str, currency: str, **stated: object) -> str | None:
    row = {"ad_on": "2026-10-01", "campaign_id": "K1", "spend": amount}
    world.drop("ad", [row], currency=currency, **stated)
    world.build()
    return world.failures()[0][0] if world.failures() else None


@pytest.mark.parametrize(
    ("amount", "currency", "stated", "code"),
    [
        ("1.234", "EUR", {}, "C201"), ("1.200", "EUR", {}, "C201"), ("1.2345", "EUR", {}, "C201"), ("100.5", "JPY", {}, "C201"),
        ("1.234", "KWD", {}, None),
        ("12.3400", "EUR", {}, None), ("100.00", "JPY", {}, None), ("1.234", "EUR", {"decimals": 3}, None),
        ("1.2345", "EUR", {"decimals": 3}, "C201"),
    ],
)  # fmt: skip
def test_more_decimals_than_the_currency_has_are_refused_unless_stated(
    world: FactWorld, amount: str, currency: str, stated: dict[str, object], code: str | None
) -> None:
    assert spend(world, amount, currency, **stated) == code


def test_a_fact_file_with_decimal_commas_is_read_where_its_entry_says_so(world: FactWorld) -> None:
    rows = [
        {"ad_on": "2026-10-01", "campaign_id": k, "spend": s}
        for k, s in (("A", "1141,18"), ("B", "1.234"), ("C", "1.234,50"))
    ]
    world.drop("ad", rows, currency="EUR", decimal="','")
    world.build()

    assert world.failures() == []
    assert world.rows("select spend from core_ad order by campaign_id") == [
        (Decimal("1141.18"),), (Decimal(1234),), (Decimal("1234.50"),),
    ]  # fmt: skip


SETTLEMENT = [
    "settlement-id", "deposit-date", "currency", "transaction-type", "order-id", "amount-type", "amount", "posted-date-time",
    "order-item-code", "sku", "quantity-purchased",
]  # fmt: skip


def test_the_mapping_skeleton_for_a_settlement_file_proposes_order_lines_and_fills_what_it_can() -> None:
    text = skeleton("settlement", SETTLEMENT, 1, None)
    parse(text, "skeleton")

    assert "table: order_line" in text
    for line in ('order_id: {from: ["order-id"]}', 'sku_id: {from: ["sku"]}', 'qty: {from: ["quantity-purchased"]}',
                 'paid_amount: {from: ["amount"]}', 'paid_at: {from: ["posted-date-time"]}'):  # fmt: skip
        assert line in text


@pytest.mark.parametrize(
    ("titles", "table"),
    [(["日期", "曝光量", "点击量", "消耗"], "ad"), (["日期", "访客数", "浏览量"], "traffic"),
     (["退款编号", "退款金额", "退货状态"], "refund"),
     (["Settlement", "Deposit", "Payout"], "receipt"), (["客服", "接待人数", "响应时长"], "agent_day"), (["a", "b"], "traffic")],
)  # fmt: skip
def test_the_skeleton_proposes_the_table_that_the_headers_speak_of(titles: list[str], table: str) -> None:
    assert likely_table(titles) == table


def test_the_entry_for_an_order_export_has_the_days_its_platform_bounded_it_by(tmp_path: Path) -> None:
    rows = files.changed(files.DOUDIAN, 2, "支付完成时间", "2026/10/03 00:00:05")
    entry = facts_entry(
        "exports/a.csv", export(files.write_csv(tmp_path / "a.csv", rows)), "Asia/Shanghai", None
    )

    assert "from: 2026-10-01" in entry
    assert "to: 2026-10-02" in entry


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file_is_recognised_in_every_encoding_and_with_every_separator(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    padded = [[*row, "", ""] for row in files.SHOP_DAY] + [[""] * 10]
    path = files.write_csv(tmp_path / "a.csv", padded, encoding, delimiter)

    assert column(export(path), "paid_amount") == [Decimal("12345.60"), Decimal("9999.99")]


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [("主订单编号", "1.23E+15", "C158"), ("订单应付金额", "(5.00)", "C152"), ("订单应付金额", "CNY 5", "C152"),
     ("订单应付金额", "1.2万", "C152"),
     ("支付完成时间", "01/02/2026 9:00", "C151"), ("商品数量", "一", "C153")],
)  # fmt: skip
def test_what_cannot_be_known_is_refused_with_its_cell(
    tmp_path: Path, header: str, cell: str, code: str
) -> None:
    path = files.write_csv(tmp_path / "a.csv", files.changed(files.DOUDIAN, 1, header, cell))

    with pytest.raises(MeritError) as caught:
        export(path)

    errors = caught.value.errors if isinstance(caught.value, MeritErrors) else [caught.value]
    assert errors[0].code == code
    assert cell in errors[0].actual or code == "C158"


def test_the_bound_of_an_entry_is_said_where_it_is_crossed() -> None:
    text = "drops:\n  - {table: traffic, file: a.csv, shop_id: uk, zone: UTC, from: 2020-01-01, to: 2026-01-01, rows: 1}\n"

    with pytest.raises(CompanyError, match="1100 days in one entry: split"):
        read_manifest(text)


def test_a_file_nobody_described_shows_its_own_headers(tmp_path: Path) -> None:
    path = files.write_csv(tmp_path / "a.txt", [["Report"], SETTLEMENT, ["1", "x"]], delimiter="\t")
    header = likely_header(list(raw_sheets(path.read_bytes(), path, FileOptions())))

    assert header is not None
    assert titles_of(*header) == SETTLEMENT
