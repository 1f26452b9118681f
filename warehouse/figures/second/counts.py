"""Sums, counts, extremes and order statistics of a fact over the days of one range, by person and role.

Belongs here: aggregates that look at rows. Not here: aggregates that look at keys (keys.py), formulas (trees.py), who is credited
(credit.py).

A row whose condition is unknown, or whose condition holds and whose value is unknown, makes the figure unknown; it is counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import polars as pl

from models.definitions.aggregates import Aggregate
from models.definitions.ranges import Days
from models.tables import LostDay
from warehouse.figures.second.credit import SHARE_PLACES, WHO, Holdings
from warehouse.figures.second.rows import DAY
from warehouse.figures.second.trees import Formulas

ORDER_STATISTICS = frozenset({"median", "percentile"})
Who = tuple[str, str]  # person, role


@dataclass(frozen=True)
class Found:
    """One aggregate of one person: its exact value, None where there is nothing to take it of; how many rows are unknown."""

    value: Fraction | None
    unknown: int


@dataclass(frozen=True, kw_only=True)
class HeldRows:
    """The rows of one fact on the days of one range, and who holds them."""

    rows: pl.LazyFrame
    formulas: Formulas
    holdings: Holdings
    columns: Mapping[str, str]  # by kind of scope: the column with its id; only kinds that somebody holds
    now: pl.DataFrame | None = (
        None  # of an earlier range: the days of the span that its days are compared with
    )

    def per_kind(self, part: Callable[[str, str], pl.LazyFrame]) -> pl.LazyFrame:
        """What a function makes of every kind of scope, one below the other."""
        return pl.concat([part(kind, column) for kind, column in self.columns.items()])

    def credited(self, rows: pl.LazyFrame, kind: str, column: str) -> pl.LazyFrame:
        """The rows beside their holders."""
        return self.holdings.credited(rows, kind, column, self.now)


def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a frame, computed batch by batch where Polars can."""
    return frame.collect(engine="streaming")


def added(scope: HeldRows, measures: Sequence[Aggregate]) -> dict[Aggregate, dict[Who, Found]]:
    """Sums, counts, smallest and largest values of several measures in one reading."""
    masked: list[pl.Expr] = []
    places: list[int] = []
    for i, measure in enumerate(measures):
        met = scope.formulas.condition(measure.where)
        value = None if measure.expr is None else scope.formulas.of(measure.expr)
        counts = pl.lit(1, dtype=pl.Int128) if value is None else value.expr
        places.append(0 if value is None else value.places)
        is_unknown = met.is_null() if value is None else met.is_null() | (met & value.expr.is_null())
        masked += [pl.when(met).then(counts).alias(f"x{i}"), is_unknown.alias(f"u{i}")]
    parts = [(i, _total(m), pl.col(f"u{i}").cast(pl.Int64).sum()) for i, m in enumerate(measures)]
    totals = [part for i, total, unknown in parts for part in (total(f"x{i}"), unknown)]
    columns = list(dict.fromkeys(scope.columns.values()))
    by_day = collected(
        scope.rows.select(DAY, *columns, *masked)
        .group_by(DAY, *columns)
        .agg(*totals, pl.len().cast(pl.Int64).alias("seen"))
    ).lazy()
    wide = [pl.col(f"u{i}").sum() for i in range(len(measures))] + [pl.col("seen").sum()]

    def held(kind: str, column: str) -> pl.LazyFrame:
        level = by_day.group_by(DAY, column).agg(*(total(f"x{i}") for i, total, _ in parts), *wide)
        shared = [
            (pl.col(f"x{i}") * pl.col("share")).alias(f"x{i}")
            for i, m in enumerate(measures)
            if m.agg in {"sum", "count"}
        ]
        found = scope.credited(level, kind, column).with_columns(shared)
        return found.select(*WHO, *(f"{c}{i}" for c in "xu" for i in range(len(measures))), "seen")

    by_person = scope.per_kind(held).group_by(*WHO).agg(*(total(f"x{i}") for i, total, _ in parts), *wide)
    found: dict[Aggregate, dict[Who, Found]] = {m: {} for m in measures}
    for row in by_person.collect().iter_rows(named=True):
        for i, measure in enumerate(measures):
            found[measure][row["person_id"], row["role_id"]] = _found(measure, row, i, places[i])
    return found


def _total(measure: Aggregate) -> Callable[[str], pl.Expr]:
    match measure.agg:
        case "min":
            return lambda name: pl.col(name).min()
        case "max":
            return lambda name: pl.col(name).max()
        case _:
            return lambda name: pl.col(name).sum()


def _found(measure: Aggregate, row: Mapping[str, int | None], i: int, places: int) -> Found:
    value, unknown = row[f"x{i}"], row[f"u{i}"] or 0
    # a day on which the state was recorded and no row matches is 0; without a record the state is not known
    if value is None or (measure.range.is_snapshot and not row["seen"]):
        return Found(None, unknown)
    shared = SHARE_PLACES if measure.agg in {"sum", "count"} else 0
    return Found(Fraction(value, 10 ** (places + shared)), unknown)


def undated(scope: HeldRows, measure: Aggregate, lost: LostDay, days: Days) -> dict[Who, int]:
    """How many rows that may count do not say on which day, and may belong to the range; `scope` has the rows without a day."""
    first, last = days
    not_before = pl.coalesce(*lost.not_before, pl.lit(last))
    not_after = pl.coalesce(*lost.not_after, pl.lit(first))
    may = scope.formulas.condition(measure.where).fill_null(value=True)
    columns = list(dict.fromkeys(scope.columns.values()))
    rows = scope.rows.filter(may & (not_before <= last) & (not_after >= first))
    by_scope = collected(rows.group_by(columns).agg(n=pl.len())).lazy()

    def held(kind: str, column: str) -> pl.LazyFrame:
        who = scope.holdings.within(kind, days, scope.now)
        return by_scope.join(who, left_on=column, right_on="scope_id").select(*WHO, "n")

    people = scope.per_kind(held).group_by(*WHO).agg(pl.col("n").sum())
    return {(row["person_id"], row["role_id"]): row["n"] for row in people.collect().iter_rows(named=True)}


def ordered(scope: HeldRows, measure: Aggregate) -> dict[Who, Found]:
    """The median or another percentile of a person's rows; a row held through two scopes counts once."""
    value = scope.formulas.of(measure.expr) if measure.expr is not None else None
    if value is None:
        return {}
    met = scope.formulas.condition(measure.where)
    columns = list(dict.fromkeys(scope.columns.values()))
    rows = collected(
        scope.rows.with_row_index("row")
        .filter(met.fill_null(value=True))
        .select(DAY, "row", *columns, x=pl.when(met).then(value.expr))
    ).lazy()
    mine = scope.per_kind(
        lambda kind, column: scope.credited(rows, kind, column).select(*WHO, "row", "x")
    ).unique(["person_id", "role_id", "row"])
    lists = mine.group_by(*WHO).agg(pl.col("x").drop_nulls().sort(), unknown=pl.col("x").null_count())
    percent = Decimal(50) if measure.percent is None else measure.percent
    return {
        (row["person_id"], row["role_id"]): Found(
            _between(row["x"], Fraction(percent) / 100, value.places), row["unknown"]
        )
        for row in lists.collect().iter_rows(named=True)
    }


def _between(values: Sequence[int], part: Fraction, places: int) -> Fraction | None:
    """The value at a part of the way from the smallest to the largest, on a line between its two neighbours."""
    if not values:
        return None
    way = part * (len(values) - 1)
    below = way.numerator // way.denominator
    above = min(below + 1, len(values) - 1)
    low, high = Fraction(values[below]), Fraction(values[above])
    found: Fraction = low + (high - low) * (way - below)
    return found / Fraction(10**places)
