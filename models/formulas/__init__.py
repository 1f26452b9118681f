"""The closed expression language of KPI definitions: text in, checked syntax tree out.

Belongs here: grammar, types and the few functions. Not here: the tree as SQL (warehouse/figures/expressions.py).
"""

from models.formulas.checker import check
from models.formulas.parser import parse_expression
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
    children,
    columns,
    denied,
)

__all__ = [
    "And",
    "Binary",
    "ColumnName",
    "Compare",
    "Expr",
    "FunctionCall",
    "InList",
    "IsNull",
    "Literal",
    "Not",
    "Or",
    "Parameter",
    "Unary",
    "check",
    "children",
    "columns",
    "denied",
    "parse_expression",
]
