"""What a KPI counts in the facts: one aggregate, or the aggregates of another KPI.

Belongs here: types and reading of one item of a numerator or denominator. Not here: the KPI around it (kpis),
following references to other KPIs (composites), SQL (warehouse/figures/compile.py).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from models.definitions.ranges import CURRENT, MAX_WINDOW, Range
from models.definitions.reading import (
    Choice,
    Fields,
    as_choice,
    as_id,
    as_items,
    as_number,
    as_text,
    refuse,
)
from models.definitions.strict_yaml import Mapping, Node, Sequence
from models.formulas import Expr, check, parse_expression
from models.tables import FACTS, ColumnType, Table
from models.values import ReadingError, nearest, read_whole

Agg = Literal["sum", "count", "count_distinct", "median", "percentile", "min", "max", "count_groups"]
AGGS: tuple[Agg, ...] = get_args(Agg)
KEYED = ("count_distinct", "count_groups")  # they count distinct keys, not rows
ADDITIVE = frozenset({"sum", "count", "count_distinct", "count_groups"})  # 0 when there is no row
MAX_KEYS = 5  # a key of more columns is a row of its own: count rows then
_RANGES = ("period", "window", "at")
Inner = Literal["sum", "count", "count_distinct"]
_INNER: tuple[Inner, ...] = get_args(Inner)
_PERIODS: tuple[Literal["current", "previous", "last_year"], ...] = ("current", "previous", "last_year")
_ENDS: tuple[Literal["start", "end"], ...] = ("start", "end")
REF_REQUIRED, REF_OPTIONAL = ("kpi",), ("sign", *_RANGES)
AGGREGATE_REQUIRED = ("fact", "date")
AGGREGATE_OPTIONAL = ("where", "sign", "percent", "having", *_RANGES, *AGGS)
HAVING_KEYS = ("active_in", "at_least", "above", *_INNER)


@dataclass(frozen=True)
class Having:
    """Which groups count: those whose inner aggregate reaches a bound, or that occur in the period before.

    `agg` is None for `active_in: previous`; exactly one of `at_least` and `above` is set otherwise.
    """

    agg: Inner | None = None
    expr: Expr | None = None
    keys: tuple[str, ...] = ()
    at_least: Decimal | None = None
    above: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """One aggregate over one fact, dated by one of its dates.

    `expr` is what a sum or an order statistic looks at, `keys` are the columns whose values a count of distinct
    keys or groups counts; a count of rows has neither.
    """

    fact: str
    agg: Agg
    expr: Expr | None
    where: Expr | None
    date: str
    sign: Literal[1, -1] = 1
    percent: Decimal | None = None
    keys: tuple[str, ...] = ()
    having: Having | None = None
    range: Range = CURRENT


@dataclass(frozen=True)
class KpiRef:
    """All numerator aggregates of another KPI, over the range of this item."""

    kpi: str
    sign: Literal[1, -1] = 1
    range: Range = CURRENT
    source: str = ""


Item = Aggregate | KpiRef


def read_items(node: Node, what: str) -> tuple[Item, ...]:
    """The items of a numerator or denominator."""
    items = as_items(node, what)
    if not items:
        raise refuse("D112", f"{what} is empty", node.place, remedy="add an aggregate")
    return tuple(_item(item) for item in items)


def _item(node: Node) -> Item:
    # decided first, so that a misspelt key is compared with the keys of its own kind of item
    if isinstance(node, Mapping) and "kpi" in node.entries:
        fields = Fields(node, "an item that names a KPI", required=REF_REQUIRED, optional=REF_OPTIONAL)
        return KpiRef(as_id(fields["kpi"], "kpi"), _sign(fields), _range(fields), str(fields.place))
    return _aggregate(node)


def _aggregate(node: Node) -> Aggregate:
    fields = Fields(
        node,
        "an aggregate",
        required=AGGREGATE_REQUIRED,
        optional=AGGREGATE_OPTIONAL,
    )
    table = _fact(fields["fact"])
    agg, operand = _one_of(fields, AGGS, "an aggregate counts one thing")
    where = fields.get("where")
    reach = _range(fields)
    return Aggregate(
        fact=table.name,
        agg=agg,
        expr=_operand(operand, agg, table),
        where=_condition(where, table) if where else None,
        date=_date_column(fields["date"], table),
        sign=_sign(fields),
        percent=_percent(fields, agg),
        keys=_keys(operand, agg, table) if agg in KEYED else (),
        having=_having(fields, agg, table, reach),
        range=reach,
    )


def _one_of(fields: Fields, names: tuple[Choice, ...], what: str, code: str = "D207") -> tuple[Choice, Node]:
    given = [key for key in names if key in fields]
    if len(given) != 1:
        remedy = f"give exactly one of {', '.join(names)}"
        raise refuse(code, what, fields.place, actual=", ".join(given) or "none", remedy=remedy)
    return given[0], fields[given[0]]


def _sign(fields: Fields) -> Literal[1, -1]:
    sign = fields.get("sign")
    minus = sign is not None and as_choice(sign, "sign", ("plus", "minus")) == "minus"
    return -1 if minus else 1


def _fact(node: Node) -> Table:
    name = as_text(node, "fact")
    if name not in FACTS:
        raise refuse("D201", f"unknown fact {name[:60]!r}", node.place, remedy=nearest(name, FACTS))
    return FACTS[name]


def _date_column(node: Node, table: Table) -> str:
    name = as_text(node, "date")
    if name not in table.dates:
        what = f"{table.name} cannot be dated by {name[:60]!r}"
        raise refuse("D202", what, node.place, remedy=nearest(name, table.dates))
    return name


def _operand(node: Node, agg: str, table: Table) -> Expr | None:
    """What a sum or an order statistic looks at; None for counts."""
    if agg in KEYED:
        return None
    text = as_text(node, agg)
    if agg == "count":
        # a column is refused here, not ignored: whoever names one expects it to change the count
        if text != "rows":
            raise refuse(
                "D203", "count counts rows", node.place, actual=text, remedy="write count: rows, with a where"
            )
        return None
    expr = parse_expression(text, str(node.place))
    found = check(expr, table, str(node.place))
    if found is not ColumnType.NUMBER:
        what = f"{agg} needs numbers, this is {found}"
        raise refuse(
            "D203", what, node.place, actual=text, remedy="use a number column, or count: rows with a where"
        )
    return expr


def _keys(node: Node, agg: str, table: Table) -> tuple[str, ...]:
    """The columns whose values together are counted once."""
    nodes = as_items(node, agg) if isinstance(node, Sequence) else (node,)
    names = tuple(as_text(n, agg) for n in nodes)
    unknown = [(name, n) for name, n in zip(names, nodes, strict=True) if table.column(name) is None]
    if unknown:
        name, place = unknown[0]
        what = f"{agg} counts columns, and {table.name} has no column {name[:60]!r}"
        remedy = nearest(name, [c.name for c in table.columns])
        # a plain word is a misspelt column; anything else is an expression, of which no distinct values are counted
        raise refuse("D310" if name.isidentifier() else "D203", what, place.place, actual=name, remedy=remedy)
    if not 1 <= len(set(names)) == len(names) <= MAX_KEYS:
        remedy = f"name 1 to {MAX_KEYS} columns, each once"
        raise refuse(
            "D203", f"{agg} needs its columns", node.place, actual=", ".join(names) or "none", remedy=remedy
        )
    return names


def _condition(node: Node, table: Table) -> Expr:
    text = as_text(node, "where")
    expr = parse_expression(text, str(node.place))
    found = check(expr, table, str(node.place))
    if found is not ColumnType.BOOLEAN:
        what = f"where needs a condition, this is {found}"
        raise refuse("D204", what, node.place, actual=text, remedy="compare it with something")
    return expr


def _percent(fields: Fields, agg: str) -> Decimal | None:
    node = fields.get("percent")
    # both ways: a percentile without percent has no meaning, and percent elsewhere would be ignored without a word
    if (agg == "percentile") != (node is not None):
        raise refuse(
            "D205", "percent goes with percentile", fields.place, remedy="percentile: <column>, percent: 90"
        )
    if node is None:
        return None
    percent = as_number(node, "percent")
    # 0 and 100 are the smallest and the largest value, which have names of their own: min and max
    if not 0 < percent < 100:
        raise refuse(
            "D205", "percent must lie between 0 and 100", node.place, actual=str(percent), remedy="e.g. 90"
        )
    return percent


def _range(fields: Fields) -> Range:
    period, window, at = (fields.get(key) for key in _RANGES)
    given = [key for key in _RANGES if key in fields]
    kind = as_choice(period, "period", _PERIODS) if period else "current"
    # `period: current` is the default and says nothing, so it may stand beside one of the others
    if len(given) > 1 and not (kind == "current" and not (window and at)):
        remedy = "keep one of period, window and at"
        raise refuse(
            "D230",
            "an aggregate looks at one range of days",
            fields.place,
            actual=", ".join(given),
            remedy=remedy,
        )
    if window is not None:
        return _window(window)
    if at is not None:
        return Range(as_choice(at, "at", _ENDS))
    return Range(kind)


def _window(node: Node) -> Range:
    text = as_text(node, "window")
    # before the number: the whole past has no length
    if text == "all":
        return Range("all")
    try:
        return Range("window", read_whole(text, 1, MAX_WINDOW))
    except ReadingError:
        remedy = f"write a whole number of days from 1 to {MAX_WINDOW}, or all"
        raise refuse("D230", "window is no number of days", node.place, actual=text, remedy=remedy) from None


_HAVING_FORM = "e.g. having: {count_distinct: order_id, at_least: 2} or having: {active_in: previous}"


def _having(fields: Fields, agg: str, table: Table, reach: Range) -> Having | None:
    node = fields.get("having")
    # without a bound every key counts, and that is what count_distinct says
    if (agg == "count_groups") != (node is not None):
        raise refuse("D231", "having goes with count_groups", fields.place, remedy=_HAVING_FORM)
    if node is None:
        return None
    inner = Fields(node, "having", optional=HAVING_KEYS)
    if reach.is_snapshot:
        remedy = "use window, or count_distinct with a where"
        raise refuse(
            "D230", "count_groups looks at more than one day", fields.place, actual="at", remedy=remedy
        )
    if "active_in" in inner:
        return _active_in(inner, reach)
    name, operand = _one_of(inner, _INNER, "having compares one aggregate", "D231")
    bound, limit = _one_of(inner, ("at_least", "above"), "having needs one bound", "D231")
    number = as_number(limit, bound)
    return Having(
        agg=name,
        expr=None if name == "count_distinct" else _operand(operand, name, table),
        keys=_keys(operand, name, table) if name == "count_distinct" else (),
        at_least=number if bound == "at_least" else None,
        above=number if bound == "above" else None,
    )


def _active_in(inner: Fields, reach: Range) -> Having:
    as_choice(inner["active_in"], "active_in", ("previous",))
    others = [key for key in ("at_least", "above", *_INNER) if key in inner]
    # "the period before" is that of the period appraised: beside another range it would have two meanings
    if others or reach != CURRENT:
        what = "active_in compares the current period with the one before, and nothing else"
        remedy = "having: {active_in: previous}, without period, window and at"
        raise refuse("D231", what, inner.place, actual=", ".join(others) or reach.id, remedy=remedy)
    return Having()
