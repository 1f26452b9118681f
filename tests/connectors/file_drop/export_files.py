# ruff: noqa: E501 -- a row of a file reads best on few lines
"""Small synthetic exports, one per shipped layout, written the way the platform writes them: titles, tabs, signs, total rows.

Belongs here: files. Not here: what must become of them (test_exports.py, tests/warehouse/facts/test_exports.py). All figures are made up.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]

Rows = Sequence[Sequence[object]]

SHOP_DAY: Rows = [
    ["生意参谋 店铺整体"],
    ["数据说明：仅为示例"],
    [],
    ["统计日期", "访客数", "浏览量", "支付金额", "支付买家数", "支付件数", "支付转化率", "跳失率"],
    ["2026-10-01", "1,234", "5,678", "12,345.60", "56", "78", "4.54%", "-"],
    ["2026-10-02", "1,000", "4,000", "9,999.99", "40", "-", "4.00%", "--"],
]
ITEM_DAY: Rows = [
    ["生意参谋商品明细"],
    [
        "统计日期",
        "商品ID",
        "商品名称",
        "商品访客数",
        "商品浏览量",
        "商品加购件数",
        "支付买家数",
        "支付件数",
        "支付金额",
        "商品支付转化率",
    ],
    ["2026-10-01", "712345678901", "杯子", "100", "250", "7", "10", "12", "1,230.00", "10.00%"],
    ["2026-10-01", "712345678902", "盘子", "50", "80", "-", "0", "0", "0.00", "0.00%"],
    ["2026-10-02", "712345678901", "杯子", "90", "200", "5", "9", "9", "900.50", "10.00%"],
]
QIANNIU: Rows = [
    ["旺旺昵称", "询单人数", "询单最终付款人数", "询单最终付款转化率", "首次响应时长（秒)", "平均响应时长（秒)", "客户满意率", "旺旺回复率",
     "询单最终付款金额", "成功退款金额"],
    ["示例店:小青", "40", "12", "30.00%", "8.52", "21.30", "95.00%", "99.10%", "3,456.70", "100.00"],
    ["示例店:小白", "20", "5", "25.00%", "-", "18.00", "-", "100.00%", "1,000.30", "-"],
    ["汇总值", "60", "17", "28.33%", "-", "-", "-", "-", "4,457.00", "100.00"],
    ["平均值", "30", "8.5", "27.50%", "8.52", "19.65", "95.00%", "99.55%", "2,228.50", "50.00"],
    ["全店汇总值", "60", "17", "28.33%", "8.52", "19.65", "95.00%", "99.55%", "4,457.00", "100.00"],
    ["同行同层均值", "33", "9", "27.27%", "9.00", "20.00", "94.00%", "99.00%", "3,000.00", "80.00"],
]  # fmt: skip
FEIGE: Rows = [
    ["日期", "店铺名称", "客服昵称", "账号名称", "人工已接待人数", "人工已接待会话量", "3分钟人工回复率 (会话)", "首次响应时长（秒）",
     "平均响应时长（秒）", "满意率", "客服销售额（元）", "询单人数", "下单人数", "支付人数"],
    ["2026-10-01", "示例店", "小青", "kf01", "30.0", "36", "98.25%", "6", "15.5", "92.00%", "1200.00", "18", "9", "8"],
    ["2026-10-02", "示例店", "小青", "kf01", "0", "0", "-", "-", "-", "-", "0.00", "0", "0", "0"],
]  # fmt: skip
DOUDIAN: Rows = [
    ["主订单编号", "子订单编号", "选购商品", "商品数量", "商品ID", "商家编码", "订单应付金额", "平台实际承担优惠金额", "达人实际承担优惠金额",
     "收件人", "收件人手机号", "详细地址", "订单提交时间", "支付完成时间", "订单状态", "达人ID", "流量体裁"],
    ["\t6912345678901234567", "\t6912345678901234567", "杯子,蓝色", "1", "\t371", "SKU-1", "1,099.00", "10.00", "-", "林*", "138****0000",
     "******", "2026/10/01 09:00:00", "2026/10/01 09:01:00", "已完成", "\t0", "直播"],
    ["\t6912345678901234999", "\t6912345678901235001", "盘子", "2", "\t372", "SKU-2", "59.80", "0.00", "1.20", "周*", "139****0000",
     "******", "2026/10/02 23:50:00", "2026/10/02 23:59:59", "已发货", '="88001122334455"', "短视频"],
    ["\t6912345678901236000", "\t6912345678901236000", "盘子", "1", "\t372", "SKU-2", "29.90", "0.00", "0.00", "吴*", "137****0000",
     "******", "2026/10/02 10:00:00", "-", "已关闭", "\t0", "其他"],
]  # fmt: skip
AMAZON_DAY: Rows = [
    ["Date", "Ordered Product Sales", "Ordered Product Sales - B2B", "Units Ordered", "Total Order Items", "Page Views - Total",
     "Sessions - Total", "Featured Offer (Buy Box) Percentage", "Unit Session Percentage"],
    ["10/1/26", "$1,234.56", "$0.00", "20", "19", "3,000", "2,160", "98.50%", "9.26%"],
    ["10/2/26", "$2,000.00", "$10.00", "1,190", "18", "3,200", "2,340", "100.00%", "8.12%"],
]  # fmt: skip
AMAZON_ASIN: Rows = [
    ["(Parent) ASIN", "(Child) ASIN", "Title", "SKU", "Sessions - Total", "Page Views - Total", "Featured Offer (Buy Box) Percentage",
     "Units Ordered", "Unit Session Percentage", "Ordered Product Sales"],
    ["B0PARENT01", "B0CHILD001", "Net, 3ft", "5K-SC", "12,131", "17,004", "99.80%", "683", "5.63%", "£12,905.25"],
    ["B0PARENT01", "B0CHILD002", "Net, 4ft", "5K-SD", "10", "12", "", "0", "0.00%", "£0.00"],
]  # fmt: skip
SHOPIFY: Rows = [
    ["Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Created at",
     "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Shipping Name", "Shipping Country", "Cancelled at",
     "Refunded Amount", "Id", "Lineitem discount", "Phone"],
    ["#1001", "ann@example.com", "paid", "2026-10-01 10:00:00 +0800", "USD", "26.98", "5.00", "0.00", "31.98", "3.00",
     "2026-10-01 09:58:12 +0800", "2", "Tee", "9.99", "TEE-S", "Ann Example", "US", "", "0.00", "5001", "0.00", "555-0100"],
    ["#1001", "", "", "", "", "", "", "", "", "", "", "1", "Mug", "10.00", "MUG", "", "", "", "", "", "0.00", ""],
    ["#1002", "bob@example.com", "pending", "", "USD", "10.00", "0.00", "0.00", "10.00", "0.00", "2026-10-02 09:00:00 +0800", "1", "Mug",
     "10.00", "MUG", "Bob Example", "US", "", "0.00", "5002", "0.00", ""],
]  # fmt: skip
TIKTOK: Rows = [
    ["Order ID", "Order Status", "Order Substatus", "SKU ID", "Seller SKU", "Quantity", "SKU Unit Original Price",
     "SKU Subtotal Before Discount", "SKU Platform Discount", "SKU Seller Discount", "SKU Subtotal After Discount", "Taxes", "Order Amount",
     "Created Time", "Paid Time", "Cancelled Time", "Buyer Username"],
    ["Platform unique order ID.", "Current order status.", "Order substatus.", "Platform SKU ID.", "Seller sku.", "Quantity.", "Price.",
     "Before.", "Platform discount.", "Seller discount.", "After.", "Taxes.", "Order amount.", "Created.", "Paid.", "Cancelled.", "Buyer."],
    ["5760001\t", "Completed", "Delivered", "1729\t", "MUG-B", "2", "USD 10.00", "USD 20.00", "USD 1.00", "USD 2.00", "USD 17.00", "USD 1.60",
     "USD 18.60", "10/01/2026 9:00:00 AM\t", "10/01/2026 9:01:00 AM\t", "\t", "u***1"],
    ["5760002\t", "Canceled", "Canceled", "1729\t", "MUG-B", "1", "USD 10.00", "USD 10.00", "USD 0.00", "USD 0.00", "USD 10.00", "USD 0.80",
     "USD 10.80", "10/01/2026 9:00:00 AM\t", "10/01/2026 9:01:00 AM\t", "10/01/2026 9:30:00 AM\t", "u***2"],
    ["5760003\t", "Unpaid", "Unpaid", "1729\t", "MUG-B", "1", "USD 10.00", "USD 10.00", "USD 0.00", "USD 0.00", "USD 10.00", "USD 0.80",
     "USD 10.80", "10/01/2026 9:00:00 AM\t", "\t", "\t", "u***3"],
]  # fmt: skip

EXPORTS: dict[str, Rows] = {
    "sycm_shop_day": SHOP_DAY,
    "sycm_item_day": ITEM_DAY,
    "qianniu_agent_day": QIANNIU,
    "feige_agent_day": FEIGE,
    "doudian_orders": DOUDIAN,
    "amazon_sales_traffic_by_date": AMAZON_DAY,
    "amazon_sales_traffic_by_child_asin": AMAZON_ASIN,
    "shopify_orders": SHOPIFY,
    "tiktok_shop_orders": TIKTOK,
}


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """Rows as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Rows, sheet: str = "Sheet1", hidden: Rows = ()) -> Path:
    """Rows as a workbook of text cells, with a hidden sheet where one is asked for."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append([_unwrapped(cell) for cell in row])
    if hidden:
        other = book.create_sheet("hidden")
        for row in hidden:
            other.append(list(row))
        other.sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _unwrapped(cell: object) -> object:
    """A workbook holds the id as text; it needs no ="..." around it."""
    return cell[2:-1] if isinstance(cell, str) and cell.startswith('="') else cell


def changed(rows: Rows, row: int, header: str, value: object) -> list[list[object]]:
    """The rows with one cell changed, found by the header of its column."""
    copy = [list(r) for r in rows]
    line = next(r for r in copy if header in r)
    copy[row][line.index(header)] = value
    return copy
