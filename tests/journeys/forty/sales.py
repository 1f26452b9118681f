# ruff: noqa: E501 -- a row of a file reads best on few lines
"""What the three shops sold and took back in March 2026, and the files their back offices would give for it.

Belongs here: orders, refunds, their exports. Not here: the other tables (work.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.journeys.forty.roster import HANDED_OVER

DAYS = range(1, 32)
SHOPS = {"tm": 5, "dy": 5, "us": 2}  # and how many orders a day
SKUS = 12


@dataclass(frozen=True, kw_only=True)
class Sold:
    """One order of one line, in the shop's currency; `paid` is local time of the firm."""

    shop: str
    number: int
    sku: str
    qty: int
    amount: Decimal
    ordered: datetime
    paid: datetime

    @property
    def id(self) -> str:
        """19 digits, which a spreadsheet would break."""
        return f"{sorted(SHOPS).index(self.shop) + 3}9123456789{self.number:07d}9"

    @property
    def on(self) -> int | None:
        """The day of March it was paid on; None = on no day of it."""
        return self.paid.day if self.paid.month == 3 else None


@dataclass(frozen=True)
class Returned:
    """Money that went back for an order, at noon of a day of March."""

    order: Sold
    amount: Decimal
    on: int


def price(sku: str) -> Decimal:
    """Price of a piece, in the shop's currency: 40 to 150 yuan, 10 to 65 dollars."""
    shop, number = sku.split("-")
    return Decimal(30 + 10 * int(number)) if shop != "US" else Decimal(5 + 5 * int(number))


def skus(shop: str) -> list[str]:
    return [f"{shop.upper()}-{number:02d}" for number in range(1, SKUS + 1)]


def orders(shop: str) -> list[Sold]:
    """The month's orders, and one at each edge that belongs to a day beyond it by order or by payment."""
    sold = []
    for day in DAYS:
        for place in range(SHOPS[shop]):
            number = day * 10 + place
            sku = skus(shop)[(day * SHOPS[shop] + place) % SKUS]
            qty = 2 if place == 1 else 1
            ordered = datetime(2026, 3, day, 9 + 2 * place, 7, 30)
            amount = price(sku) * qty - Decimal("0.10") * place
            sold.append(_sold(shop, number, sku, amount, ordered, qty=qty))
    if shop == "tm":
        sold.insert(0, _sold(shop, 1, "TM-01", Decimal("39.90"), datetime(2026, 2, 28, 23, 59, 58)))
    if shop == "dy":
        sold.append(_sold(shop, 999, "DY-01", Decimal("39.90"), datetime(2026, 3, 31, 23, 59, 58)))
    return sold


def _sold(shop: str, number: int, sku: str, amount: Decimal, ordered: datetime, *, qty: int = 1) -> Sold:
    paid = ordered + timedelta(seconds=40)
    return Sold(shop=shop, number=number, sku=sku, qty=qty, amount=amount, ordered=ordered, paid=paid)


def refunds(shop: str) -> list[Returned]:
    """Every 20th order comes back three days later, half of its money; one of 抖店 right after the hand-over."""
    back = [
        Returned(order, (order.amount / 2).quantize(Decimal("0.01")), order.ordered.day + 3)
        for order in orders(shop)
        if order.number % 20 == 0 and order.ordered.month == 3 and order.ordered.day <= 28
    ]
    if shop == "dy":
        last = [order for order in orders(shop) if order.ordered.day == HANDED_OVER - 1][-1]
        back.append(Returned(last, last.amount, HANDED_OVER))
    return back


def of_days(rows: Iterable[Sold | Returned], first: int, last: int) -> Decimal:
    """What was paid, or given back, from one day of March to another."""
    return sum((row.amount for row in rows if row.on is not None and first <= row.on <= last), Decimal())


def rate(day: int) -> Decimal:
    """Yuan for a dollar."""
    return Decimal("7.00") + Decimal("0.01") * (day % 5)


def taobao_export() -> Iterator[Sequence[str]]:
    """千牛 已卖出的宝贝, 销售明细: one row per sub-order, in GBK, by day of payment."""
    yield ("子订单编号", "主订单编号", "商品标题", "商品价格", "购买数量", "外部系统编号", "商品属性", "套餐信息", "联系方式备注", "订单状态",
           "商家编码", "支付单号", "买家应付货款", "买家实际支付金额", "退款状态", "退款金额", "订单创建时间", "订单付款时间")  # fmt: skip
    for order in orders("tm"):
        code = f'="{order.id}"'
        yield (code, code, "铁树花器", str(price(order.sku)), str(order.qty), order.sku, "颜色分类:白", "", "", "交易成功", order.sku,
               f'="20260301{order.number:010d}"', f"{order.amount:.2f}", f"{order.amount:.2f}", "没有申请退款", "0.00",
               f"{order.ordered:%Y-%m-%d %H:%M:%S}", f"{order.paid:%Y-%m-%d %H:%M:%S}")  # fmt: skip


def doudian_export() -> Iterator[Sequence[str]]:
    """抖店 订单导出, by day of order: ids behind a tab, an order nobody paid."""
    yield ("主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商品ID", "商家编码", "订单应付金额", "平台实际承担优惠金额",
           "达人实际承担优惠金额", "收件人", "收件人手机号", "详细地址", "订单提交时间", "支付完成时间", "订单状态", "达人ID", "流量体裁")  # fmt: skip
    for order in orders("dy"):
        yield (f"\t{order.id}", f"\t{order.id}", "铁树花器", "白", str(order.qty), "\t3714", order.sku, f"{order.amount - 2:,.2f}", "2.00", "0.00",
               "林*", "138****0000", "******", f"{order.ordered:%Y/%m/%d %H:%M:%S}", f"{order.paid:%Y/%m/%d %H:%M:%S}", "已完成", "\t0",
               "直播" if order.number % 2 else "其他")  # fmt: skip
    yield ("\t6912345678909999999", "\t6912345678909999999", "铁树花器", "白", "1", "\t3714", "DY-02", "50.00", "0.00", "0.00", "周*", "139****0000",
           "******", "2026/03/09 10:00:00", "-", "已关闭", "\t0", "其他")  # fmt: skip


def shopify_export() -> Iterator[Sequence[str]]:
    """Shopify, Orders > Export: shipping on every order, newest first."""
    yield ("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes",
           "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price",
           "Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Shipping Name", "Shipping Country", "Cancelled at",
           "Refunded Amount", "Id", "Lineitem discount", "Phone")  # fmt: skip
    for order in reversed(orders("us")):
        each = price(order.sku)
        off = each * order.qty - order.amount
        yield (f"#{order.number}", "ann@example.com", "paid", f"{order.paid:%Y-%m-%d %H:%M:%S} +0800", "fulfilled", "no", "USD", f"{order.amount:.2f}",
               "5.00", "0.00", f"{order.amount + 5:.2f}", "", f"{off:.2f}", "Standard", f"{order.ordered:%Y-%m-%d %H:%M:%S} +0800", str(order.qty),
               "Planter", f"{each:.2f}", order.sku, "true", "false", "Ann Example", "US", "", "0.00", order.id, "0.00", "555-0100")  # fmt: skip


def refund_rows(shop: str) -> Iterator[Sequence[str]]:
    """The shop's after-sales list, put into the columns of the template in Chinese."""
    yield "退款单号", "退款行号", "订单号", "件数", "退款金额", "币种", "退款时间", "申请时间", "退款类型"
    for at, back in enumerate(refunds(shop), 1):
        when = f"2026-03-{back.on:02d}"
        yield (f"R{shop}{at}", f"R{shop}{at}", back.order.id, "1", str(back.amount), "USD" if shop == "us" else "CNY", f"{when} 12:00:00",
               f"{when} 10:00:00", "仅退款")  # fmt: skip
