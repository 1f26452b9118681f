"""The firm's folder: what `kpi init` wrote, filled in with Excel files, CSV files and downloads.

Belongs here: writing files as people and platforms write them. Not here: their rows (roster.py, sales.py, work.py).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]

from pipelines.commands.cli import main
from tests.journeys.forty import roster, sales, work

Rows = Iterable[Sequence[object]]
MONTH = "from: 2026-03-01, to: 2026-03-31"
ZONE = "zone: Asia/Shanghai"


class Firm:
    """Its folder and what is done there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drops: list[str] = []

    def kpi(self, *arguments: str) -> int:
        """A command over this company; its exit code."""
        return main([*arguments, "--company", str(self.folder)])

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))

    def change(self, name: str, old: str, new: str) -> None:
        assert old in self.text(name)
        self.write(name, self.text(name).replace(old, new, 1))

    def rows(self, name: str, rows: Rows, encoding: str = "utf-8") -> None:
        """Rows as a CSV file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        self.write(name, out.getvalue(), encoding)

    def book(self, name: str, rows: Rows, sheet: str = "Sheet1") -> None:
        """Rows as an Excel file."""
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append([str(cell) if isinstance(cell, Decimal) else cell for cell in row])
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)

    def drop(self, entry: str) -> None:
        self.drops.append(f"  - {{{entry}}}\n")
        self.write("facts.yaml", "drops:\n" + "".join(self.drops))


def fill_in(firm: Firm) -> None:
    """Everything a firm writes itself and downloads for March."""
    write_people(firm)
    write_lists(firm)
    write_sales(firm)
    write_facts(firm)
    write_agents(firm)


def write_people(firm: Firm) -> None:
    firm.book("花名册.xlsx", [(roster.TITLE,), roster.HEADERS, *roster.people()], sheet="在职")
    firm.write("files.yaml", "people: {file: 花名册.xlsx, sheet: 在职}\n")
    firm.rows("ownership.csv", [("归属类型", "归属对象", "岗位", "工号", "份额", "生效日期", "失效日期"), *roster.ownership()])
    head = ("person_id", "period", "item_id", "rater_id", "rater_type", "score", "scale_max", "comment")
    firm.rows("ratings.csv", [head, *roster.ratings()])
    firm.rows("targets.csv", [("目标范围", "目标对象", "指标", "考核期", "目标值", "目标依据", "批准人"), *roster.targets()])


def write_lists(firm: Firm) -> None:
    every = [sku for shop in sales.SHOPS for sku in sales.skus(shop)]
    firm.rows("skus.csv", [("货号", "商品名称", "商品组", "上架日期"), *((sku, "花器", "花器", "2025-06-01") for sku in every)])
    costs = [(sku, "2026-01-01", f"{sales.price(sku) / 2:.2f}", "USD" if sku.startswith("US") else "CNY") for sku in every]
    firm.rows("costs.csv", [("货号", "生效日期", "单位成本", "币种"), *costs])
    rates = [("USD", "CNY", work.day(d), str(sales.rate(d)), "中国银行") for d in sales.DAYS]
    firm.rows("rates.csv", [("币种", "本位币", "汇率日期", "汇率", "来源"), *rates])


def write_sales(firm: Firm) -> None:
    firm.rows("exports/ExportItemList202603.csv", sales.taobao_export(), "gbk")
    firm.rows("exports/抖店订单202603.csv", sales.doudian_export(), "utf-8-sig")
    firm.rows("exports/orders_export.csv", sales.shopify_export(), "utf-8")
    for shop in sales.SHOPS:
        rows = list(sales.refund_rows(shop))
        firm.rows(f"facts/退款-{shop}.csv", rows)
        firm.drop(f"table: refund, file: facts/退款-{shop}.csv, shop_id: {shop}, {ZONE}, {MONTH}, rows: {len(rows) - 1}")


def write_facts(firm: Firm) -> None:
    firm.book("exports/生意参谋店铺.xlsx", work.shop_visits())
    firm.drop(f"table: traffic, file: exports/生意参谋店铺.xlsx, layout: auto, platform: taobao, shop_id: tm, {ZONE}, {MONTH}")
    for table, shop, rows in work.FACTS:
        made = list(rows())
        heads = 2 if len(made[0]) == 1 else 1
        name = f"facts/{table}-{shop}.{'xlsx' if heads == 2 else 'csv'}"
        (firm.book if heads == 2 else firm.rows)(name, made)
        money = ", currency: " + ("USD" if shop == "us" else "CNY") if table == "ad" else ""
        firm.drop(f"table: {table}, file: {name}, shop_id: {shop}, {ZONE}, {MONTH}, rows: {len(made) - heads}{money}")


def write_agents(firm: Firm) -> None:
    for d in sales.DAYS:
        name = f"exports/千牛客服-{work.day(d)}.xlsx"
        firm.book(name, work.qianniu(d))
        span = f"from: {work.day(d)}, to: {work.day(d)}"
        firm.drop(f"table: agent_day, file: {name}, layout: qianniu_agent_day, platform: taobao, shop_id: tm, {ZONE}, {span}, currency: CNY")
    rows = list(work.feige())
    firm.rows("exports/飞鸽客服.csv", rows, "utf-8-sig")
    firm.drop(f"table: agent_day, file: exports/飞鸽客服.csv, layout: feige_agent_day, platform: douyin, shop_id: dy, {ZONE}, {MONTH}, "
              f"rows: {len(rows) - 1}, currency: CNY")
