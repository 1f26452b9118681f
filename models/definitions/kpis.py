"""KPI definitions: types and reading.

Belongs here: what a KPI is and the checks one KPI allows. Not here: what it counts in the facts (aggregates),
checks across definitions (checks).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from models.definitions.aggregates import Item, read_items
from models.definitions.rated_items import RatedItem, read_rated_item
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
    refuse,
)
from models.definitions.strict_yaml import Node, Scalar, Sequence
from models.figure import RateBounds
from models.units import UNITS

KpiKind = Literal["result", "process", "behaviour"]
Direction = Literal["higher", "lower"]
KINDS: tuple[KpiKind, ...] = ("result", "process", "behaviour")
DIRECTIONS: tuple[Direction, ...] = ("higher", "lower")
MEASURES = ("numerator", "rating", "from_reports")


@dataclass(frozen=True)
class TargetRef:
    """The person's target of another KPI as denominator."""

    kpi: str


@dataclass(frozen=True)
class Sum:
    """Aggregates, and those of other KPIs, added with their signs."""

    numerator: tuple[Item, ...]
    denominator: None = None


@dataclass(frozen=True)
class Ratio:
    """Sum over sum, or over a target; divided once, outside SQL."""

    numerator: tuple[Item, ...]
    denominator: tuple[Item, ...] | TargetRef


@dataclass(frozen=True)
class FromReports:
    """Share of direct reports whose total or grade reaches a mark; exactly one of the two is set."""

    total_at_least: Decimal | None = None
    grade_in: tuple[str, ...] = ()


Measure = Sum | Ratio | RatedItem | FromReports


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One version of one KPI; `source` is its file and line."""

    id: str
    effective_from: date
    label: Label
    formula: Label
    kind: KpiKind
    unit: str
    direction: Direction
    decimals: int
    measure: Measure
    scale: Decimal
    min_n: Decimal
    source: str
    floor: Decimal | None = None
    cap: Decimal | None = None
    bounds: RateBounds | None = None  # None: not declared; without ends: declared to be anything
    or_else: tuple[
        str, ...
    ] = ()  # KPIs of the same meaning from other sources, in the order in which they are tried

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything it adds, numerator first, references to other KPIs as they stand (composites follows them)."""
        match self.measure:
            case Sum(numerator=above) | Ratio(numerator=above, denominator=TargetRef()):
                return above
            case Ratio(numerator=above, denominator=tuple() as below):
                return above + below
            case _:
                return ()

    @property
    def is_bent(self) -> bool:
        """Whether its value is not just what it adds: scaled or kept within bounds."""
        return self.scale != 1 or self.floor is not None or self.cap is not None


TARGET_KEYS = ("target",)
REPORT_KEYS = ("total_at_least", "grade_in")  # exactly one of them
REQUIRED = ("id", "effective_from", "label", "formula", "kind", "unit", "direction", "decimals")
OPTIONAL = (*MEASURES, "denominator", "scale", "min_n", "floor", "cap", "bounds", "or_else")
BOUND_KEYS = ("lower", "upper")


def read_kpi(node: Node) -> Kpi:
    """One KPI from its YAML node."""
    fields = Fields(node, "a KPI", required=REQUIRED, optional=OPTIONAL)
    decimals = as_number(fields["decimals"], "decimals")
    # a fraction is in no range of whole numbers: one test for both
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
    floor, cap = _floor_and_cap(fields)
    return Kpi(
        id=as_id(fields["id"], "id"),
        effective_from=as_date(fields["effective_from"], "effective_from"),
        label=as_label(fields["label"], "label"),
        formula=as_label(fields["formula"], "formula"),
        kind=as_choice(fields["kind"], "kind", KINDS),
        unit=as_choice(fields["unit"], "unit", UNITS),
        direction=as_choice(fields["direction"], "direction", DIRECTIONS),
        decimals=int(decimals),
        measure=_measure(fields),
        scale=as_number(scale, "scale") if scale else Decimal(1),
        # 1: whatever happened at least once has a quotient, unless the definition asks for more
        min_n=as_number(min_n, "min_n") if min_n else Decimal(1),
        source=str(fields.place),
        floor=floor,
        cap=cap,
        bounds=_bounds(fields),
        or_else=_or_else(fields),
    )


def _or_else(fields: Fields) -> tuple[str, ...]:
    """Its alternatives by name; whether they fit it is for models/definitions/alternatives.py."""
    node = fields.get("or_else")
    if node is None:
        return ()
    names = tuple(as_id(item, "an alternative") for item in as_items(node, "or_else"))
    if not names or len(set(names)) < len(names):
        remedy = "name each alternative once, in the order in which they are tried, or remove or_else"
        raise refuse(
            "D234",
            "or_else names nothing, or a KPI twice",
            node.place,
            actual=", ".join(names),
            remedy=remedy,
        )
    return names


def _bounds(fields: Fields) -> RateBounds | None:
    """What the quotient can be at all."""
    node = fields.get("bounds")
    if node is None:
        return None
    if "denominator" not in fields:
        remedy = "remove bounds"
        raise refuse("D233", "only a numerator over a denominator has bounds", node.place, remedy=remedy)
    if isinstance(node, Scalar) and as_text(node, "bounds") == "none":
        return RateBounds()
    inner = Fields(node, "bounds", optional=BOUND_KEYS)
    lower, upper = (as_number(inner[key], key) if key in inner else None for key in BOUND_KEYS)
    if (lower is None and upper is None) or (lower is not None and upper is not None and lower >= upper):
        remedy = "write bounds: {lower: 0, upper: 1}, one of the two, or bounds: none"
        raise refuse("D233", "bounds need an end, the lower one first", node.place, remedy=remedy)
    return RateBounds(lower, upper)


def _floor_and_cap(fields: Fields) -> tuple[Decimal | None, Decimal | None]:
    low, high = fields.get("floor"), fields.get("cap")
    # a rating lies on 0 to 100 and a share of reports on 0 to 1 by themselves
    if (low or high) and "numerator" not in fields:
        raise refuse(
            "D233",
            "only a numerator has bounds",
            fields.place,
            remedy="remove floor and cap; the role's method has its own",
        )
    floor = as_number(low, "floor") if low else None
    cap = as_number(high, "cap") if high else None
    if floor is not None and cap is not None and floor >= cap:  # equal bounds: a constant
        actual = f"floor {floor}, cap {cap}"
        raise refuse("D233", "floor must lie below cap", fields.place, actual=actual, remedy="swap them")
    return floor, cap


def _measure(fields: Fields) -> Measure:
    given = [key for key in MEASURES if key in fields]
    if len(given) != 1:
        remedy = "give exactly one of numerator, rating, from_reports"
        raise refuse(
            "D206", "a KPI needs one measure", fields.place, actual=", ".join(given) or "none", remedy=remedy
        )
    # not found as an unknown key: `denominator` is one that a KPI may have
    if "denominator" in fields and given != ["numerator"]:
        place = fields.mapping.key_places["denominator"]
        raise refuse("D206", f"{given[0]} has no denominator", place, remedy="remove denominator")
    match given[0]:
        case "rating":
            return read_rated_item(fields["rating"])
        case "from_reports":
            return _from_reports(fields["from_reports"])
        case _:
            return _sums(fields)


def _sums(fields: Fields) -> Measure:
    numerator = read_items(fields["numerator"], "numerator")
    below = fields.get("denominator")
    if below is None:
        return Sum(numerator)
    if isinstance(below, Sequence):
        return Ratio(numerator, read_items(below, "denominator"))
    inner = Fields(below, "denominator", required=TARGET_KEYS)
    return Ratio(numerator, TargetRef(as_id(inner["target"], "denominator target")))


def _from_reports(node: Node) -> FromReports:
    fields = Fields(node, "from_reports", optional=REPORT_KEYS)
    mark, grades = fields.get("total_at_least"), fields.get("grade_in")
    if (mark is None) == (grades is None):
        raise refuse(
            "D206", "from_reports needs one mark", node.place, remedy="give total_at_least or grade_in"
        )
    if mark is not None:
        return FromReports(total_at_least=as_number(mark, "total_at_least"))
    # one of the two is there by now, which the type checker cannot see: `or node` never happens
    return FromReports(grade_in=tuple(as_text(g, "grade_in") for g in as_items(grades or node, "grade_in")))


def declared_id(node: Node) -> str | None:
    """The id an entry claims, readable or not.

    So that one broken KPI does not make every role that uses it look broken.
    """
    entries: Mapping[str, Node] = getattr(node, "entries", {})  # an entry may be a list or a plain word too
    value = entries.get("id")
    return value.text if isinstance(value, Scalar) else None
