"""Orders and refunds of the two sample shops, read from the bundled Online Retail set.

Here: which row is an order line, a shipping line or a refund, and which order a refund belongs to. Not here:
what a moment can see of it (connectors/testing/fakes/shopify_shop.py) and how Shopify spells it (shopify_schema.py
beside it). Money is whole thousandths.

Every row the reference answer counts as a sale is served: rows of codes M, B, AMAZONFEE and of the invoice
that begins with 'A' are finance entries, but stay line items so that gross sales equal the reference.
"""

import gc
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from connectors.testing.fakes.shopify_records import ZONE, ShopLine, ShopOrder, ShopRefund, ShopRefundLine

SHIPPING_CODES = ("POST", "DOT")
HOME_COUNTRY = "United Kingdom"
SHOPS = ("uk", "export")


Shops = dict[str, list[ShopOrder]]
Row = dict[str, Any]
_Sold = dict[tuple[int, str, str], list[tuple[ShopOrder, ShopLine]]]


def shop_of(country: str) -> str:
    """The sample shop that sells to a country."""
    return "uk" if country == HOME_COUNTRY else "export"


def read_rows(path: Path) -> pl.DataFrame:
    """All rows with `number`, `created` (epoch seconds), `unit` (thousandths) and `is_cancel`."""
    # the set has local times without an offset: in the doubled hour of autumn the earlier one is taken
    local = pl.col("InvoiceDate").dt.replace_time_zone(ZONE, ambiguous="earliest")
    return pl.read_parquet(path).select(
        pl.col("InvoiceNo"),
        pl.col("InvoiceNo").str.replace("^[A-Z]", "").cast(pl.Int64).alias("number"),
        pl.col("InvoiceNo").str.starts_with("C").alias("is_cancel"),
        pl.col("StockCode").alias("sku"),
        pl.col("Description").fill_null("").alias("title"),
        pl.col("Quantity").cast(pl.Int64).alias("quantity"),
        (pl.col("UnitPrice") * 1000).cast(pl.Int64).alias("unit"),
        pl.col("CustomerID").cast(pl.Int64).alias("customer"),
        pl.col("Country").alias("country"),
        local.dt.epoch("s").alias("created"),
    )


@lru_cache(maxsize=2)
def load_shops(path: Path) -> Shops:
    """Orders of each shop in order of their number; shared between sandboxes, never changed later."""
    gc.disable()  # half a million long-lived objects: collecting while they are made doubles the time
    try:
        return _build(read_rows(path))
    finally:
        gc.enable()


def _build(rows: pl.DataFrame) -> Shops:
    sales = rows.filter(~pl.col("is_cancel") & (pl.col("quantity") > 0) & (pl.col("unit") > 0))
    orders = _sale_orders(sales)
    cancels = rows.filter("is_cancel").sort(["created", "InvoiceNo"], maintain_order=True)
    orders += _attach_refunds(orders, cancels)
    shops: Shops = {shop: [] for shop in SHOPS}
    for order in sorted(orders, key=lambda o: o.number):
        shops[shop_of(order.country)].append(order)
    return shops


def _sale_orders(sales: pl.DataFrame) -> list[ShopOrder]:
    orders: dict[int, ShopOrder] = {}
    columns = ["number", "created", "customer", "country", "sku", "title", "quantity", "unit"]
    texts: dict[str, str] = {}  # one copy of each text: there are 540,000 rows and 4,000 titles
    for number, created, customer, country, code, name, quantity, unit in sales.select(columns).iter_rows():
        sku, title = texts.setdefault(code, code), texts.setdefault(name, name)
        order = orders.get(number)
        if order is None:
            order = orders[number] = ShopOrder(
                number=number, created=created, customer=customer, country=country
            )
        # 43 invoices were typed over two minutes: an invoice is one sale, the first minute counts
        order.created = min(order.created, created)
        position = len(order.items) + len(order.shipping) + 1
        if sku in SHIPPING_CODES:
            order.shipping.append(
                ShopLine(
                    order=number, position=position, sku=sku, title=title, quantity=1, unit=quantity * unit
                )
            )
        else:
            order.items.append(
                ShopLine(order=number, position=position, sku=sku, title=title, quantity=quantity, unit=unit)
            )
    return list(orders.values())


def _attach_refunds(orders: list[ShopOrder], cancels: pl.DataFrame) -> list[ShopOrder]:
    """Add each cancelled row to the order it returns; the return-only orders for the rest."""
    sold = _sold_lines(orders, cancels)
    unmatched: list[ShopOrder] = []
    invoices: dict[int, list[Row]] = defaultdict(list)
    for row in cancels.iter_rows(named=True):
        invoices[row["number"]].append(row)
    for number, rows in invoices.items():
        created = min(row["created"] for row in rows)
        refunds: dict[int, ShopRefund] = {}
        for position, row in enumerate(rows, start=1):
            match = _latest_cover(sold, row, created)
            order = match[0] if match else _return_only(unmatched, number, created, row)
            refund = refunds.get(order.number)
            if refund is None:
                refund = ShopRefund(id=f"{number}{len(refunds) + 1}", created=created, order=order)
                refunds[order.number] = refund
                order.refunds.append(refund)
            _add_line(refund, match[1] if match else None, row, position)
    return unmatched


def _sold_lines(orders: list[ShopOrder], cancels: pl.DataFrame) -> _Sold:
    """Lines by customer, country and code, oldest first; only of customers who ever cancelled."""
    customers = set(cancels["customer"].drop_nulls().to_list())
    sold: _Sold = defaultdict(list)
    for order in sorted(orders, key=lambda o: (o.created, o.number)):
        if order.customer is not None and order.customer in customers:
            for line in order.items + order.shipping:
                sold[order.customer, order.country, line.sku].append((order, line))
    return sold


def _latest_cover(sold: _Sold, row: Row, created: int) -> tuple[ShopOrder, ShopLine] | None:
    """Latest earlier line with enough left to return; one of the same price wins over a later one."""
    key = (row["customer"], row["country"], row["sku"])
    fits = [
        p
        for p in sold.get(key, ())
        if p[0].created <= created and p[1].total - p[1].returned >= _taken(p[1], row)
    ]
    same_price = [p for p in fits if p[1].unit == row["unit"]]
    chosen = (same_price or fits)[-1:]
    for _, line in chosen:
        line.returned += _taken(line, row)
    return chosen[0] if chosen else None


def _taken(line: ShopLine, row: Row) -> int:
    """What a cancelled row uses up of a line: money for shipping, else pieces at the line's own price."""
    if row["sku"] in SHIPPING_CODES:
        return int(-row["quantity"] * row["unit"])
    return -int(row["quantity"]) * line.unit


def _return_only(unmatched: list[ShopOrder], number: int, created: int, row: Row) -> ShopOrder:
    if not unmatched or unmatched[-1].number != number:
        unmatched.append(
            ShopOrder(number=number, created=created, customer=row["customer"], country=row["country"])
        )
    return unmatched[-1]


def _add_line(refund: ShopRefund, line: ShopLine | None, row: Row, position: int) -> None:
    amount = -row["quantity"] * row["unit"]
    refund.total += amount
    if line is not None and row["sku"] not in SHIPPING_CODES:
        refund.lines.append(ShopRefundLine(f"{row['number']}{position:04d}", line, -row["quantity"], amount))
