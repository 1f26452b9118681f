"""Types of an expression against the columns of its fact.

Belongs here: which operation accepts which types. Not here: which type a KPI needs at a place
(definitions/kpis.py).
"""

from models.errors import DefinitionError
from models.formulas.functions import DURATIONS, EXTREMES
from models.formulas.lexer import refuse
from models.formulas.tree import (
    And,
    Binary,
    ColumnName,
    Compare,
    Expr,
    FunctionCall,
    InList,
    IsNull,
    Literal,
    Not,
    Or,
    Parameter,
    Unary,
)
from models.tables import ColumnType, Table
from models.values import nearest

_ORDERED = {ColumnType.NUMBER, ColumnType.DATE, ColumnType.INSTANT}
_MOMENTS = {ColumnType.DATE, ColumnType.INSTANT}


def check(expr: Expr, table: Table, where: str = "") -> ColumnType:
    """The type of the expression.

    >>> from models.formulas.parser import parse_expression
    >>> from models.tables import REFUND
    >>> check(parse_expression("amount_base - cogs_base", "x.yaml:1"), REFUND)
    <ColumnType.NUMBER: 'number'>

    Raises:
        DefinitionError: D310 for an unknown column, D311 for types that do not fit.
    """
    return _Checker(table, where).type_of(expr)


class _Checker:
    def __init__(self, table: Table, where: str) -> None:
        self.table = table
        self.where = where

    def type_of(self, node: Expr) -> ColumnType:  # noqa: PLR0911 - one return per kind of node
        match node:
            case ColumnName():
                return self.column(node)
            case Literal():
                return _literal(node)
            case Parameter():
                return ColumnType.DATE
            case Unary():
                return self.need(node.operand, ColumnType.NUMBER, "-")
            case Binary():
                self.need(node.left, ColumnType.NUMBER, node.op)
                return self.need(node.right, ColumnType.NUMBER, node.op)
            case FunctionCall():
                return self.call(node)
            case _:
                return self.condition(node)

    def call(self, node: FunctionCall) -> ColumnType:
        """Durations take two moments, abs a number; the others keep the type of their first value."""
        if node.name == "abs":
            return self.need(node.args[0], ColumnType.NUMBER, node.name)
        first = self.type_of(node.args[0])
        for other in node.args[1:]:
            self.need(other, first, node.name)
        if node.name in DURATIONS:
            self.one_of(first, _MOMENTS, node, "two instants or two dates")
            return ColumnType.NUMBER
        if node.name in EXTREMES:
            self.one_of(first, _ORDERED, node, "numbers, dates or instants")
        # a column may be NULL as well, and then the value would still be unknown
        elif not isinstance(_unsigned(node.args[1]), Literal | Parameter):
            raise refuse(
                "D311",
                "coalesce replaces NULL by a constant",
                self.where,
                node.args[1].at,
                remedy="write a number, a 'text', true, false, period_start or period_end",
            )
        return first

    def one_of(self, found: ColumnType, wanted: set[ColumnType], node: FunctionCall, words: str) -> None:
        if found not in wanted:
            what = f"{node.name} needs {words}, this is a {found}"
            raise refuse("D311", what, self.where, node.at, remedy=f"give it {words}")

    def condition(self, node: Expr) -> ColumnType:
        match node:
            case Compare():
                self.comparable(node)
            case IsNull():
                self.type_of(node.operand)
            case InList():
                kind = self.type_of(node.operand)
                for value in node.values:
                    self.need(value, kind, "in")
            case Not():
                self.need(node.operand, ColumnType.BOOLEAN, "not")
            case And() | Or():
                for item in node.items:
                    self.need(item, ColumnType.BOOLEAN, "and" if isinstance(node, And) else "or")
        return ColumnType.BOOLEAN

    def need(self, node: Expr, wanted: ColumnType, operator: str) -> ColumnType:
        found = self.type_of(node)
        # no conversion between types: on which day an instant lies depends on the zone of the shop
        if found is not wanted:
            what = f"{operator!r} needs a {wanted} here, this is a {found}"
            raise refuse(
                "D311",
                what,
                self.where,
                node.at,
                remedy=f"use a {wanted} column or constant",
                actual=_shown(node),
            )
        return found

    def comparable(self, node: Compare) -> None:
        left = self.type_of(node.left)
        self.need(node.right, left, node.op)
        if node.op not in {"=", "!="} and left not in _ORDERED:
            what = f"{node.op!r} needs numbers, dates or instants, these are {left}"
            raise refuse("D311", what, self.where, node.at, remedy="compare text and booleans with = or !=")

    def column(self, node: ColumnName) -> ColumnType:
        found = self.table.column(node.name)
        if found is None:
            raise self.unknown(node)
        return found.type

    def unknown(self, node: ColumnName) -> DefinitionError:
        names = [c.name for c in self.table.columns]
        remedy = nearest(node.name, names, otherwise=f"columns: {', '.join(names)}")
        return refuse(
            "D310",
            f"{self.table.name} has no column {node.name}",
            self.where,
            node.at,
            remedy=remedy,
            actual=node.name,
        )


def _unsigned(node: Expr) -> Expr:
    return node.operand if isinstance(node, Unary) else node


def _literal(node: Literal) -> ColumnType:
    if isinstance(node.value, bool):
        return ColumnType.BOOLEAN
    return ColumnType.TEXT if isinstance(node.value, str) else ColumnType.NUMBER


def _shown(node: Expr) -> str:
    match node:
        case ColumnName():
            return node.name
        case Literal():
            return repr(node.value) if isinstance(node.value, str) else str(node.value)
        case _:
            return ""
