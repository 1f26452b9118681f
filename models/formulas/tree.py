"""The syntax tree of a KPI expression: frozen, comparable, free of SQL.

Belongs here: node types. Not here: reading text (parser), types of columns (checker) or SQL
(warehouse/figures/compile.py). `at` is the column in the expression text, from 1; it does not take part in
equality.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf


@dataclass(frozen=True)
class ColumnName:
    """A column of the fact."""

    name: str
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Literal:
    """A constant: exact number, text or boolean."""

    value: Decimal | str | bool
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Parameter:
    """A date that the run supplies."""

    name: OneOf["period_start", "period_end"]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Unary:
    """A negated number."""

    operand: "Expr"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Binary:
    """Arithmetic on two numbers."""

    op: OneOf["+", "-", "*"]
    left: "Expr"
    right: "Expr"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Compare:
    """A comparison of two values of one type."""

    op: OneOf["=", "!=", "<", "<=", ">", ">="]
    left: "Expr"
    right: "Expr"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class IsNull:
    """`is null`, or `is not null` when negated."""

    operand: "Expr"
    negated: bool
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class InList:
    """Membership in a list of constants."""

    operand: "Expr"
    values: tuple[Literal, ...]
    negated: bool
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Not:
    """A negated condition."""

    operand: "Expr"
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class And:
    """All conditions hold."""

    items: tuple["Expr", ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Or:
    """At least one condition holds."""

    items: tuple["Expr", ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class FunctionCall:
    """One of the closed set of functions."""

    name: str
    args: tuple["Expr", ...]
    at: int = field(default=1, compare=False)


Expr = (
    ColumnName
    | Literal
    | Parameter
    | Unary
    | Binary
    | FunctionCall
    | Compare
    | IsNull
    | InList
    | Not
    | And
    | Or
)


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct parts of a node, left to right."""
    match node:
        case Binary() | Compare():
            return (node.left, node.right)
        case InList():
            return (node.operand, *node.values)
        case Unary() | IsNull() | Not():
            return (node.operand,)
        case And() | Or():
            return node.items
        case FunctionCall():
            return node.args
        case _:
            return ()


def columns(node: Expr) -> frozenset[str]:
    """Names of all columns an expression reads."""
    # the empty set needs its type: `union` would be of an unknown one
    own = frozenset({node.name}) if isinstance(node, ColumnName) else frozenset[str]()
    return own.union(*(columns(child) for child in children(node)))


def denied(node: Expr | None) -> frozenset[str]:
    """The flags that must be false for a condition to be true: `not a and b` denies a.

    >>> from models.formulas import parse_expression
    >>> sorted(denied(parse_expression("not a and (b or not c)", "")))
    ['a']
    """
    match node:
        case Not(operand=ColumnName(name=name)):
            return frozenset({name})
        case And(items=items):
            return frozenset[str]().union(*(denied(item) for item in items))
        case _:
            return frozenset()
