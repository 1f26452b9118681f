"""Texts to go on with: the entry for facts.yaml of a file that was recognised, the mapping to fill in of one that was not.

Belongs here: YAML for people. Not here: printing it (pipelines/commands), recognising (export_match.py).
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.file_drop.exports.export_layout import ExportLayout
from connectors.file_drop.exports.export_match import Near
from connectors.file_drop.exports.export_rows import ExportRows
from connectors.file_drop.fact_layouts import file_columns
from models.money import total
from models.spellings import folded
from models.tables import FACTS, Column, ColumnType

_WORD = re.compile(r"[a-z0-9]+", re.ASCII)
_PLAIN = re.compile(r"\w[\w./-]*")  # needs no quotes in YAML
_CLOSE = 3  # a layout of which fewer headers than a third are there helps nobody


# What headers of a file tell of the table it fills: the one with most of these words; of equal ones the first.
_HINTS = {
    "order_line": "orderid 订单号 订单编号 子订单 sku 商家编码 quantity 商品数量 price 单价 paid 付款时间 支付时间 实付",
    "refund": "refundid refund 退款 退货 return 售后",
    "receipt": "settlement deposit payout transactiontype 结算 收款 到账 应收 invoice 发票",
    "ad": "impression click spend campaign adgroup 曝光 展现 点击 消耗 花费 推广计划",
    "traffic": "session visitor pageview 访客 浏览 流量来源",
    "agent_day": "客服 接待 响应时长 旺旺 询单",
    "live_session": "直播 场次 viewers 观看 主播",
    "inventory": "stock onhand 库存 可售",
    "shipment": "shipped tracking carrier 发货 物流 运单",
    "ticket": "ticket 工单 priority",
    "review": "review 评价 评分",
    "attendance": "考勤 出勤 打卡",
}
_SYNONYMS = {
    "order_id": "order-id 主订单编号 订单编号 orderid",
    "line_id": "order-item-code order-item-id 子订单编号",
    "sku_id": "sku seller-sku 商家编码 商品编码",
    "qty": "quantity quantity-purchased 数量 商品数量 购买数量",
    "paid_amount": "amount total 实付金额 实付款 订单应付金额 买家实际支付金额 买家实付金额",
    "ordered_at": "createdat purchase-date 下单时间 订单创建时间 订单提交时间",
    "paid_at": "paidat posted-date-time 付款时间 支付时间 支付完成时间 订单付款时间",
    "currency": "currency-code 币种 货币",
}


def likely_table(titles: Iterable[str]) -> str:
    """The table that headers nobody described speak of most."""
    there = " ".join(_bare(t) for t in titles)
    scores = {table: sum(word in there for word in words.split()) for table, words in _HINTS.items()}
    best = max(scores, key=lambda table: scores[table])
    return best if scores[best] else "traffic"


def _bare(text: str) -> str:
    """A header as words of different tables are compared: order-id, Order ID and order_id are one."""
    return folded(text).replace("-", "").replace("_", "")


def layout_name(stem: str) -> str:
    """A name for the layout of a file: its own name in plain letters."""
    words = "_".join(_WORD.findall(stem.casefold()))
    # a layout's name begins with a letter and has at most 63 characters
    return (words if words[:1].isalpha() else f"export_{words}".rstrip("_"))[:60]


def skeleton(stem: str, titles: list[str], row: int, near: Near | None) -> str:
    """A layout to fill in: the headers of the file, and the columns of the table that the nearest layout fills.

    Args:
        stem: name of the file without its ending.
        titles: the headers of the file; nothing else of it is repeated.
        row: where they stand, from 1.
        near: the nearest layout.
    """
    name = layout_name(stem)
    helpful = near if near and near.found * _CLOSE >= len(near.layout.needed) else None
    table = helpful.layout.table if helpful else likely_table(titles)
    columns = "\n".join(_column(c, titles, helpful.layout if helpful else None) for c in file_columns(table))
    headers = "\n".join(f"#   {_quoted(t)}" for t in titles if t)
    return f"""\
# Mapping of an export nobody described yet. Fill in, save it as layouts/{name}.yaml in the company folder, run
# `kpi connectors recognise` again. 未知导出文件的映射: 补全后存入公司文件夹 layouts/{name}.yaml, 再运行一次。
# Headers of the file, row {row} 表头:
{headers}
name: {name}
label: {{zh: {_quoted(stem)}, en: {_quoted(name)}}}
platform: file
table: {table}  # any table of `kpi tables` that takes files 可改为其他表
grain: {{zh: {_quoted(FACTS[table].zh)}, en: {_quoted(FACTS[table].grain)}}}
verified: unverified
source: our own export
header_within: {row}
dates: ["%Y-%m-%d", "%Y/%m/%d"]
# decimal: ","  # where a comma stands before the decimals 以逗号为小数点
# currency: CNY
# every_day: true  # one row or more for every day of the entry proves the file whole
# constants: {{source: all}}
columns:
{columns}
"""


def _column(column: Column, titles: list[str], layout: ExportLayout | None) -> str:
    """A column as it is known, or as a line to fill in; a comment where the table does not need it."""
    known = [column.name, column.zh]
    if layout and column.name in layout.columns:
        known += [h for group in layout.columns[column.name].alternatives for h in group]
    known += _SYNONYMS.get(column.name, "").split()
    wanted = {_bare(h) for h in known}
    found = next((t for t in titles if t and _bare(t) in wanted), "")
    line = f"{column.name}: {{from: [{_quoted(found) if found else ''}]}}"
    remark = f"  # {column.zh}: {column.description}"
    if found:
        return f"  {line}{remark}"
    return f"  {line}{remark} FILL IN 必填" if column.required else f"  # {line}{remark}"


def facts_entry(file: str, export: ExportRows, zone: str, days: tuple[date, date] | None) -> str:
    """The entry of facts.yaml for a file, as far as the file itself tells; the rest is marked."""
    layout = export.layout
    first, last = days or _days(export, zone) or ("FILL-IN", "FILL-IN")
    lines = [
        f"  - table: {layout.table}",
        f"    file: {file if _PLAIN.fullmatch(file) else _quoted(file)}",
        f"    layout: {layout.name}",
        f"    platform: {layout.platform}",
        "    shop_id: FILL-IN",
        f"    zone: {zone}",
        f"    from: {first}",
        f"    to: {last}",
        f"    rows: {export.data_rows}  # compare with the platform's page 请与平台页面核对",
    ]
    if not layout.currency and "currency" not in layout.columns and _has_money(layout):
        lines.append("    currency: FILL-IN")
    if totals := _totals(export):
        lines.append(f"    totals: {{{totals}}}  # the same 同上")
    return "\n".join(lines)


def _days(export: ExportRows, zone: str) -> tuple[date, date] | None:
    """From when to when: by the day of the table, or by the one the platform bounded the file by, whichever is narrower."""
    fact = FACTS[export.layout.table]
    spans = [_span(export, names, zone) for names in (fact.own_days, *((n,) for n in fact.bounded_by))]
    # of equal ones the first: the day the figures count on
    return min((s for s in spans if s), key=lambda s: s[1] - s[0], default=None)


def _span(export: ExportRows, names: tuple[str, ...], zone: str) -> tuple[date, date] | None:
    fact = FACTS[export.layout.table]
    sources = [s for n in names if (c := fact.column(n)) for s in (c.derived.of if c.derived else (n,))]
    found = [d for row in export.table.dropped for s in sources if (d := _day(row.values.get(s), zone))]
    return (min(found), max(found)) if found else None


def _day(value: object, zone: str) -> date | None:
    if isinstance(value, datetime):
        # without an offset it is the shop's clock already
        return value.astimezone(ZoneInfo(zone)).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


def _has_money(layout: ExportLayout) -> bool:
    fact = FACTS[layout.table]
    taken = [c for name in layout.columns if (c := fact.column(name))]
    return any(c.unit == "own currency" for c in taken) or layout.split is not None


def _totals(export: ExportRows) -> str:
    """The first money column, else the first count, that every row has."""
    columns = [
        c for c in file_columns(export.layout.table) if c.type is ColumnType.NUMBER and c.unit != "ratio"
    ]
    # False sorts first: money before counts
    for column in sorted(columns, key=lambda c: c.unit != "own currency"):
        values = [row.values.get(column.name) for row in export.table.dropped]
        numbers = [Decimal(v) for v in values if isinstance(v, int | Decimal)]
        if numbers and len(numbers) == len(values):
            return f"{column.name}: {total(numbers):f}"
    return ""


def unknown_headers(titles: Iterable[str], layout: ExportLayout) -> list[str]:
    """The headers of a file that its layout does not know."""
    return [t for t in titles if t and folded(t) not in layout.all_headers]


def _quoted(text: str) -> str:
    """A YAML text whatever stands in it."""
    safe = "".join(c if c.isprintable() else " " for c in text[:200])
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
