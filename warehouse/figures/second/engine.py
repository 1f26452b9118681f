"""Every aggregate of some KPIs over one span, computed by Polars.

Belongs here: which rows an aggregate looks at, and which aggregates one reading answers. Not here: the KPI made of them, and what
SQL found (agreement.py).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb
import polars as pl

from models.definitions.aggregates import KEYED, Aggregate
from models.definitions.ranges import Days, Range
from models.formulas import Expr, columns
from models.tables import FACTS
from warehouse.figures.second.counts import ORDER_STATISTICS, Found, HeldRows, Who, added, ordered, undated
from warehouse.figures.second.credit import Holdings, compared_days
from warehouse.figures.second.keys import KeyCount, KeyRows, counted, key_columns
from warehouse.figures.second.rows import fact_rows, table_rows
from warehouse.figures.second.trees import Formulas
from warehouse.store.sqltext import Sql

_PREVIOUS = Range("previous")


@dataclass(frozen=True)
class Asked:
    """An aggregate without its sign, and the count of keys whose holders are credited in its place."""

    measure: Aggregate
    credit: Aggregate | None = None


def asked_of(above: Iterable[Aggregate], below: Iterable[Aggregate]) -> tuple[list[Asked], list[Asked]]:
    """The aggregates of a numerator and a denominator; both sides of a quotient credit one key alike."""
    under = [replace(a, sign=1) for a in below]
    counts = {(a.fact, a.keys): a for a in reversed(under) if a.agg in KEYED}
    over = [replace(a, sign=1) for a in above]
    return [Asked(a, counts.get((a.fact, a.keys)) if a.agg in KEYED else None) for a in over], [
        Asked(a) for a in under
    ]


@dataclass(frozen=True)
class SpanRows:
    """The facts as one span sees them; `to_date` when it is a month that is not over."""

    con: duckdb.DuckDBPyConnection
    span: Days
    to_date: bool = False

    def groups(self, asked: Iterable[Asked]) -> list[list[Asked]]:
        """The aggregates that one reading answers together: of one fact, date and range, and of the same keys."""
        groups: dict[tuple[object, ...], list[Asked]] = {}
        for one in asked:
            m = one.measure
            key = (m.fact, m.date, m.range, m.keys, m.agg in ORDER_STATISTICS)
            groups.setdefault(key, []).append(one)
        return list(groups.values())

    def measured(self, asked: Mapping[Asked, Collection[str]]) -> dict[Asked, dict[Who, Found]]:
        """What a group of aggregates finds for the people in the roles that ask; who has no row is left out.

        Raises:
            WarehouseError: W340 for an expression that this engine does not know.
        """
        group, roles = list(asked), frozenset[str]().union(*asked.values())
        if group[0].measure.agg in KEYED:
            counts = self._counts(list(dict.fromkeys(one.measure for one in group)), roles)
            found = {one: self._keys(one, counts, roles) for one in group}
        else:
            found = self._rows(group, roles)
        for one in group:
            for reach in _ranges_of(one.measure):
                for who, n in self._undated(replace(one.measure, range=reach), roles).items():
                    known = found[one].get(who, Found(None, 0))
                    found[one][who] = replace(known, unknown=known.unknown + n)
        return found

    def _undated(self, measure: Aggregate, roles: Collection[str]) -> dict[Who, int]:
        """Rows whose day is not known and may be one of the range, by their holders in it."""
        column = FACTS[measure.fact].column(measure.date)
        if column is None or column.lost is None:
            return {}
        bounds = {*column.lost.not_before, *column.lost.not_after}
        scope = self._scope([measure], roles, has_day=False, also=bounds)
        days = measure.range.of(*self.span, to_date=self.to_date)
        return {} if scope is None else undated(scope, measure, column.lost, days)

    def _rows(self, group: Sequence[Asked], roles: Collection[str]) -> dict[Asked, dict[Who, Found]]:
        measures = [one.measure for one in group]
        scope = self._scope(measures, roles)
        if scope is None:
            return {one: {} for one in group}
        if measures[0].agg in ORDER_STATISTICS:
            return {one: ordered(scope, one.measure) for one in group}
        totals = added(scope, measures)
        return {one: totals[one.measure] for one in group}

    def _keys(
        self, one: Asked, counts: Mapping[Aggregate, KeyCount], roles: Collection[str]
    ) -> dict[Who, Found]:
        count = counts.get(one.measure)
        if count is None:
            return {}
        credit = None
        if one.credit is not None and one.credit != one.measure:
            known = counts if one.credit in counts else self._counts([one.credit], roles)
            credit = known[one.credit]
        earlier = [replace(one.measure, range=reach) for reach in _ranges_of(one.measure)[1:]]
        before = self._key_rows(earlier, roles) if earlier else None
        return counted(count, before=before, credit=credit)

    def _counts(self, measures: Sequence[Aggregate], roles: Collection[str]) -> dict[Aggregate, KeyCount]:
        rows = self._key_rows(measures, roles)
        if rows is None:
            return {}
        first = zip(measures, rows.first_rows(measures), strict=True)
        return {measure: KeyCount(measure=measure, rows=rows, first=found) for measure, found in first}

    def _key_rows(self, measures: Sequence[Aggregate], roles: Collection[str]) -> KeyRows | None:
        scope, one = self._scope(measures, roles), measures[0]
        if scope is None:
            return None
        keys = tuple(key_columns(one.fact, one.keys))
        return KeyRows(scope=scope, named=one.keys, keys=keys, table_key=FACTS[one.fact].key)

    def _scope(
        self,
        measures: Collection[Aggregate],
        roles: Collection[str],
        *,
        has_day: bool = True,
        also: Collection[str] = (),
    ) -> HeldRows | None:
        """The rows that aggregates of one fact, date and range look at; None where nobody who asks holds anything of it."""
        first = next(iter(measures))
        table, reach = FACTS[first.fact], first.range
        holdings = self._holdings.get(first.fact, Holdings(self._no_holdings)).of_roles(roles)
        scopes = {kind: column for kind, column in table.scopes.items() if kind in holdings.kinds}
        if not scopes:
            return None
        days = reach.of(*self.span, to_date=self.to_date)
        read = {*scopes.values(), *also, *(name for measure in measures for name in _columns_of(measure))}
        rows = fact_rows(self.con, table.name, read, first.date, days if has_day else None)
        # of an earlier range, period_start and period_end are the ends of that one
        start, end = days if reach.is_shifted else self.span
        untold = {column.name: column.untold for column in table.columns if column.untold}
        return HeldRows(
            rows=rows.frame,
            formulas=Formulas(rows.places, untold, start, end),
            holdings=holdings,
            columns=scopes,
            now=compared_days(reach, self.span, days, to_date=self.to_date),
        )

    @cached_property
    def _holdings(self) -> dict[str, Holdings]:
        sql = Sql(
            "select fact, scope_type, scope_id, role_id, person_id, share, valid_from, valid_to from kpi_held"
        )
        found = table_rows(self.con, sql, ()).with_columns(pl.col("share").to_physical().cast(pl.Int128))
        return {str(fact): Holdings(part.drop("fact")) for (fact,), part in found.group_by("fact")}

    @property
    def _no_holdings(self) -> pl.DataFrame:
        return pl.DataFrame(schema={"scope_type": pl.String, "role_id": pl.String})


def _ranges_of(measure: Aggregate) -> tuple[Range, ...]:
    compares = measure.having is not None and measure.having.agg is None
    return (measure.range, _PREVIOUS) if compares else (measure.range,)


def _columns_of(measure: Aggregate) -> set[str]:
    """Every column that the rows of an aggregate must have."""
    having = measure.having
    parts: list[Expr | None] = [measure.expr, measure.where, having.expr if having else None]
    read = set().union(*(columns(part) for part in parts if part is not None))
    if measure.agg in KEYED:
        read |= {*FACTS[measure.fact].key, *key_columns(measure.fact, measure.keys)}
        read |= set(key_columns(measure.fact, having.keys)) if having and having.keys else set()
    return read
