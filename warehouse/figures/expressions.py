"""KPI expressions (models.formulas) as SQL text over one canonical table.

Belongs here: one tree to one SQL expression, and the scale of its exact decimal result. Not here:
aggregation (compile.py). Column names come from the registry only; constants pass through `sqltext.literal`.

A condition is true, false or NULL, by SQL's (Kleene's) rules: false and NULL = false, true or NULL = true, any comparison with
NULL is NULL, `is null` never is. A word that tells nothing apart (`Column.untold`) is NULL in a comparison with another word,
and itself in one with a word of its kind: of a row of `all`, `source = 'paid'` and `source != 'paid'` are NULL, `source = 'all'`
is true. What a NULL condition makes of a figure is said in fact_scan.py.
"""

from decimal import Decimal

from models import formulas
from models.errors import WarehouseError
from models.formulas import Expr, children
from models.formulas.functions import DURATIONS
from models.tables import ColumnType, Table
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

_OPERATORS = {
    "+": Sql("+"),
    "-": Sql("-"),
    "=": Sql("="),
    "!=": Sql("<>"),  # the operator of the SQL standard
    "<": Sql("<"),
    "<=": Sql("<="),
    ">": Sql(">"),
    ">=": Sql(">="),
}
_PER_DAY = {"days": 1, "hours": 24, "minutes": 1440}
_DURATION_SCALE = 12
_PARAMETER = {"period_start": Sql("s.start_on"), "period_end": Sql("s.end_on")}


def sql(node: Expr, table: Table) -> Sql:
    """The expression over alias `f` of the table (and `s` of the span, where it names a parameter)."""
    match node:
        case formulas.ColumnName() | formulas.Literal() | formulas.Parameter():
            return _leaf(node, table)
        case formulas.Unary():
            return fill(Sql("(-${operand})"), operand=sql(node.operand, table))
        case formulas.Binary():
            return _arithmetic(node, table)
        case formulas.FunctionCall():
            return _call(node, table)
        case _:
            return _condition(node, table)


def _leaf(node: formulas.ColumnName | formulas.Literal | formulas.Parameter, table: Table) -> Sql:
    match node:
        case formulas.ColumnName():
            return fill(Sql("f.${name}"), name=_column(node.name, table))
        case formulas.Literal():
            return literal(node.value)
        case formulas.Parameter():
            return _PARAMETER[node.name]


def _arithmetic(node: formulas.Binary, table: Table) -> Sql:
    left, right = sql(node.left, table), sql(node.right, table)
    if node.op != "*":
        return fill(Sql("(${left} ${op} ${right})"), left=left, op=_OPERATORS[node.op], right=right)
    # DuckDB multiplies two decimals of up to 18 digits in 64 bits and overflows: one side is made wide first
    # (https://duckdb.org/docs/stable/sql/data_types/numeric, fixed-point decimals).
    return fill(
        Sql("(cast(${left} as decimal(38, ${places})) * ${right})"),
        left=left,
        places=literal(scale(node.left, table)),
        right=right,
    )


def _call(node: formulas.FunctionCall, table: Table) -> Sql:
    if node.name in DURATIONS:
        return _duration(node, table)
    args = [sql(arg, table) for arg in node.args]
    call = fill(Sql("${name}(${args})"), name=identifier(node.name), args=listed(args))
    if node.name not in {"least", "greatest"}:
        return call
    # DuckDB's least and greatest skip NULL (https://duckdb.org/docs/stable/sql/functions/utility): an unknown value would
    # silently become the known one
    return fill(
        Sql("case when ${unknown} then null else ${call} end"),
        unknown=joined(Sql(" or "), (fill(Sql("${arg} is null"), arg=arg) for arg in args)),
        call=call,
    )


def _duration(node: formulas.FunctionCall, table: Table) -> Sql:
    """Days, hours or minutes from the second moment to the first: exact for dates, of whole seconds for instants."""
    later, earlier = (sql(arg, table) for arg in node.args)
    per_day = _PER_DAY[node.name]
    if _is_date(node.args[0], table):
        return fill(Sql("((${later} - ${earlier}) * ${n})"), later=later, earlier=earlier, n=literal(per_day))
    # 12 digits behind the point, half away from zero, all in integers: `/` gives a binary float even for decimals
    # (https://duckdb.org/docs/stable/sql/functions/numeric, division).
    seconds = fill(
        Sql("((epoch_us(${later}) - epoch_us(${earlier})) // 1000000)"), later=later, earlier=earlier
    )
    part = 86400 // per_day
    return fill(
        Sql(
            # 25 + 13 = 38 digits, the most that a DECIMAL holds
            "(cast((cast(${seconds} as hugeint) * ${ones} + sign(${seconds}) * ${half}) // ${part} as decimal(25, 0))"
            " * cast(${unit} as decimal(13, ${places})))"
        ),
        seconds=seconds,
        ones=literal(10**_DURATION_SCALE),
        half=literal(part // 2),
        part=literal(part),
        unit=literal(Decimal(1).scaleb(-_DURATION_SCALE)),
        places=literal(_DURATION_SCALE),
    )


def _is_date(node: Expr, table: Table) -> bool:
    match node:
        case formulas.ColumnName():
            column = table.column(node.name)
            return column is not None and column.type is ColumnType.DATE
        case formulas.FunctionCall():
            # a function such as least gives what its arguments are
            return _is_date(node.args[0], table)
        case _:
            return isinstance(node, formulas.Parameter)


def _condition(node: Expr, table: Table) -> Sql:
    match node:
        case formulas.Compare():
            left, right = _told(node.left, node.right, table), _told(node.right, node.left, table)
            return fill(Sql("(${left} ${op} ${right})"), left=left, op=_OPERATORS[node.op], right=right)
        case formulas.IsNull():
            return fill(
                Sql("(${operand} is ${no}null)"), operand=sql(node.operand, table), no=_not(node.negated)
            )
        case formulas.InList():
            listing = joined(Sql(" or "), _listings(node, table))
            return fill(Sql("(${no}(${listing}))"), no=_not(node.negated), listing=listing)
        case formulas.Not():
            return fill(Sql("(not ${operand})"), operand=sql(node.operand, table))
        case formulas.And() | formulas.Or():
            word = Sql(" and ") if isinstance(node, formulas.And) else Sql(" or ")
            return fill(Sql("(${items})"), items=joined(word, (sql(item, table) for item in node.items)))
        case _:
            raise WarehouseError("W401", "an expression holds an unknown node", actual=type(node).__name__)


def _listings(node: formulas.InList, table: Table) -> list[Sql]:
    """The operand in a list: words that tell nothing apart are looked up apart from the others."""
    vague = [value for value in node.values if value.value in untold_words(node.operand, table)]
    clear = [value for value in node.values if value not in vague]
    plain = sql(node.operand, table)
    parts = [(_told(node.operand, clear[0], table), clear)] if clear else []
    parts += [(plain, vague)] if vague else []
    return [
        fill(Sql("${operand} in (${values})"), operand=operand, values=listed(sql(v, table) for v in values))
        for operand, values in parts
    ]


def _told(operand: Expr, other: Expr, table: Table) -> Sql:
    """One side of a comparison; NULL for a word that tells nothing apart, unless it is compared with such a word."""
    words = untold_words(operand, table)
    plain = sql(operand, table)
    if not words or (isinstance(other, formulas.Literal) and other.value in words):
        return plain
    vague = listed(literal(word) for word in words)
    return fill(
        Sql("case when ${operand} in (${vague}) then null else ${operand} end"), operand=plain, vague=vague
    )


def untold_words(node: Expr, table: Table) -> tuple[str, ...]:
    """The words of a column that tell nothing apart; none for any other expression."""
    column = table.column(node.name) if isinstance(node, formulas.ColumnName) else None
    return column.untold if column is not None else ()


def _not(is_negated: bool) -> Sql:
    return Sql("not ") if is_negated else Sql("")


def scale(node: Expr, table: Table) -> int:
    """Decimal places of a numeric expression: sums keep the larger, products add them; nothing rounds."""
    match node:
        case formulas.ColumnName():
            return _column_scale(node.name, table)
        case formulas.Literal():
            exponent = node.value.as_tuple().exponent if isinstance(node.value, Decimal) else 0
            return max(0, -exponent) if isinstance(exponent, int) else 0
        case formulas.FunctionCall(name=name) if name in DURATIONS:
            return 0 if _is_date(node.args[0], table) else _DURATION_SCALE
        case formulas.Unary() | formulas.FunctionCall() | formulas.Binary():
            places = [scale(child, table) for child in children(node)]
            return sum(places) if isinstance(node, formulas.Binary) and node.op == "*" else max(places)
        case _:
            return 0


def _column_scale(name: str, table: Table) -> int:
    _column(name, table)
    column = table.column(name)
    return column.places if column else 0


def uses_period(node: Expr | None) -> bool:
    """Whether the expression names period_start or period_end."""
    if node is None:
        return False
    return isinstance(node, formulas.Parameter) or any(uses_period(child) for child in children(node))


def _column(name: str, table: Table) -> Sql:
    if table.column(name) is None:
        raise WarehouseError("W402", f"{table.name} has no column of that name", actual=repr(name[:80]))
    return identifier(name)
