"""KPI definitions: types and reading.

Belongs here: what a KPI is and the checks one KPI allows. Not here: checks across definitions (checks), SQL
(warehouse/compile.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from models.definitions.reading import (
    Fields,
    Label,
    as_choice,
    as_date,
    as_id,
    as_items,
    as_label,
    as_number,
    as_text,
    nearest,
    refuse,
)
from models.definitions.strict_yaml import Node, Scalar, Sequence
from models.formulas import Column, Expr, check, parse_expression
from models.tables import FACTS, ColumnType, Table

KINDS = ("result", "process", "behaviour")
UNITS = ("CNY", "ratio", "count", "minutes", "hours", "points", "pieces")
ADDITIVE_UNITS = frozenset({"CNY", "count", "pieces"})  # what a month has is the sum of what its days have
MEASURES = ("numerator", "statistic", "rating", "from_reports")
_SUMS = ("sum", "count", "count_distinct")
_STATISTICS = ("median", "percentile")


@dataclass(frozen=True)
class Aggregate:
    """One aggregate over one fact, dated by one of its dates; `expr` is None for a count of rows."""

    fact: str
    agg: Literal["sum", "count", "count_distinct", "median", "percentile"]
    expr: Expr | None
    where: Expr | None
    date: str
    sign: Literal[1, -1] = 1
    percent: Decimal | None = None


@dataclass(frozen=True)
class TargetRef:
    """The person's target of another KPI as denominator."""

    kpi: str


@dataclass(frozen=True)
class Sum:
    """Aggregates added with their signs."""

    numerator: tuple[Aggregate, ...]
    denominator: None = None


@dataclass(frozen=True)
class Ratio:
    """Sum over sum, or over a target; divided once, outside SQL."""

    numerator: tuple[Aggregate, ...]
    denominator: tuple[Aggregate, ...] | TargetRef


@dataclass(frozen=True)
class OrderStatistic:
    """A median or percentile."""

    aggregate: Aggregate


@dataclass(frozen=True)
class Rating:
    """A manual rating item."""

    item: str


@dataclass(frozen=True)
class FromReports:
    """Share of direct reports whose total or grade reaches a mark; exactly one of the two is set."""

    total_at_least: Decimal | None = None
    grade_in: tuple[str, ...] = ()


Measure = Sum | Ratio | OrderStatistic | Rating | FromReports


@dataclass(frozen=True)
class Kpi:
    """One version of one KPI; `source` is its file and line."""

    id: str
    effective_from: date
    label: Label
    formula: Label
    kind: str
    unit: str
    direction: str
    decimals: int
    measure: Measure
    scale: Decimal
    min_n: Decimal
    source: str

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Every aggregate the KPI needs from the facts."""
        match self.measure:
            case Sum():
                return self.measure.numerator
            case Ratio(denominator=TargetRef()):
                return self.measure.numerator
            case Ratio(numerator=above, denominator=tuple() as below):
                return above + below
            case OrderStatistic():
                return (self.measure.aggregate,)
            case _:
                return ()

    @property
    def is_additive(self) -> bool:
        """Whether a period's figure is the sum of its days', so that a target may be divided by days."""
        return self.unit in ADDITIVE_UNITS and isinstance(self.measure, Sum)


_REQUIRED = ("id", "effective_from", "label", "formula", "kind", "unit", "direction", "decimals")


def read_kpi(node: Node) -> Kpi:
    """One KPI from its YAML node."""
    fields = Fields(node, "a KPI", required=_REQUIRED, optional=(*MEASURES, "denominator", "scale", "min_n"))
    decimals = as_number(fields["decimals"], "decimals")
    if decimals not in range(11):
        remedy = "write 0 to 10"
        raise refuse(
            "D113",
            "decimals must be a whole number",
            fields["decimals"].place,
            actual=str(decimals),
            remedy=remedy,
        )
    scale, min_n = fields.get("scale"), fields.get("min_n")
    return Kpi(
        id=as_id(fields["id"], "id"),
        effective_from=as_date(fields["effective_from"], "effective_from"),
        label=as_label(fields["label"], "label"),
        formula=as_label(fields["formula"], "formula"),
        kind=as_choice(fields["kind"], "kind", KINDS),
        unit=as_choice(fields["unit"], "unit", UNITS),
        direction=as_choice(fields["direction"], "direction", ("higher", "lower")),
        decimals=int(decimals),
        measure=_measure(fields),
        scale=as_number(scale, "scale") if scale else Decimal(1),
        min_n=as_number(min_n, "min_n") if min_n else Decimal(1),
        source=str(fields.place),
    )


def _measure(fields: Fields) -> Measure:
    given = [key for key in MEASURES if key in fields]
    if len(given) != 1:
        remedy = "give exactly one of numerator, statistic, rating, from_reports"
        raise refuse(
            "D206", "a KPI needs one measure", fields.place, actual=", ".join(given) or "none", remedy=remedy
        )
    if "denominator" in fields and given != ["numerator"]:
        place = fields.mapping.key_places["denominator"]
        raise refuse("D206", f"{given[0]} has no denominator", place, remedy="remove denominator")
    match given[0]:
        case "statistic":
            return OrderStatistic(_aggregate(fields["statistic"], _STATISTICS))
        case "rating":
            inner = Fields(fields["rating"], "rating", required=("item",))
            return Rating(as_id(inner["item"], "rating item"))
        case "from_reports":
            return _from_reports(fields["from_reports"])
        case _:
            return _sums(fields)


def _sums(fields: Fields) -> Measure:
    numerator = _aggregates(fields["numerator"], "numerator")
    below = fields.get("denominator")
    if below is None:
        return Sum(numerator)
    if isinstance(below, Sequence):
        return Ratio(numerator, _aggregates(below, "denominator"))
    inner = Fields(below, "denominator", required=("target",))
    return Ratio(numerator, TargetRef(as_id(inner["target"], "denominator target")))


def _aggregates(node: Node, what: str) -> tuple[Aggregate, ...]:
    items = as_items(node, what)
    if not items:
        raise refuse("D112", f"{what} is empty", node.place, remedy="add an aggregate")
    return tuple(_aggregate(item, _SUMS) for item in items)


def _from_reports(node: Node) -> FromReports:
    fields = Fields(node, "from_reports", optional=("total_at_least", "grade_in"))
    mark, grades = fields.get("total_at_least"), fields.get("grade_in")
    if (mark is None) == (grades is None):
        raise refuse(
            "D206", "from_reports needs one mark", node.place, remedy="give total_at_least or grade_in"
        )
    if mark is not None:
        return FromReports(total_at_least=as_number(mark, "total_at_least"))
    return FromReports(grade_in=tuple(as_text(g, "grade_in") for g in as_items(grades or node, "grade_in")))


def _aggregate(node: Node, allowed: tuple[str, ...]) -> Aggregate:
    fields = Fields(
        node, "an aggregate", required=("fact", "date"), optional=("where", "sign", "percent", *allowed)
    )
    table = _fact(fields["fact"])
    given = [key for key in allowed if key in fields]
    if len(given) != 1:
        remedy = f"give exactly one of {', '.join(allowed)}"
        raise refuse(
            "D207",
            "an aggregate counts one thing",
            fields.place,
            actual=", ".join(given) or "none",
            remedy=remedy,
        )
    where, sign = fields.get("where"), fields.get("sign")
    minus = sign is not None and as_choice(sign, "sign", ("plus", "minus")) == "minus"
    return Aggregate(
        fact=table.name,
        agg=given[0],  # type: ignore[arg-type] # one of `allowed`, which holds only the literals of Aggregate.agg
        expr=_operand(fields[given[0]], given[0], table),
        where=_condition(where, table) if where else None,
        date=_date_column(fields["date"], table),
        sign=-1 if minus else 1,
        percent=_percent(fields, given[0]),
    )


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
    text = as_text(node, agg)
    if agg == "count":
        if text != "rows":
            raise refuse(
                "D203", "count counts rows", node.place, actual=text, remedy="write count: rows, with a where"
            )
        return None
    expr = parse_expression(text, str(node.place))
    found = check(expr, table, str(node.place))
    if agg == "count_distinct" and not isinstance(expr, Column):
        raise refuse(
            "D203", "count_distinct counts one column", node.place, actual=text, remedy="name one column"
        )
    if agg != "count_distinct" and found is not ColumnType.NUMBER:
        what = f"{agg} needs numbers, this is {found}"
        raise refuse(
            "D203", what, node.place, actual=text, remedy="use a number column, or count: rows with a where"
        )
    return expr


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
    if (agg == "percentile") != (node is not None):
        raise refuse(
            "D205", "percent goes with percentile", fields.place, remedy="percentile: <column>, percent: 90"
        )
    if node is None:
        return None
    percent = as_number(node, "percent")
    if not 0 < percent < 100:
        raise refuse(
            "D205", "percent must lie between 0 and 100", node.place, actual=str(percent), remedy="e.g. 90"
        )
    return percent


def declared_id(node: Node) -> str | None:
    """The id an entry claims, readable or not.

    So that one broken KPI does not make every role that uses it look broken.
    """
    entries: Mapping[str, Node] = getattr(node, "entries", {})
    value = entries.get("id")
    return value.text if isinstance(value, Scalar) else None
