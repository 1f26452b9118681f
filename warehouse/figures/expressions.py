"""KPI expressions (models.formulas) as SQL text over one canonical table.

Belongs here: one tree to one SQL expression, and the scale of its exact decimal result. Not here:
aggregation (compile.py). Column names come from the registry only; constants pass through `sqltext.literal`.
"""

import re
from decimal import Decimal

from models.errors import WarehouseError
from models.formulas import (
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
)
from models.formulas.functions import DURATIONS
from models.tables import ColumnType, Table
from warehouse.store.sqltext import identifier, literal

_SCALE = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
_SQL_OPERATOR = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_PER_DAY = {"days": 1, "hours": 24, "minutes": 1440}
_DURATION_SCALE = 12
_PARAMETER = {"period_start": "s.start_on", "period_end": "s.end_on"}


def sql(node: Expr, table: Table) -> str:  # noqa: PLR0911 - one return per kind of node
    """The expression over alias `f` of the table (and `s` of the span, where it names a parameter)."""
    match node:
        case ColumnName():
            return f"f.{_column(node.name, table)}"
        case Literal():
            return literal(node.value)
        case Parameter():
            return _PARAMETER[node.name]
        case Unary():
            return f"(-{sql(node.operand, table)})"
        case Binary(op="*"):
            # DuckDB multiplies two decimals of up to 18 digits in 64 bits and overflows: one side is made wide first
            wide = f"cast({sql(node.left, table)} as decimal(38, {scale(node.left, table)}))"
            return f"({wide} * {sql(node.right, table)})"
        case Binary():
            return f"({sql(node.left, table)} {node.op} {sql(node.right, table)})"
        case FunctionCall():
            return _call(node, table)
        case _:
            return _condition(node, table)


def _call(node: FunctionCall, table: Table) -> str:
    if node.name in DURATIONS:
        return _duration(node, table)
    args = [sql(arg, table) for arg in node.args]
    call = f"{node.name}({', '.join(args)})"
    if node.name not in {"least", "greatest"}:
        return call
    # DuckDB's least and greatest skip NULL: an unknown value would silently become the known one
    unknown = " or ".join(f"{arg} is null" for arg in args)
    return f"case when {unknown} then null else {call} end"


def _duration(node: FunctionCall, table: Table) -> str:
    """Days, hours or minutes from the second moment to the first: exact for dates, of whole seconds for instants."""
    later, earlier = (sql(arg, table) for arg in node.args)
    if _is_date(node.args[0], table):
        return f"(({later} - {earlier}) * {_PER_DAY[node.name]})"
    # 12 digits behind the point, half away from zero, all in integers: a decimal division would be a binary float
    seconds = f"((epoch_us({later}) - epoch_us({earlier})) // 1000000)"
    part = 86400 // _PER_DAY[node.name]
    scaled = f"(cast({seconds} as hugeint) * {10**_DURATION_SCALE} + sign({seconds}) * {part // 2}) // {part}"
    unit = f"{Decimal(1).scaleb(-_DURATION_SCALE):f}"
    return f"(cast({scaled} as decimal(25, 0)) * cast({unit} as decimal(13, {_DURATION_SCALE})))"


def _is_date(node: Expr, table: Table) -> bool:
    match node:
        case ColumnName():
            column = table.column(node.name)
            return column is not None and column.type is ColumnType.DATE
        case FunctionCall():
            return _is_date(node.args[0], table)
        case _:
            return isinstance(node, Parameter)


def _condition(node: Expr, table: Table) -> str:
    match node:
        case Compare():
            return f"({sql(node.left, table)} {_SQL_OPERATOR[node.op]} {sql(node.right, table)})"
        case IsNull():
            return f"({sql(node.operand, table)} is {'not ' if node.negated else ''}null)"
        case InList():
            values = ", ".join(sql(v, table) for v in node.values)
            return f"({sql(node.operand, table)} {'not ' if node.negated else ''}in ({values}))"
        case Not():
            return f"(not {sql(node.operand, table)})"
        case And() | Or():
            word = " and " if isinstance(node, And) else " or "
            return f"({word.join(sql(item, table) for item in node.items)})"
        case _:
            raise WarehouseError("W401", "an expression holds an unknown node", actual=type(node).__name__)


def scale(node: Expr, table: Table) -> int:  # noqa: PLR0911 - one return per kind of node
    """Decimal places of a numeric expression: sums keep the larger, products add them; nothing rounds."""
    match node:
        case ColumnName():
            _column(node.name, table)
            column = table.column(node.name)
            found = _SCALE.match(column.sql_type) if column else None
            return int(found[1]) if found else 0
        case Literal():
            exponent = node.value.as_tuple().exponent if isinstance(node.value, Decimal) else 0
            return max(0, -exponent) if isinstance(exponent, int) else 0
        case Unary():
            return scale(node.operand, table)
        case FunctionCall():
            if node.name in DURATIONS:
                return 0 if _is_date(node.args[0], table) else _DURATION_SCALE
            return max(scale(arg, table) for arg in node.args)
        case Binary():
            left, right = scale(node.left, table), scale(node.right, table)
            return left + right if node.op == "*" else max(left, right)
        case _:
            return 0


def uses_period(node: Expr | None) -> bool:
    """Whether the expression names period_start or period_end."""
    if node is None:
        return False
    return isinstance(node, Parameter) or any(uses_period(child) for child in children(node))


def _column(name: str, table: Table) -> str:
    if table.column(name) is None:
        raise WarehouseError("W402", f"{table.name} has no column of that name", actual=repr(name[:80]))
    return identifier(name)
