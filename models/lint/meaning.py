"""What a KPI is about, read from its formula: which columns, whose cost, speed or volume, good or bad news.

Belongs here: questions that several rules ask. Not here: the rules.

Names of KPIs are not looked at, because a company names its own; names of canonical columns are, because there is one
registry of them (models/tables).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.definitions import Aggregate, Kpi, RatedItem, Ratio, Role, RoleLine, Sum, TargetRef, parts_of
from models.errors import DefinitionError
from models.formulas import ColumnName, Expr, columns
from models.money import divide, multiply, total
from models.units import unit_of

COUNTS = frozenset({"count", "count_distinct", "count_groups"})
# columns converted to the company's currency have it; without it a cost is found under either name
MONEY_SUFFIX = "_base"
HUNDRED = Decimal(100)
_COSTS = frozenset(
    {
        *(
            "spend",
            "ad_spend",
            "cogs",
            "cost",
            "platform_fee",
            "payment_fee",
            "fulfil_fee",
            "freight",
            "tariff",
            "packing_cost",
        ),
        *("compensation", "commission", "fixed_fee", "bank_fee", "purchase_cost"),
    }
)
# table and column: `amount` is a cost in this table only, elsewhere it is what a buyer gets back
_OPEX = ("opex", "amount")
_MARGIN = "contribution"
_MARGINS = _COSTS | {_MARGIN, "unit_price", "baseline_price"}
# sums of these columns are bad news: mistakes, losses, people who leave
_FAULTS = frozenset(
    {
        *(
            "errors",
            "scene_errors",
            "violations",
            "rejected_qty",
            "reopens",
            "bounces",
            "leavers",
            "voluntary_leavers",
        ),
        *("unexplained", "compensation", "refunded", "refund_amount", "departed"),
    }
)
# every row is bad news, whatever is counted of it
_BAD_TABLES = frozenset({"refund", "incident"})
# a KPI that reads one of these keeps people from trading quality for speed or volume
_QUALITY = frozenset(
    {
        *(
            "errors",
            "scene_errors",
            "violations",
            "rejected_qty",
            "reopens",
            "bounces",
            "contacts",
            "assignee_stations",
        ),
        *(
            "rating",
            "satisfaction",
            "quality_score",
            "platform_intervened",
            "is_negative",
            "error_type",
            "first_pass",
        ),
        *("passed_review", "buyer_paid_within_window", "withdrawn", "counted_qty", "completes"),
    }
)
# before refunds: what buyers paid, and what was credited for it
_SALES = frozenset({"paid_amount", "gmv", "ad_sales", "credited", "sales"})
_TAKEN_OFF = frozenset({"refunded", "refund_amount", _MARGIN})
# how tables name a column that is a quotient already: adding such columns weighs a small day like a large one
_RATE_ENDINGS = ("_rate", "_pct", "_share", "_ratio", "_percent")


@dataclass(frozen=True)
class Seen:
    """A KPI with the aggregates it stands for, references to other KPIs followed."""

    kpi: Kpi
    above: tuple[Aggregate, ...] = ()
    below: tuple[Aggregate, ...] = ()

    @property
    def all(self) -> tuple[Aggregate, ...]:
        """Numerator first."""
        return self.above + self.below

    @property
    def is_sum(self) -> bool:
        """Whether nothing is divided."""
        return isinstance(self.kpi.measure, Sum)

    @property
    def is_manual(self) -> bool:
        """Whether people give the figure."""
        return isinstance(self.kpi.measure, RatedItem)

    @property
    def is_against_target(self) -> bool:
        """Whether the KPI is an attainment: measured against a target of the person."""
        return isinstance(self.kpi.measure, Ratio) and isinstance(self.kpi.measure.denominator, TargetRef)


def see(kpis: Mapping[str, Kpi]) -> dict[str, Seen]:
    """Every KPI with its aggregates; a reference that does not resolve on every day leaves the KPI without any."""
    return {name: _seen(kpi, kpis.__getitem__) for name, kpi in kpis.items()}


def _seen(kpi: Kpi, find: Callable[[str], Kpi]) -> Seen:
    try:
        parts = parts_of(kpi, find)
    except DefinitionError:
        return Seen(kpi)  # the loader judged each day; the newest versions need not share one
    return Seen(kpi, parts.numerator, parts.denominator)


def bare(name: str) -> str:
    """The column without the suffix that says company currency."""
    return name.removesuffix(MONEY_SUFFIX)


def named(aggregate: Aggregate) -> frozenset[str]:
    """Columns of what is summed or counted, as they are written."""
    return frozenset(aggregate.keys) | _columns(aggregate.expr)


def summed(aggregate: Aggregate) -> frozenset[str]:
    """Columns of what is summed or counted, without the currency suffix."""
    return frozenset(map(bare, named(aggregate)))


def filtered(aggregate: Aggregate) -> frozenset[str]:
    """Columns of the condition."""
    return _columns(aggregate.where)


def _columns(expr: Expr | None) -> frozenset[str]:
    return frozenset() if expr is None else columns(expr)


def read(seen: Seen) -> frozenset[str]:
    """Every column the KPI reads, without the currency suffix."""
    return frozenset(bare(name) for a in seen.all for name in named(a) | filtered(a))


def counted(parts: Iterable[Aggregate]) -> list[Aggregate]:
    """The parts with a plus sign."""
    return [a for a in parts if a.sign > 0]


def is_cost(aggregate: Aggregate) -> bool:
    """Whether nothing but money spent is summed."""
    own = summed(aggregate)
    return (
        aggregate.agg == "sum"
        and bool(own)
        and (own <= _COSTS or (own == {_OPEX[1]} and aggregate.fact == _OPEX[0]))
    )


def costs_only(seen: Seen) -> bool:
    """Whether the KPI's figure is money spent."""
    return bool(seen.above) and all(is_cost(a) and a.sign > 0 for a in seen.above)


def is_bad_news(seen: Seen) -> bool:
    """Whether everything the KPI counts is a loss or a mistake."""
    parts = counted(seen.above)
    # where something is taken off, more of the rest may be good
    return bool(parts) and len(parts) == len(seen.above) and all(_is_bad(a) for a in parts)


def _is_bad(aggregate: Aggregate) -> bool:
    own = summed(aggregate)
    if own and own <= _FAULTS:
        return True
    # a request that the buyer withdrew is good news in a table of bad news
    return aggregate.fact in _BAD_TABLES and "withdrawn" not in filtered(aggregate) | own


def is_sales(seen: Seen) -> bool:
    """Whether the figure is money that buyers paid."""
    parts = counted(seen.above)
    return bool(parts) and all(summed(a) & _SALES for a in parts)


def is_return(seen: Seen) -> bool:
    """Whether the figure is what comes back for each one spent: sales or profit over nothing but costs."""
    brought = any(summed(a) & (_SALES | {_MARGIN}) for a in counted(seen.above))
    return brought and bool(seen.below) and all(is_cost(a) and a.sign > 0 for a in seen.below)


def is_net(seen: Seen) -> bool:
    """Whether refunds or costs are taken off what is counted."""
    # refunds taken off, or a column that has them taken off already
    return any(a.sign < 0 or summed(a) & (_COSTS | _TAKEN_OFF) for a in seen.above)


def guards_margin(seen: Seen) -> bool:
    """Whether the KPI looks at cost, margin or what comes back."""
    return bool(read(seen) & (_MARGINS | _TAKEN_OFF)) or any(a.fact in {"refund", "opex"} for a in seen.all)


def guards_quality(seen: Seen) -> bool:
    """Whether the KPI looks at how well the work was done."""
    return bool(read(seen) & _QUALITY) or any(a.fact in _BAD_TABLES for a in seen.all)


def is_speed(seen: Seen) -> bool:
    """Whether being quick is rewarded."""
    return unit_of(seen.kpi.unit).is_time and seen.kpi.direction == "lower" and not seen.is_manual


def is_volume(seen: Seen) -> bool:
    """Whether sheer output is rewarded."""
    # the stock of one day is a state and no output
    moving = seen.is_sum and bool(seen.above) and not any(a.range.is_snapshot for a in seen.above)
    return (
        moving
        and unit_of(seen.kpi.unit).is_output
        and seen.kpi.direction == "higher"
        and seen.kpi.kind == "process"  # a result is what the work is for; output is a means
    )


def rate_column(aggregate: Aggregate) -> str | None:
    """The name of a column that already is a rate, where it is summed as it stands."""
    expr = aggregate.expr
    is_rate = aggregate.agg == "sum" and isinstance(expr, ColumnName) and expr.name.endswith(_RATE_ENDINGS)
    return expr.name if is_rate and isinstance(expr, ColumnName) else None


def is_share(seen: Seen) -> bool:
    """Whether the figure is a part of a whole, so that 1 is all there is."""
    above, below = seen.above, seen.below
    if not unit_of(seen.kpi.unit).is_ratio or len(above) != 1 or len(below) != 1 or seen.kpi.scale != 1:
        return False
    part, whole = above[0], below[0]
    same_rows = (part.fact, part.agg, part.date, part.range) == (
        whole.fact,
        whole.agg,
        whole.date,
        whole.range,
    )
    return same_rows and part.expr == whole.expr and part.keys == whole.keys


def share(role: Role, line: RoleLine) -> Decimal:
    """Weight of a line as a percentage of the whole role."""
    return divide(multiply(role.dimension_weights[line.dimension], line.weight), HUNDRED)


def weight_where(role: Role, marked: Iterable[tuple[RoleLine, bool]]) -> Decimal:
    """Weight of the lines that are marked."""
    return total([share(role, line) for line, is_marked in marked if is_marked])


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Part of a whole in percent; 0 of nothing."""
    # nothing has no parts; the division would raise
    return Decimal(0) if whole == 0 else divide(multiply(part, HUNDRED), whole)
