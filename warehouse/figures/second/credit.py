"""Who is credited with a row: the holders of its scope on its day, as a join of frames.

Belongs here: holdings as data, days of an earlier range beside those of this one. Not here: what is added up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from models.definitions.ranges import Days, Range
from warehouse.figures.second.rows import DAY

SHARE_PLACES = 6  # of ownership.csv
WHO = ("person_id", "role_id")
_NOW = "_now"


@dataclass(frozen=True)
class Holdings:
    """The holdings of one fact: scope_type, scope_id, role_id, person_id, share in millionths, valid_from, valid_to."""

    frame: pl.DataFrame

    def of_roles(self, roles: Collection[str]) -> "Holdings":
        """Those of the roles that ask."""
        return Holdings(self.frame.filter(pl.col("role_id").is_in(list(roles))))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of scope that somebody holds."""
        return frozenset(self.frame["scope_type"])

    def credited(
        self, rows: pl.LazyFrame, kind: str, column: str, now: pl.DataFrame | None = None
    ) -> pl.LazyFrame:
        """The rows beside each of their holders: `person_id`, `role_id` and `share` are added, unheld rows are left out.

        With `now`, the rows are of an earlier range: they count for who holds the scope on the day that theirs is compared with,
        with the share of that day.
        """
        held = self.frame.lazy().filter(pl.col("scope_type") == kind).drop("scope_type")
        if now is None:
            return _held_on(rows, held, column, DAY)
        return _held_on(rows.join(now.lazy(), on=DAY), held, column, _NOW).drop(_NOW)

    def within(self, kind: str, days: Days, now: pl.DataFrame | None = None) -> pl.LazyFrame:
        """`scope_id`, `person_id` and `role_id` of who is credited with a scope on some of the days, each once."""
        held = self.frame.lazy().filter(pl.col("scope_type") == kind)
        if now is None:
            held = held.filter((pl.col("valid_from") <= days[1]) & (pl.col("valid_to") >= days[0]))
        else:
            every = (
                now.lazy()
                .select(DAY)
                .join(held.select(pl.col("scope_id").alias("_scope")).unique(), how="cross")
            )
            held = self.credited(every, kind, "_scope", now).rename({"_scope": "scope_id"})
        return held.select("scope_id", *WHO).unique()


def _held_on(rows: pl.LazyFrame, held: pl.LazyFrame, column: str, day: str) -> pl.LazyFrame:
    joined = rows.join(held, left_on=column, right_on="scope_id", how="inner")
    is_held = (pl.col("valid_from") <= pl.col(day)) & (pl.col(day) <= pl.col("valid_to"))
    return joined.filter(is_held).drop("valid_from", "valid_to")


def compared_days(reach: Range, span: Days, days: Days, *, to_date: bool) -> pl.DataFrame | None:
    """For an earlier range, the day of the span that each of its days is compared with; None for any other range.

    The same day of the month, or its last one, so many months later; where no whole months lie between, so many days later.
    """
    if not reach.is_shifted:
        return None
    start, end = span
    months = _months_between(reach, start, end, to_date=to_date)
    length = (end - start).days + 1
    then = pl.date_range(days[0], days[1], eager=True).alias(DAY)
    # Polars ends a month that has no such day with its last one
    now = then.dt.offset_by(f"{months}mo" if months else f"{length}d")
    return pl.DataFrame({DAY: then, _NOW: now.clip(start, end)})


def _months_between(reach: Range, start: date, end: date, *, to_date: bool) -> int:
    """0 where the earlier range has the length of the span in days."""
    if reach.kind == "last_year":
        return 12
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        return (end.year - start.year) * 12 + end.month - start.month + 1
    return 1 if to_date else 0
