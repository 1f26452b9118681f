"""What must be computed: for each person, role and span the KPIs in force, as terms over measures.

Belongs here: definitions and roster turned into a work list. Not here: SQL (compile.py), figures
(actuals.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import duckdb

from models.definitions.kpis import Aggregate, Kpi, OrderStatistic, Ratio, Sum, TargetRef
from models.definitions.load import Definitions
from models.formulas import columns
from models.tables import FACTS
from warehouse.compile import Measure
from warehouse.sqltext import statement


@dataclass(frozen=True)
class Span:
    """A labelled range of days, both ends included."""

    label: str
    start: date
    end: date


@dataclass(frozen=True)
class Term:
    """One signed part of a numerator or denominator."""

    measure: Measure
    sign: int


@dataclass(frozen=True)
class KpiPlan:
    """A KPI as the warehouse computes it."""

    kpi_id: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    target_of: str | None
    scale: Decimal
    min_n: Decimal
    is_additive: bool

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a quotient."""
        return bool(self.denominator) or self.target_of is not None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, numerator first."""
        return self.numerator + self.denominator

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, each once."""
        return tuple(dict.fromkeys(t.measure.fact for t in self.terms))

    @cached_property
    def history_facts(self) -> frozenset[str]:
        """The facts of which it needs the shops' whole past: a buyer is new only if no earlier order exists."""
        return frozenset(t.measure.fact for t in self.terms if _needs_history(t.measure))


def _needs_history(measure: Measure) -> bool:
    read = [columns(part) for part in (measure.expr, measure.where) if part is not None]
    known = {c.name for c in FACTS[measure.fact].columns if c.needs_history}
    return any(known & names for names in read)


@dataclass(frozen=True)
class Duty:
    """One person in one role during one span, with the KPIs to compute."""

    span: Span
    person_id: str
    role_id: str
    kpis: tuple[KpiPlan, ...]


def duties(con: duckdb.DuckDBPyConnection, definitions: Definitions, spans: Sequence[Span]) -> list[Duty]:
    """The roster of every span, sorted, with the KPIs of each role in force at the span's end."""
    found: list[Duty] = []
    plans: dict[tuple[str, date], tuple[KpiPlan, ...]] = {}
    for span in spans:
        for person_id, role_id in con.execute(
            statement("kpi/roster.sql"), {"start_on": span.start, "end_on": span.end}
        ).fetchall():
            key = (role_id, span.end)
            if key not in plans:
                plans[key] = role_plans(definitions, role_id, span.end)
            found.append(Duty(span, person_id, role_id, plans[key]))
    return found


def role_plans(definitions: Definitions, role_id: str, on: date) -> tuple[KpiPlan, ...]:
    """Plans of a role's KPIs and of those its targets refer to; ratings and reports are not ours."""
    role = definitions.roles_on(on).get(role_id)
    todo = [line.kpi for line in role.lines] if role is not None else []
    plans: dict[str, KpiPlan] = {}
    while todo:
        kpi_id = todo.pop(0)
        plan = None if kpi_id in plans else plan_kpi(definitions.kpi(kpi_id, on))
        if plan is None:
            continue
        plans[kpi_id] = plan
        if plan.target_of is not None:
            todo.append(plan.target_of)
    return tuple(plans[k] for k in sorted(plans))


def plan_kpi(kpi: Kpi) -> KpiPlan | None:
    """A KPI as terms; None for ratings and shares of reports, which the scorecard computes."""
    match kpi.measure:
        case OrderStatistic(aggregate=one):
            return KpiPlan(kpi.id, _terms([one]), (), None, kpi.scale, kpi.min_n, is_additive=False)
        case Sum(numerator=above):
            return KpiPlan(kpi.id, _terms(above), (), None, kpi.scale, kpi.min_n, kpi.is_additive)
        case Ratio(numerator=above, denominator=TargetRef(kpi=of)):
            return KpiPlan(kpi.id, _terms(above), (), of, kpi.scale, kpi.min_n, is_additive=False)
        case Ratio(numerator=above, denominator=tuple() as below):
            return KpiPlan(
                kpi.id, _terms(above), _terms(below), None, kpi.scale, kpi.min_n, is_additive=False
            )
        case _:
            return None


def measures_by_fact(work: Iterable[Duty]) -> dict[str, tuple[Measure, ...]]:
    """Every measure once, by fact, in a stable order."""
    found: dict[str, dict[Measure, None]] = {}
    for plans in dict.fromkeys(duty.kpis for duty in work):
        for term in (t for plan in plans for t in plan.terms):
            found.setdefault(term.measure.fact, {})[term.measure] = None
    return {fact: tuple(measures) for fact, measures in sorted(found.items())}


def _terms(aggregates: Sequence[Aggregate]) -> tuple[Term, ...]:
    return tuple(Term(Measure(a.fact, a.agg, a.expr, a.where, a.date, a.percent), a.sign) for a in aggregates)
