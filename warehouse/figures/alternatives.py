"""Which KPI measures a line of a role: itself, or an alternative that a source feeds (`or_else`).

Belongs here: the choice between a KPI and its alternatives for one person and the months of a span. Not here: the figure itself
(judge.py), whether an alternative fits (models/definitions/alternatives.py).

The first of them measures whose source is open in every shop and on every day on which that of any of them is: so one source
counts for all of a person's scope and for the whole span, and where there is no such source the figure is missing (M224). What is
asked is only whether a source is there. Where it is there and a day of it is missing, the figure is missing, too: it never turns
to another source because of one day. Whole months are looked at, so that a day, the month to date and the month choose alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import duckdb

from models.causes import Cause
from models.periods import month_of
from models.tables import FACTS
from warehouse.facts.sources import sources_of
from warehouse.figures.judge import Evidence, Judged, Owned, overlap
from warehouse.figures.plan import KpiPlan, MeasuredPerson, Span
from warehouse.store.rows import row_dicts
from warehouse.store.sqltext import Sql, fill, identifier, joined, literal

Stretch = tuple[date, date]  # first and last day
Places = Mapping[str, Stretch]  # by shop, the days on which a source is open there
_SHOP = "shop"


@dataclass(frozen=True)
class _Table:
    """The one table whose rows a KPI counts, its date, and the flags of rows that are left out."""

    fact: str
    date: str
    left_out: frozenset[str]

    @classmethod
    def of(cls, plan: KpiPlan) -> "_Table":
        measure = plan.terms[0].measure  # of one table: the definitions are refused otherwise (D234)
        return cls(measure.fact, measure.date, plan.left_out(measure.fact))


@dataclass(frozen=True)
class _Question:
    """Which table, in order, measures a person in a role during some months."""

    person_id: str
    role_id: str
    months: Stretch
    tables: tuple[_Table, ...]


class Alternatives:
    """Judges a KPI, or what stands in its place; needs kpi_held as the figures left it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, evidence: Evidence) -> None:
        self._con = con
        self._evidence = evidence
        # every KPI of a person over the same two tables, and every day of a month, asks the same
        self._answers: dict[_Question, int | Cause] = {}
        self._shops: dict[_Table, dict[tuple[str, str], frozenset[tuple[str, date]]]] = {}

    def judge(self, duty: MeasuredPerson, kpi: KpiPlan) -> Judged:
        """The KPI of the person in the span, by the first of its alternatives if no source feeds itself."""
        if not kpi.alternatives:
            return self._evidence.judge(duty, kpi)
        tables = tuple(_Table.of(plan) for plan in kpi.candidates)
        question = _Question(duty.person_id, duty.role_id, _months(duty.span), tables)
        if question not in self._answers:
            self._answers[question] = _Choice(self, self._evidence, question).answer
        answer = self._answers[question]
        if isinstance(answer, Cause):
            return Judged.absent(answer)
        judged = self._evidence.judge(duty, kpi.candidates[answer])
        if answer:
            return replace(judged, measured_as=kpi.candidates[answer])
        return _with_alternatives(judged, kpi)

    def shops_of(self, table: _Table, question: _Question) -> set[str]:
        """The shops whose rows name the person, or a scope of the person's, in the months."""
        if table not in self._shops:
            self._shops[table] = self._read_shops(table)
        first, last = question.months
        found = self._shops[table].get((question.person_id, question.role_id), frozenset())
        return {shop for shop, month in found if first <= month <= last}

    def _read_shops(self, table: _Table) -> dict[tuple[str, str], frozenset[tuple[str, date]]]:
        sql = Sql(
            "select distinct o.person_id, o.role_id, f.shop_id, cast(date_trunc('month', f.${day}) as date) as month\n"
            "from ${core} as f inner join kpi_held as o on o.fact = ${fact} and (${scopes})"
            " and f.${day} between o.valid_from and o.valid_to${counted}"
        )
        scope = Sql("(o.scope_type = ${kind} and o.scope_id = f.${column})")
        flag = Sql(" and f.${flag} is distinct from true")
        kinds = [(k, column) for k, column in FACTS[table.fact].scopes.items() if k != _SHOP]
        filled = fill(
            sql,
            day=identifier(table.date),
            counted=joined(Sql(""), [fill(flag, flag=identifier(f)) for f in sorted(table.left_out)]),
            core=identifier(f"core_{table.fact}"),
            fact=literal(table.fact),
            scopes=joined(
                Sql(" or "), [fill(scope, kind=literal(k), column=identifier(c)) for k, c in kinds]
            ),
        )
        found: dict[tuple[str, str], set[tuple[str, date]]] = {}
        for row in row_dicts(self._con, filled):
            found.setdefault((row["person_id"], row["role_id"]), set()).add((row["shop_id"], row["month"]))
        return {who: frozenset(shops) for who, shops in found.items()}


@dataclass(frozen=True)
class _Choice:
    """One question on its way to its answer: the number of a table, or why there is none."""

    alternatives: Alternatives
    evidence: Evidence
    question: _Question

    @property
    def answer(self) -> int | Cause:
        """0 = the KPI itself, also where nothing feeds any of them: its own cause says what it lacks."""
        everywhere = {number: self._places(number) for number in self._comparable}
        chosen = _covering(everywhere)
        if chosen is not None or all(kind == _SHOP for kind, *_ in self._scopes(0)):
            return self._mixed(everywhere) if chosen is None else chosen
        # an agent may work in any shop: those count in which some row names the agent
        worked = {owned for kind, owned, *_ in self._scopes(0) if kind == _SHOP}
        for number in everywhere:
            worked |= self.alternatives.shops_of(self.question.tables[number], self.question)
        there = {n: {s: days for s, days in p.items() if s in worked} for n, p in everywhere.items()}
        if not any(there.values()):
            return next(number for number, places in everywhere.items() if places)
        chosen = _covering(there)
        return self._mixed(there) if chosen is None else chosen

    @cached_property
    def _comparable(self) -> list[int]:
        """The tables by which the person holds the same: the rows of a group cannot stand for those of a person."""
        own = self._scopes(0)
        return [n for n in range(len(self.question.tables)) if n == 0 or self._scopes(n) == own]

    def _scopes(self, number: int) -> set[tuple[str, str, date, date]]:
        """What is held of a table in the months."""
        q = self.question
        holder = (q.tables[number].fact, q.person_id, q.role_id, "", "")
        held: Iterable[Owned] = self.evidence.owned.get(holder, ())
        return {
            (owned.scope_type, owned.scope_id, *days)
            for owned in held
            if (days := overlap(owned, *q.months)) is not None
        }

    def _places(self, number: int) -> Places:
        """Where and when a source of the table is open, of the shops that the person may have rows in."""
        fed = self._fed(self.question.tables[number])
        found: dict[str, Stretch] = {}
        for kind, scope_id, first, last in sorted(self._scopes(number)):
            for shop in [scope_id] if kind == _SHOP else list(fed):
                days = _common(fed.get(shop), (first, last))
                if days is not None:
                    found[shop] = _joined(found.get(shop), days)
        return found

    def _fed(self, table: _Table) -> Places:
        """By shop, the days of the months on which all that a table is made from is open."""
        by_source: list[dict[str, Stretch]] = []
        for source in sources_of(table.fact):
            left_out = table.left_out if source == table.fact else frozenset[str]()
            places: dict[str, Stretch] = {}
            for account in self.evidence.coverage.feeding(source, without=left_out):
                # of files from the first one on: they state no day of opening
                days = account.watched(*self.question.months)
                if days is not None:
                    places[account.shop_id] = _joined(places.get(account.shop_id), days)
            by_source.append(places)
        shared = set.intersection(*(set(places) for places in by_source)) if by_source else set()
        found = {shop: _common_of([places[shop] for places in by_source]) for shop in sorted(shared)}
        return {shop: days for shop, days in found.items() if days is not None}

    def _mixed(self, places: Mapping[int, Places]) -> Cause:
        told = [
            f"{self.question.tables[number].fact} is there for {_shown(where)}"
            for number, where in places.items()
            if where
        ]
        first, last = self.question.months
        return Cause(
            "M224",
            f"no one source covers all of {first} to {last} for {self.question.person_id}: {'; '.join(told)}",
        )


def _covering(places: Mapping[int, Places]) -> int | None:
    """The first table that is open wherever and whenever any of them is; the KPI's own where none is open at all."""
    whole: dict[str, Stretch] = {}
    for where in places.values():
        for shop, days in where.items():
            whole[shop] = _joined(whole.get(shop), days)
    return next((number for number, where in places.items() if where == whole), None)


def _joined(known: Stretch | None, days: Stretch) -> Stretch:
    return days if known is None else (min(known[0], days[0]), max(known[1], days[1]))


def _common(one: Stretch | None, other: Stretch | None) -> Stretch | None:
    if one is None or other is None:
        return None
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def _common_of(stretches: Sequence[Stretch]) -> Stretch | None:
    found: Stretch | None = stretches[0]
    for days in stretches[1:]:
        found = _common(found, days)
    return found


def _months(span: Span) -> Stretch:
    """The first and last day of the months that a span touches."""
    return month_of(span.start).start, month_of(span.end).end


def _shown(places: Places) -> str:
    return ", ".join(f"{shop} ({first} to {last})" for shop, (first, last) in sorted(places.items()))


def _with_alternatives(judged: Judged, kpi: KpiPlan) -> Judged:
    """Where no source feeds the KPI, the cause names the tables that would do as well."""
    cause = judged.cause
    if cause is None or cause.code != "M206":
        return judged
    others = ", nor ".join(f"{_Table.of(plan).fact} ({plan.kpi_id})" for plan in kpi.alternatives)
    return replace(judged, cause=Cause(cause.code, f"{cause.text}, nor {others}"))
