"""Counts of distinct keys, and of keys whose rows reach a bound, by person and role.

Belongs here: aggregates that look at keys. Not here: those that look at rows (counts.py), who is credited with a row (credit.py).

A key is one key, whoever holds its rows: it is credited to the holders of its first row, and what they do not hold of it is
credited to nobody. The first row is the one with the smallest day, then the smallest key of its table.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import polars as pl

from models.definitions.aggregates import Aggregate, Having
from models.tables import FACTS, Sensitivity
from warehouse.figures.second.counts import Found, HeldRows, Who, collected
from warehouse.figures.second.credit import SHARE_PLACES, WHO
from warehouse.figures.second.rows import DAY

# Ids that mean one thing in every shop of the company; any other is given out anew by each shop: order 1001 of two is two orders.
_PLACES = frozenset({"shop_id", "owned_shop_id", "room_id", "queue_id", "role_id"})
_GOODS = frozenset({"sku_id", "asset_id", "supplier_id", "distributor_id", "influencer_id", "buyer_id"})
_STAFF = frozenset({"employee_id", "owner_id", "cs_agent_id", "bd_id", "packer_id", "picker_id"})
_SHARED = _PLACES | _GOODS | _STAFF | {"assignee_id", "manager_id"}
_LAST = "\U0010ffff"  # sorts an unknown part of a key behind every known one
_NONE = pl.lit(0, dtype=pl.Int64)


@dataclass(frozen=True, kw_only=True)
class KeyRows:
    """The rows of one fact on the days of one range, by the keys that several counts look for."""

    scope: HeldRows
    named: tuple[str, ...]  # the columns that a definition names
    keys: tuple[str, ...]  # with the shop or platform that tells equal ids apart
    table_key: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """The columns with the ids of scopes, each once, that are no part of the key."""
        return [name for name in dict.fromkeys(self.scope.columns.values()) if name not in self.keys]

    def met(self, measure: Aggregate) -> pl.Expr:
        """Whether a row meets the condition of a count; NULL where nobody knows."""
        return self.scope.formulas.condition(measure.where)

    def matching(self, measure: Aggregate) -> pl.LazyFrame:
        """The rows that hold a key and meet the condition, whoever holds them."""
        return self.scope.rows.filter(_are_stated(self.named) & self.met(measure))

    def is_unclear(self, measure: Aggregate) -> pl.Expr:
        """Whether a row may count, and nobody knows that or for which key."""
        met = self.met(measure)
        return met.is_null() | (met & ~_are_stated(_all_keys(measure)))

    def first_rows(self, measures: Sequence[Aggregate]) -> list["FirstRows"]:
        """For every count its keys, each with day and scopes of its first row, in one reading."""
        counts = [_are_stated(self.named) & self.met(measure) for measure in measures]
        days = [pl.when(c).then(pl.col(DAY)).min().alias(f"d{i}") for i, c in enumerate(counts)]
        unclear = [self.is_unclear(m).cast(pl.Int64).sum().alias(f"u{i}") for i, m in enumerate(measures)]
        by_scope = collected(self.scope.rows.group_by(*self.keys, *self.columns).agg(*days, *unclear))
        return [
            FirstRows(self._first(by_scope, f"d{i}", measure), n_unclear=int(by_scope[f"u{i}"].sum()))
            for i, measure in enumerate(measures)
        ]

    def _first(self, by_scope: pl.DataFrame, day: str, measure: Aggregate) -> pl.DataFrame:
        found = by_scope.select(*self.keys, *self.columns, pl.col(day).alias(DAY)).drop_nulls(DAY)
        earliest = found.filter(pl.col(DAY) == pl.col(DAY).min().over(self.keys))
        rest = [name for name in self.table_key if name not in self.keys]
        while rest and rest[0] in self.columns:
            part = _sortable(rest.pop(0))
            earliest = earliest.filter(part == part.min().over(self.keys))
        is_alone = pl.len().over(self.keys) == 1
        tied = earliest.filter(~is_alone).select(*self.keys, DAY).unique()
        if tied.is_empty():
            return earliest
        # equal up to here, in several scopes: looked for again with the rest of the table's key, which costs more to read
        rank = pl.concat_str([_sortable(name) for name in rest], separator="\0")
        rows = self.matching(measure).join(tied.lazy(), on=[*self.keys, DAY], how="semi", nulls_equal=True)
        chosen = rows.group_by(*self.keys, DAY).agg(pl.col(name).min_by(rank) for name in self.columns)
        return pl.concat([earliest.filter(is_alone), collected(chosen).select(earliest.columns)])


@dataclass(frozen=True)
class FirstRows:
    """The keys of a count by day and scopes of their first rows, and how many rows nobody knows to be among them."""

    frame: pl.DataFrame
    n_unclear: int


@dataclass(frozen=True, kw_only=True)
class KeyCount:
    """A count of keys: its rows and first rows."""

    measure: Aggregate
    rows: KeyRows
    first: FirstRows


def _all_keys(measure: Aggregate) -> tuple[str, ...]:
    """The columns of the keys, and of those that are counted within them."""
    return (*measure.keys, *(measure.having.keys if measure.having else ()))


def _sortable(name: str) -> pl.Expr:
    """A part of a table's key, which is a text or a day: as text, in the same order."""
    return pl.col(name).cast(pl.String).fill_null(_LAST)


def _are_stated(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_not_null() for name in names)


def key_columns(fact: str, names: Sequence[str]) -> list[str]:
    """The named columns, with the shop for ids of a shop and the platform for people outside the company."""
    if any(name.endswith("_id") and name not in _SHARED for name in names):
        return list(dict.fromkeys([*names, "platform", "shop_id"]))
    columns = (FACTS[fact].column(name) for name in names)
    outside = any(column is not None and column.sensitivity is Sensitivity.PERSONAL for column in columns)
    return list(dict.fromkeys([*names, "platform"])) if outside else list(names)


def counted(count: KeyCount, *, before: KeyRows | None, credit: KeyCount | None) -> dict[Who, Found]:
    """The keys of a count, each with the share of it that a person is credited with.

    `before`: the rows of the period before, where a key must occur there, too. With `credit`, a key that it counts, too, is
    credited as there: both sides of a quotient credit one key alike.
    """
    found, keys = _reached(count, before), list(count.rows.keys)
    if credit is None:
        shares = [_shares(count.rows.scope, found)]
    else:
        other = credit.first.frame
        theirs = other.join(found.select(*keys, "met", "unknown"), on=keys, nulls_equal=True)
        own = found.join(other, on=keys, how="anti", nulls_equal=True)
        shares = [_shares(credit.rows.scope, theirs), _shares(count.rows.scope, own)]
    credited = pl.concat([*shares, *_unclear(count, before), *_seen(count)])
    people = credited.group_by(*WHO).agg(pl.col("share").sum(), pl.col("unknown").sum())
    return {
        (row["person_id"], row["role_id"]): Found(Fraction(row["share"], 10**SHARE_PLACES), row["unknown"])
        for row in people.collect().iter_rows(named=True)
    }


def _shares(scope: HeldRows, keys: pl.DataFrame) -> pl.LazyFrame:
    """What each person holds of the keys that count, and the rows that lack a value behind those that may."""
    is_met = pl.when("met").then("share").otherwise(pl.lit(0, dtype=pl.Int128)).alias("share")
    return scope.per_kind(
        lambda kind, column: scope.credited(keys.lazy(), kind, column).select(*WHO, is_met, "unknown")
    )


def _uncredited(scope: HeldRows, rows: pl.LazyFrame, unknown: pl.Expr) -> pl.LazyFrame:
    no_share = pl.lit(0, dtype=pl.Int128).alias("share")
    return scope.per_kind(
        lambda kind, column: scope.credited(rows, kind, column).select(
            *WHO, no_share, unknown.alias("unknown")
        )
    )


def _unclear(count: KeyCount, before: KeyRows | None) -> list[pl.LazyFrame]:
    """The unclear rows at their own holders; a distinct key that another row makes known is known."""
    found = [] if not count.first.n_unclear else [_unclear_rows(count.rows, count.measure, count.first)]
    # of a key that must occur in the period before, too, the rows of that period are as much in question
    return found if before is None else [*found, _unclear_rows(before, count.measure, count.first)]


def _unclear_rows(rows: KeyRows, measure: Aggregate, first: FirstRows) -> pl.LazyFrame:
    keys, scopes = list(rows.keys), list(dict.fromkeys(rows.scope.columns.values()))
    unclear = rows.scope.rows.filter(rows.is_unclear(measure))
    if measure.having is None:
        unclear = unclear.join(first.frame.lazy(), on=keys, how="anti", nulls_equal=True)
    by_scope = collected(unclear.group_by(DAY, *scopes).agg(n=pl.len().cast(pl.Int64)))
    return _uncredited(rows.scope, by_scope.lazy(), pl.col("n"))


def _seen(count: KeyCount) -> list[pl.LazyFrame]:
    """Who holds a row of the day on which a state was recorded: 0 keys of it is an answer, no record is none."""
    if not count.measure.range.is_snapshot:
        return []
    scope = count.rows.scope
    stated = scope.rows.filter(_are_stated(count.measure.keys))
    rows = collected(stated.select(DAY, *dict.fromkeys(scope.columns.values())).unique())
    return [_uncredited(scope, rows.lazy(), _NONE)]


def _reached(count: KeyCount, before: KeyRows | None) -> pl.DataFrame:
    """The keys with `met`, whether their rows reach the bound, and `unknown`, how many of these lack a value."""
    first, having, keys = count.first.frame, count.measure.having, list(count.rows.keys)
    if having is None:
        return first.with_columns(met=pl.lit(value=True), unknown=_NONE)
    if before is not None:
        earlier = collected(before.matching(count.measure).select(keys).unique())
        met = first.join(earlier.with_columns(met=pl.lit(value=True)), on=keys, how="left", nulls_equal=True)
        return met.with_columns(pl.col("met").fill_null(value=False), unknown=_NONE)
    reached, unknown = _bounded(count, having)
    by_key = count.rows.matching(count.measure).group_by(keys)
    judged = collected(by_key.agg(reached.alias("met"), unknown.alias("unknown")))
    return first.join(judged, on=keys, nulls_equal=True)


def _bounded(count: KeyCount, having: Having) -> tuple[pl.Expr, pl.Expr]:
    """Whether the rows of a key reach the bound, and how many of them lack a value."""
    limit = Fraction((having.at_least if having.above is None else having.above) or Decimal(0))
    unknown = _NONE
    match having.agg, having.expr:
        case "sum", expr if expr is not None:
            value = count.rows.scope.formulas.of(expr)
            figure, limit = value.expr.sum(), limit * 10**value.places
            unknown = value.expr.is_null().cast(pl.Int64).sum()
        case "count_distinct", _:
            inner = key_columns(count.measure.fact, having.keys)
            figure = pl.struct(inner).filter(_are_stated(having.keys)).n_unique().cast(pl.Int128)
        case _:
            figure = pl.len().cast(pl.Int128)
    # whole numbers: at least 2.5 is at least 3, above 2.5 is above 2
    edge = math.ceil(limit) if having.above is None else math.floor(limit) + 1
    return figure >= pl.lit(edge, dtype=pl.Int128), unknown
