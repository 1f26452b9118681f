"""Amounts that an export states per order, brought to its lines: to the fen, and only where they agree with its lines.

Belongs here: dividing an order's total, and the line for its shipping. Not here: the division itself (models/pay/split.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.file_drop.exports.export_layout import ExtraLine, OrderSplit
from connectors.file_drop.exports.export_reading import RawRow, Sheet
from connectors.file_drop.fact_layouts import fact_layout
from connectors.file_drop.layout import FileOptions
from connectors.file_drop.table import DroppedRow
from connectors.file_drop.values import parse_cell
from models.errors import CompanyError
from models.money import multiply, subtract
from models.money import total as added
from models.pay.split import split

_ZERO = Decimal(0)


@dataclass(frozen=True)
class _OrderLine:
    """One line of an order with the amounts it states."""

    raw: RawRow
    row: DroppedRow
    gross: Decimal
    discount: Decimal


def split_orders(sheet: Sheet, raw: list[RawRow], rows: list[DroppedRow]) -> list[DroppedRow]:
    """The rows with their share of their order's total, and a row for every amount that stands once per order.

    Raises:
        CompanyError: C167 where the lines of an order do not add up to the total it states.
    """
    pairs = list(zip(raw, rows, strict=True))
    if rule := sheet.layout.split:
        pairs = _divided(sheet, rule, pairs)
    extra = _extra_rows(sheet, sheet.layout.extra, pairs) if sheet.layout.extra else []
    return [row for _, row in pairs] + extra


def _divided(
    sheet: Sheet, rule: OrderSplit, pairs: list[tuple[RawRow, DroppedRow]]
) -> list[tuple[RawRow, DroppedRow]]:
    orders: dict[str, list[_OrderLine]] = {}
    for raw, row in pairs:
        gross = multiply(_stated(sheet, raw, rule.price), _stated(sheet, raw, rule.quantity))
        line = _OrderLine(raw, row, gross, sheet.amount(raw, rule.line_discount) or _ZERO)
        orders.setdefault(sheet.cell(raw, rule.order) or "", []).append(line)
    amounts: dict[int, Decimal] = {}
    for order, lines in orders.items():
        amounts |= _amounts(sheet, rule, order, lines)
    return [
        (raw, replace(row, values={**row.values, rule.column: amounts[row.number]})) for raw, row in pairs
    ]


def _amounts(sheet: Sheet, rule: OrderSplit, order: str, lines: list[_OrderLine]) -> dict[int, Decimal]:
    """Each line's amount by row number; together exactly the order's total."""
    # what stands once per order stands on its first line
    head = lines[0].raw
    stated, discount = _stated(sheet, head, rule.total), sheet.amount(head, rule.order_discount) or _ZERO
    gross = added([line.gross for line in lines])
    least = subtract(gross, added([discount, *(line.discount for line in lines)]))
    # The stated discount may hold that of the lines, and that of shipping, which lowers no line; it never reaches further.
    if not least <= stated <= gross:
        raise CompanyError(
            "C167",
            f"{rule.total}: the lines of an order do not add up to it",
            where=f"{sheet.name}:{head.number}",
            actual=f"order {order}: lines {gross:f}, discount {discount:f}, total {stated:f}",
            remedy="export the order again; an edited order needs its lines as they are now",
        )
    # nothing to divide; in a free order the weights may all be 0 as well
    if len(lines) == 1 or stated == 0:
        return {line.row.number: stated for line in lines}
    shares = split(stated, _weights(lines))
    return {line.row.number: shares[_key(line)] for line in lines}


def _weights(lines: list[_OrderLine]) -> Mapping[str, Decimal]:
    return {_key(line): subtract(line.gross, line.discount) for line in lines}


def _key(line: _OrderLine) -> str:
    return f"{line.row.number:09}"  # ties go to the earlier line


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


def _extra_rows(sheet: Sheet, rule: ExtraLine, pairs: list[tuple[RawRow, DroppedRow]]) -> list[DroppedRow]:
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
        made.append(DroppedRow(raw.number, {**row.values, "sku_id": None, **fixed, **own}))
    return made
