"""One thing to compute over a fact, and the days it looks at.

Belongs here: the identity of a measure, shared by every KPI that names it. Not here: SQL (compile.py), signs and
quotients (plan.py, judge.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property

from models.definitions.aggregates import ADDITIVE, Agg, Aggregate, Having
from models.definitions.ranges import CURRENT, Range
from models.formulas import Expr, columns
from warehouse.figures.expressions import uses_period

PREVIOUS = Range("previous")
ORDERED = frozenset({"median", "percentile"})
KEYED = frozenset({"count_distinct", "count_groups"})


@dataclass(frozen=True)
class Credit:
    """By which rows a key is credited: its first one that meets the condition, by the date column, in the range."""

    where: Expr | None
    date: str
    range: Range


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One aggregate without its sign."""

    fact: str
    agg: Agg
    expr: Expr | None
    where: Expr | None
    date: str
    percent: Decimal | None = None
    keys: tuple[str, ...] = ()
    having: Having | None = None
    range: Range = CURRENT
    credit: Credit | None = None  # None = by its own rows

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # a year's figures look measures up a million times, and formulas are trees: gone through once
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    @classmethod
    def of(cls, a: Aggregate) -> "Measure":
        """The measure of an aggregate."""
        return cls(
            fact=a.fact,
            agg=a.agg,
            expr=a.expr,
            where=a.where,
            date=a.date,
            percent=a.percent,
            keys=a.keys,
            having=a.having,
            range=a.range,
        )

    def credited_as(self, below: Iterable["Measure"]) -> "Measure":
        """The measure with the credit of the first denominator that counts the same keys: so a rate stays between 0 and 1."""
        of = next(
            (m for m in below if {m.agg, self.agg} <= KEYED and (m.fact, m.keys) == (self.fact, self.keys)),
            None,
        )
        credit = Credit(of.where, of.date, of.range) if of is not None else None
        return self if credit == Credit(self.where, self.date, self.range) else replace(self, credit=credit)

    @property
    def lender(self) -> "Measure | None":
        """The count of keys by whose rows its keys are credited; None = its own."""
        if self.credit is None:
            return None
        return Measure(
            fact=self.fact,
            agg="count_distinct",
            expr=None,
            where=self.credit.where,
            date=self.credit.date,
            keys=self.keys,
            range=self.credit.range,
        )

    @property
    def percentile(self) -> Decimal:
        """The percentile of an order statistic; 50 for a median."""
        return Decimal(50) if self.percent is None else self.percent

    @property
    def by_span(self) -> bool:
        """Whether its formula depends on the period and cannot be added up by day first."""
        inner = self.having.expr if self.having else None
        credit = self.credit.where if self.credit else None
        return any(uses_period(part) for part in (self.expr, self.where, inner, credit))

    @property
    def is_additive(self) -> bool:
        """Whether it is 0, not unknown, when there is no row."""
        return self.agg in ADDITIVE

    @property
    def summed(self) -> Expr | None:
        """The expression that must be known in every row that counts."""
        return self.having.expr if self.having is not None else self.expr

    @property
    def compares_periods(self) -> bool:
        """Whether it counts keys that occur in the period before, too."""
        return self.having is not None and self.having.agg is None

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The ranges of days it reads, its own first."""
        credit = (self.credit.range,) if self.credit else ()
        return tuple(dict.fromkeys((*self.judged, *credit)))

    @property
    def judged(self) -> tuple[Range, ...]:
        """The ranges of days whose rows decide whether it counts, its own first."""
        return (self.range, PREVIOUS) if self.compares_periods else (self.range,)

    @property
    def columns(self) -> frozenset[str]:
        """Names of all columns it reads, except dates and scopes."""
        inner = self.having.keys if self.having else ()
        read = [columns(part) for part in (self.expr, self.where, self.summed) if part is not None]
        return frozenset({*self.keys, *inner}).union(*read)


def ranges_of(measures: Iterable[Measure]) -> tuple[Range, ...]:
    """Every range that some measure reads, once."""
    return tuple(dict.fromkeys(days for measure in measures for days in measure.ranges))
