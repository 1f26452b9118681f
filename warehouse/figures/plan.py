"""What must be computed: for each person, role and span the KPIs in force, as terms over measures.

Belongs here: definitions and roster turned into a work list. Not here: SQL (compile.py), figures
(actuals.py).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import duckdb

from models.definitions.aggregates import Aggregate
from models.definitions.composites import parts_of
from models.definitions.kpis import Kpi, Ratio, TargetRef
from models.definitions.load import Definitions
from models.definitions.ranges import Days, Range
from models.formulas import denied
from models.tables import FACTS
from warehouse.figures.measures import Measure
from warehouse.store.rows import row_dicts
from warehouse.store.sqltext import statement


@dataclass(frozen=True)
class Span:
    """A labelled range of days, both ends included; `to_date` when it is a month that is not over."""

    label: str
    start: date
    end: date
    to_date: bool = False

    def days_of(self, days: Range) -> Days:
        """First and last day of the rows that a range looks at."""
        return days.of(self.start, self.end, to_date=self.to_date)


@dataclass(frozen=True)
class Term:
    """One signed part of a numerator or denominator."""

    measure: Measure
    sign: int


@dataclass(frozen=True)
class KpiPlan:
    """A KPI as the warehouse computes it."""

    kpi: Kpi
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    target_of: str | None
    alternatives: tuple["KpiPlan", ...] = ()  # in the order in which they are tried

    @property
    def kpi_id(self) -> str:
        """Its name."""
        return self.kpi.id

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a quotient."""
        return bool(self.denominator) or self.target_of is not None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, numerator first."""
        return self.numerator + self.denominator

    def left_out(self, fact: str) -> frozenset[str]:
        """The flags of rows of a fact that it counts nowhere: a source of such rows alone feeds it nothing."""
        return self._left_out.get(fact, frozenset())

    @cached_property
    def _left_out(self) -> dict[str, frozenset[str]]:
        flags: dict[str, list[frozenset[str]]] = {}
        for measure in self.measures:
            flags.setdefault(measure.fact, []).append(frozenset(denied(measure.where)))
        return {fact: frozenset[str].intersection(*found) for fact, found in flags.items()}

    @property
    def candidates(self) -> tuple["KpiPlan", ...]:
        """Itself and what may take its place, each of which must be computed."""
        return (self, *self.alternatives)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What its terms read, numerator first; once each, also what stands in numerator and denominator."""
        return tuple(dict.fromkeys(term.measure for term in self.terms))

    @cached_property
    def reads(self) -> tuple[tuple[str, Range, bool], ...]:
        """Facts and ranges it reads, each once, and whether it needs the shops' whole past before it.

        A buyer is new only if no earlier order exists.
        """
        read: dict[tuple[str, Range], bool] = {}
        for measure in self.measures:
            for days in measure.ranges:
                key = (measure.fact, days)
                read[key] = read.get(key, False) or _needs_history(measure)
        return tuple((fact, days, history) for (fact, days), history in read.items())


def _needs_history(measure: Measure) -> bool:
    return any(c.needs_history and c.name in measure.columns for c in FACTS[measure.fact].columns)


@dataclass(frozen=True)
class MeasuredPerson:
    """One person in one role during one span, with the KPIs to compute."""

    span: Span
    person_id: str
    role_id: str
    kpis: tuple[KpiPlan, ...]


def people_to_measure(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, spans: Sequence[Span]
) -> list[MeasuredPerson]:
    """The roster of every span, sorted, with the KPIs of each role in force at the span's end."""
    people: list[MeasuredPerson] = []
    plans: dict[tuple[str, int], tuple[KpiPlan, ...]] = {}
    begins = definitions.begins
    days = {"starts": [span.start for span in spans], "ends": [span.end for span in spans]}
    for row in row_dicts(con, statement("kpi/roster.sql"), days):
        span, role_id = spans[row["place"]], row["role_id"]
        # between two of these days nothing changes: the days of a year share their plans, and so their measures
        key = (role_id, bisect_right(begins, span.end))
        if key not in plans:
            plans[key] = role_plans(definitions, role_id, span.end)
        people.append(MeasuredPerson(span, row["person_id"], role_id, plans[key]))
    return people


def role_plans(definitions: Definitions, role_id: str, on: date) -> tuple[KpiPlan, ...]:
    """Plans of a role's KPIs and of those its targets refer to; ratings and reports are not ours."""
    role = definitions.roles_on(on).get(role_id)
    todo = [line.kpi for line in role.lines] if role is not None else []
    plans: dict[str, KpiPlan] = {}
    while todo:
        kpi_id = todo.pop(0)
        plan = None if kpi_id in plans else plan_kpi(definitions, kpi_id, on)
        if plan is None:
            continue
        plans[kpi_id] = plan
        # the KPI that stands as a target needs a figure, even where the role has no line for it
        if plan.target_of is not None:
            todo.append(plan.target_of)
    return tuple(plans[k] for k in sorted(plans))


def plan_kpi(definitions: Definitions, kpi_id: str, on: date) -> KpiPlan | None:
    """A KPI as terms; None for ratings and shares of reports, which the scorecard computes."""
    kpi = definitions.kpi(kpi_id, on)
    parts = parts_of(kpi, lambda name: definitions.kpi(name, on))
    if not parts.numerator:
        return None
    below = kpi.measure.denominator if isinstance(kpi.measure, Ratio) else None
    target = below.kpi if isinstance(below, TargetRef) else None
    under = _terms(parts.denominator)
    counted = tuple(term.measure for term in under)
    over = (replace(term, measure=term.measure.credited_as(counted)) for term in _terms(parts.numerator))
    others = (plan_kpi(definitions, name, on) for name in kpi.or_else)
    return KpiPlan(kpi, tuple(over), under, target, tuple(plan for plan in others if plan is not None))


def measures_by_fact(people: Iterable[MeasuredPerson]) -> dict[str, tuple[Measure, ...]]:
    """Every measure once, by fact, in a stable order."""
    by_fact: dict[str, dict[Measure, None]] = {}
    # people of one role share their plans: each is looked through once
    for plans in {id(person.kpis): person.kpis for person in people}.values():
        for term in _terms_of(plans):
            by_fact.setdefault(term.measure.fact, {})[term.measure] = None
    return {fact: tuple(measures) for fact, measures in sorted(by_fact.items())}


def roles_by_measure(people: Iterable[MeasuredPerson]) -> dict[Measure, frozenset[str]]:
    """Who asks: the roles with a KPI that reads a measure."""
    asking: dict[Measure, set[str]] = {}
    for role, plans in {(p.role_id, id(p.kpis)): (p.role_id, p.kpis) for p in people}.values():
        for term in _terms_of(plans):
            asking.setdefault(term.measure, set()).add(role)
    return {measure: frozenset(roles) for measure, roles in asking.items()}


def _terms_of(plans: Iterable[KpiPlan]) -> Iterator[Term]:
    """Every term that must be computed; those of alternatives, too: which of them measures is known afterwards."""
    return (term for plan in plans for one in plan.candidates for term in one.terms)


def _terms(aggregates: Sequence[Aggregate]) -> tuple[Term, ...]:
    return tuple(Term(Measure.of(a), a.sign) for a in aggregates)
