"""Amounts that an export states per order, brought to its lines: to the fen, and only where they agree with its lines.

Belongs here: the cells of an order, and the line for its shipping. Not here: what the amounts mean (export_order_amounts.py).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.file_drop.exports.export_layout import ExtraLine, NoGoods, OrderSplit
from connectors.file_drop.exports.export_order_amounts import (
    GIFT_CARD,
    GOODS,
    MAYBE_TIP,
    SHIPPING,
    TIP,
    DoesNotAddUpError,
    LineStated,
    OrderAmounts,
    OrderStated,
    TaxUnclearError,
    order_amounts,
)
from connectors.file_drop.exports.export_reading import RawRow, Sheet
from connectors.file_drop.fact_layouts import fact_layout
from connectors.file_drop.layout import FileOptions
from connectors.file_drop.table import DroppedRow
from connectors.file_drop.values import parse_cell
from models.errors import CompanyError
from models.money import multiply

_ZERO = Decimal(0)
_WHY = {
    TIP: "小费，不是商品 / tips, which are no goods",
    GIFT_CARD: "售出的礼品卡，使用时才计为销售 / sold gift cards, which become sales when they are spent",
}


@dataclass(frozen=True)
class OrderRows:
    """The rows of a file with their amounts, and how many were left out for which reason."""

    rows: list[DroppedRow]
    left_out: Mapping[str, int]


def split_orders(sheet: Sheet, raw: list[RawRow], rows: list[DroppedRow]) -> OrderRows:
    """The rows with their share of their order's total, and a row for every amount that stands once per order.

    Raises:
        CompanyError: C167 where the lines of an order do not add up to the total it states, C180 where it cannot be told
            whether its prices hold its tax.
    """
    pairs = list(zip(raw, rows, strict=True))
    rule, amounts = sheet.layout.split, dict[str, OrderAmounts]()
    left_out: Counter[str] = Counter()
    if rule:
        orders: dict[str, list[tuple[RawRow, DroppedRow]]] = {}
        for line, row in pairs:
            orders.setdefault(sheet.cell(line, rule.order) or "", []).append((line, row))
        amounts = {order: _amounts(sheet, rule, order, lines) for order, lines in orders.items()}
        kinds = {key: kind for found in amounts.values() for key, kind in found.left_out.items()}
        left_out.update(_WHY[kind] for kind in kinds.values())
        goods = [pair for pair in pairs if _key(pair[1]) not in kinds]
        done = [_filled(rule, row, amounts[sheet.cell(line, rule.order) or ""]) for line, row in goods]
    else:
        done = rows
    extra = _extra_rows(sheet, sheet.layout.extra, pairs, amounts) if sheet.layout.extra else []
    return OrderRows([*done, *extra], dict(left_out))


def _filled(rule: OrderSplit, row: DroppedRow, found: OrderAmounts, key: str = "") -> DroppedRow:
    key = key or _key(row)
    tax = {rule.taxes.into: found.tax.get(key)} if rule.taxes else {}
    return replace(row, values={**row.values, rule.column: found.paid[key], **tax})


def _amounts(
    sheet: Sheet, rule: OrderSplit, order: str, lines: list[tuple[RawRow, DroppedRow]]
) -> OrderAmounts:
    # what stands once per order stands on its first line
    head = lines[0][0]
    try:
        return order_amounts(_order(sheet, rule, head), [_line(sheet, rule, *pair) for pair in lines])
    except DoesNotAddUpError as error:
        raise CompanyError(
            "C167",
            f"{rule.total}: the lines of an order do not add up to it",
            where=f"{sheet.name}:{head.number}",
            actual=f"order {order}: {error}",
            remedy="export the order again; an edited order needs its lines as they are now",
        ) from None
    except TaxUnclearError as error:
        raise CompanyError(
            "C180",
            "neither with nor without its tax do the parts of an order make its total",
            where=f"{sheet.name}:{head.number}",
            actual=f"order {order}: {error}",
            remedy="export the order again, with all of its rows; an edited order needs its amounts as they are now",
        ) from None


def _order(sheet: Sheet, rule: OrderSplit, head: RawRow) -> OrderStated:
    extra, taxes = sheet.layout.extra, rule.taxes
    return OrderStated(
        subtotal=_stated(sheet, head, rule.total),
        discount=sheet.amount(head, rule.order_discount) or _ZERO,
        shipping=(sheet.amount(head, extra.amount) if extra else None) or _ZERO,
        duties=(sheet.amount(head, taxes.duties) if taxes else None) or _ZERO,
        taxes=sheet.amount(head, taxes.amount) if taxes else None,
        total=_stated(sheet, head, taxes.whole) if taxes else None,
    )


def _line(sheet: Sheet, rule: OrderSplit, raw: RawRow, row: DroppedRow) -> LineStated:
    gross = multiply(_stated(sheet, raw, rule.price), _stated(sheet, raw, rule.quantity))
    return LineStated(
        _key(row),
        gross,
        sheet.amount(raw, rule.line_discount) or _ZERO,
        _kind(sheet, rule.no_goods, raw) if rule.no_goods else GOODS,
        not (rule.taxes and _says_no(sheet, raw, rule.taxes.taxable)),
    )


def _kind(sheet: Sheet, rule: NoGoods, raw: RawRow) -> str:
    """What a row is by its name and by what it lacks; the export has no column that says it."""
    name = (sheet.cell(raw, rule.name) or "").strip().casefold()
    is_bare = not any(sheet.cell(raw, header) for header in rule.lacks)
    # what is shipped is goods whatever it is called; an export without that column says nothing against it
    if is_bare and name in {word.casefold() for word in rule.tip}:
        return GOODS if (sheet.cell(raw, rule.says_no[0]) or "").casefold() == "true" else TIP
    if not all(_says_no(sheet, raw, header) for header in rule.says_no):
        return GOODS
    if any(name.startswith(word.casefold()) for word in rule.gift_card):
        return GIFT_CARD
    return MAYBE_TIP if is_bare else GOODS


def _says_no(sheet: Sheet, raw: RawRow, header: str) -> bool:
    return (sheet.cell(raw, header) or "").casefold() == "false"


def _key(row: DroppedRow) -> str:
    return f"{row.number:09}"  # ties go to the earlier line


def _stated(sheet: Sheet, raw: RawRow, header: str) -> Decimal:
    value = sheet.amount(raw, header)
    if value is None:
        raise CompanyError(
            "C150",
            f"{header}: the cell is empty",
            where=f"{sheet.name}:{raw.number}",
            remedy="export the file again; orders must be whole",
        )
    return value


def _extra_rows(
    sheet: Sheet,
    rule: ExtraLine,
    pairs: list[tuple[RawRow, DroppedRow]],
    amounts: Mapping[str, OrderAmounts],
) -> list[DroppedRow]:
    """One row per order for an amount that is not 0, e.g. its shipping."""
    made: list[DroppedRow] = []
    seen: set[str | None] = set()
    specs = {spec.name: spec for spec in fact_layout(sheet.layout.table).columns}
    for raw, row in pairs:
        order = sheet.cell(raw, sheet.layout.fill_by)
        amount = sheet.amount(raw, rule.amount)
        if order in seen or not amount:
            continue
        seen.add(order)
        fixed = {name: parse_cell(text, specs[name], FileOptions()) for name, text in rule.constants.items()}
        own = {rule.into: amount, rule.id_column: f"{row.values['order_id']}{rule.suffix}"}
        # shipping belongs to no article
        extra = DroppedRow(raw.number, {**row.values, "sku_id": None, **fixed, **own})
        if split := sheet.layout.split:
            extra = _filled(split, extra, amounts[sheet.cell(raw, split.order) or ""], SHIPPING)
        made.append(extra)
    return made
