"""The firm's folder: what `kpi init` wrote, filled in with Excel files, CSV files and downloads.

Belongs here: writing files as people and platforms write them. Not here: their rows (roster.py, sales.py, work.py).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]

from pipelines.commands.cli import main
from tests.journeys.forty import roster, sales, work

Rows = Iterable[Sequence[object]]
MONTH = "from: 2026-03-01, to: 2026-03-31"
ROSTER = "花名册.xlsx"
TAOBAO = "exports/ExportItemList202603.csv"
ROLES = Path(__file__).parents[3] / "kpi_definitions" / "roles"
_BY_VISITS = {
    "kpi: conversion_rate": "kpi: reported_visit_conversion"
}  # no download of the three names buyers
# Copies of shipped roles, with what the firm changes in them.
OWN_ROLES: dict[str, dict[str, str]] = {
    "ops_specialist": _BY_VISITS,
    "ecom_ops_manager": _BY_VISITS,
    # her team's chats come from two reports and a list of checked chats: one source for all is the report
    "cs_supervisor": {
        "kpi: customer_satisfaction": "kpi: reported_satisfaction",
        "kpi: first_reply_seconds": "kpi: reported_first_reply",
        "kpi: inquiry_conversion": "kpi: reported_conversion",
        "kpi: cs_aov": "kpi: reported_aov",
    },
    roster.FEIGE_ROLE: {
        "id: presales_cs\n": f"id: {roster.FEIGE_ROLE}\n",
        "售前客服(客服专员)": "抖店售前客服",
        "kpi: cs_sales": "kpi: reported_sales",
        "kpi: reply_rate": "kpi: reply_3min_rate",
    },
}
_COPIED = {roster.FEIGE_ROLE: "presales_cs"}


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
        """Rows as an Excel file, all cells text as a back office writes them."""
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append([str(cell) for cell in row])
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)

    def drop(self, table: str, file: str, shop: str, more: str, days: str = MONTH) -> None:
        """One more entry of facts.yaml."""
        entry = f"table: {table}, file: {file}, shop_id: {shop}, zone: Asia/Shanghai, {days}"
        self.drops.append(f"  - {{{entry}, {more}}}\n")
        self.write("facts.yaml", "drops:\n" + "".join(self.drops))


def write_company(firm: Firm) -> None:
    """What the firm says in company.yaml, and the roles that it measures otherwise than the shipped ones."""
    firm.change("company.yaml", "id: mycompany ", "id: tieshu ")
    firm.change("company.yaml", "{zh: 我的公司, en: My company}", "{zh: 铁树商贸, en: Tieshu}")
    firm.change("company.yaml", "first_day: 2026-01-01", "first_day: 2026-03-01")
    firm.change("company.yaml", "# empty_fees: zero", "empty_fees: zero")
    firm.change("company.yaml", ", live_session: live_ops}", "}")  # nobody here is
    for role, changes in OWN_ROLES.items():
        text = (ROLES / f"{_COPIED.get(role, role)}.yaml").read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        firm.write(f"kpi_definitions/{role}.yaml", text)


def write_people(firm: Firm) -> None:
    """An Excel list of people with a title row and Chinese words, and four lists."""
    firm.book(ROSTER, [(roster.TITLE,), roster.HEADERS, *roster.people()], sheet="在职")
    firm.write("files.yaml", "people: {file: 花名册.xlsx, sheet: 在职}\n")
    owned = ("归属类型", "归属对象", "岗位", "工号", "份额", "生效日期", "失效日期")
    firm.rows("ownership.csv", [owned, *roster.ownership()])
    rated = ("person_id", "period", "item_id", "rater_id", "rater_type", "score", "scale_max", "comment")
    firm.rows("ratings.csv", [rated, *roster.ratings()])
    aimed = ("目标范围", "目标对象", "指标", "考核期", "目标值", "目标依据", "批准人")
    firm.rows("targets.csv", [aimed, *roster.targets()])


def write_lists(firm: Firm) -> None:
    """SKUs, their costs, and what a dollar was worth."""
    every = [sku for shop in sales.SHOPS for sku in sales.skus(shop)]
    goods = [(sku, "花器", "花器", "2025-06-01") for sku in every]
    firm.rows("skus.csv", [("货号", "商品名称", "商品组", "上架日期"), *goods])
    costs = [
        (sku, "2026-01-01", f"{sales.price(sku) / 2:.2f}", "USD" if sku.startswith("US") else "CNY")
        for sku in every
    ]
    firm.rows("costs.csv", [("货号", "生效日期", "单位成本", "币种"), *costs])
    rates = [("USD", "CNY", work.day(d), sales.rate(d), "中国银行") for d in sales.DAYS]
    firm.rows("rates.csv", [("币种", "本位币", "汇率日期", "汇率", "来源"), *rates])


def write_exports(firm: Firm) -> None:
    """The three shops' downloads of orders, as they come."""
    firm.rows(TAOBAO, sales.taobao_export(), "gbk")
    firm.rows("exports/抖店订单202603.csv", sales.doudian_export(), "utf-8-sig")
    firm.rows("exports/orders_export.csv", sales.shopify_export())
    count = {shop: len(sales.orders(shop)) for shop in sales.SHOPS}
    firm.drop(
        "order_line", TAOBAO, "tm", f"layout: auto, platform: taobao, currency: CNY, rows: {count['tm']}"
    )
    unpaid = count["dy"] + 1
    firm.drop(
        "order_line", "exports/抖店订单202603.csv", "dy", f"layout: auto, platform: douyin, rows: {unpaid}"
    )
    firm.drop(
        "order_line",
        "exports/orders_export.csv",
        "us",
        f"layout: auto, platform: shopify, rows: {count['us']}",
    )


def write_facts(firm: Firm) -> None:
    """Everything else: the platform's traffic, and what stands in lists of the firm's own."""
    firm.book("exports/生意参谋店铺.xlsx", work.shop_visits())
    firm.drop("traffic", "exports/生意参谋店铺.xlsx", "tm", "layout: auto, platform: taobao")
    for shop in sales.SHOPS:
        back = list(sales.refund_rows(shop))
        firm.rows(f"facts/退款-{shop}.csv", back)
        firm.drop("refund", f"facts/退款-{shop}.csv", shop, f"rows: {len(back) - 1}")
    for table, shop, rows in work.FACTS:
        made = list(rows())
        heads = 2 if len(made[0]) == 1 else 1  # a title above the headers
        name = f"facts/{table}-{shop}.{'xlsx' if heads == 2 else 'csv'}"
        (firm.book if heads == 2 else firm.rows)(name, made)
        currency = ", currency: " + ("USD" if shop == "us" else "CNY") if table == "ad" else ""
        firm.drop(table, name, shop, f"rows: {len(made) - heads}{currency}")


def write_agents(firm: Firm) -> None:
    """The agents' reports: 千牛 one file a day, 飞鸽 one for the month."""
    for d in sales.DAYS:
        firm.book(f"exports/千牛客服-{work.day(d)}.xlsx", work.qianniu(d))
    firm.drop(
        "agent_day", '"exports/千牛客服-{day}.xlsx"', "tm", "layout: qianniu_agent_day, platform: taobao"
    )
    rows = list(work.feige())
    firm.rows("exports/飞鸽客服.csv", rows, "utf-8-sig")
    firm.drop(
        "agent_day", "exports/飞鸽客服.csv", "dy", f"layout: auto, platform: douyin, rows: {len(rows) - 1}"
    )
