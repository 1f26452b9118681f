"""Figures and scores of the published file as records. Reads only; no formatting, no sentences.

Belongs here: what board, workbook, export, summary and `kpi why` ask of figures, scorecards, ownership and reconciliation;
the same question is one function. Steps that run before the publication ask the warehouse the same way: its tables have the
same names. Not here: names and labels (labels.py), sources (provenance.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from models.figure import FigureStatus
from models.periods import Period
from warehouse.published.query import published, published_rows_of
from warehouse.store.rows import column_names, only_value, run
from warehouse.store.sqltext import Sql, fill


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """A KPI of a person on a day or from the first of the month on; targets only where published.

    `attainment` and `pace` (the attainment of what is due by the day) grow as the figure gets better, `share_of_target` and
    `share_of_target_to_date` are plain quotients: see `models.figure`.
    """

    person_id: str
    role_id: str
    kpi_id: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    status: FigureStatus
    cause_code: str | None
    cause: str | None
    n_rows: int | None
    measured_as: str | None = None  # the KPI that was measured in its place
    target: Decimal | None = None
    target_to_date: Decimal | None = None
    attainment: Decimal | None = None
    pace: Decimal | None = None
    share_of_target: Decimal | None = None
    share_of_target_to_date: Decimal | None = None

    @property
    def measured_by(self) -> str:
        """The KPI whose sources and definition the figure has."""
        return self.measured_as or self.kpi_id


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One measure of one shop in a month: credited + unowned + excluded against the platform's total."""

    platform: str
    shop_id: str
    measure: str
    platform_total: Decimal
    credited: Decimal
    unowned: Decimal
    excluded: Decimal
    difference: Decimal


@dataclass(frozen=True, kw_only=True)
class PublishedCard:
    """The result of one person in one role and period."""

    person_id: str
    role_id: str
    status: FigureStatus
    total: Decimal | None
    grade: str | None
    coefficient: Decimal | None
    state: str | None
    definition_hash: str
    cause: str | None
    steps: str | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedLine:
    """One KPI line of an appraisal sheet."""

    person_id: str
    role_id: str
    position: int
    dimension: str
    dimension_zh: str
    dimension_en: str
    kpi_id: str
    declared_weight: Decimal | None
    weight: Decimal | None
    target: Decimal | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    attainment: Decimal | None
    score: Decimal | None
    contribution: Decimal | None
    status: FigureStatus
    cause_code: str | None
    cause: str | None
    method: str
    rule_zh: str
    rule_en: str
    steps: str | None
    n_rows: int | None
    measured_as: str | None = None  # the KPI that was measured in its place

    @property
    def measured_by(self) -> str:
        """The KPI whose sources and definition the figure has."""
        return self.measured_as or self.kpi_id


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """What a person owned, with which share, from when to when."""

    scope_type: str
    scope_id: str
    role_id: str
    person_id: str
    share: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class PlannedKpi:
    """A KPI in a role's plan; `is_at_end`: known once people have rated or reports are scored, not counted by day."""

    role_id: str
    kpi_id: str
    position: int
    is_at_end: bool


@dataclass(frozen=True)
class ScoredKpi:
    """A KPI that stands on a person's scorecard of a period."""

    period: str
    kpi_id: str


_FIGURE = Sql(
    "person_id, role_id, kpi_id, numerator, denominator, value, status, cause_code, cause, n_rows, measured_as"
)


def daily_figures(
    con: duckdb.DuckDBPyConnection, first: date, last: date
) -> dict[date, list[PublishedFigure]]:
    """Daily figures by day."""
    sql = Sql("""
        select business_date, ${figure} from kpi_actual_daily
        where business_date between ? and ? order by business_date, person_id, role_id, kpi_id
    """)
    days: dict[date, list[PublishedFigure]] = {}
    for row in published_rows_of(con, fill(sql, figure=_FIGURE), [first, last]):
        days.setdefault(row.pop("business_date"), []).append(PublishedFigure(**row))
    return days


def month_figures(con: duckdb.DuckDBPyConnection, day: date) -> list[PublishedFigure]:
    """Month-to-date figures of a day."""
    sql = Sql("""
        select ${figure}, target, target_to_date, attainment, pace, share_of_target, share_of_target_to_date
        from kpi_actual_mtd
        where business_date = ? order by person_id, role_id, kpi_id
    """)
    return published(con, fill(sql, figure=_FIGURE), [day], PublishedFigure)


def reconciliation(con: duckdb.DuckDBPyConnection, period: str) -> list[Reconciled]:
    """The reconciliation of a month."""
    sql = Sql("""
        select platform, shop_id, measure, platform_total, credited, unowned, excluded, difference
        from reconciliation where period = ? order by platform, shop_id, measure
    """)
    return published(con, sql, [period], Reconciled)


def cards(con: duckdb.DuckDBPyConnection, period: str) -> list[PublishedCard]:
    """The scorecards of a period by role, the best first, those without a total last."""
    sql = Sql("""
        select person_id, role_id, status, total, grade, coefficient, state,
               coalesce(definition_hash, '') as definition_hash, cause, cast(steps as varchar) as steps
        from scorecard where period = ? order by role_id, total desc nulls last, person_id
    """)
    return published(con, sql, [period], PublishedCard)


def lines(con: duckdb.DuckDBPyConnection, period: str) -> dict[tuple[str, str], list[PublishedLine]]:
    """The scorecard lines of a period by person and role, in the order of the plan."""
    sql = Sql("""
        select person_id, role_id, position, dimension, coalesce(dimension_zh, dimension) as dimension_zh,
               coalesce(dimension_en, dimension) as dimension_en, kpi_id, declared_weight, weight, target,
               value, numerator, denominator, attainment, score, contribution, status, cause_code, cause,
               coalesce(method, '') as method, coalesce(rule_zh, '') as rule_zh,
               coalesce(rule_en, '') as rule_en,
               cast(steps as varchar) as steps, n_rows, measured_as
        from scorecard_line where period = ? order by person_id, role_id, position
    """)
    found: dict[tuple[str, str], list[PublishedLine]] = {}
    for line in published(con, sql, [period], PublishedLine):
        found.setdefault((line.person_id, line.role_id), []).append(line)
    return found


def score_table(con: duckdb.DuckDBPyConnection, period: Period) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of columns, and one row per person, role and KPI line with names and the whole scorecard's result beside it."""
    sql = Sql("""
        with
        named as (
            select person_id, arg_max(name, valid_from) as name from core_person where valid_from <= ? group by all
        ),
        kpi as (
            select kpi_id, arg_max(zh, effective_from) as zh, arg_max(en, effective_from) as en
            from kpi_label group by all
        )
        select s.period, s.person_id, p.name as person_name, s.role_id, r.zh as role_zh, r.en as role_en,
               s.status as scorecard_status, s.total, s.grade, s.coefficient, s.state, s.definition_hash,
               s.cause as scorecard_cause, l.position, l.dimension, l.kpi_id, k.zh as kpi_zh, k.en as kpi_en,
               l.declared_weight, l.weight, l.target, l.numerator, l.denominator, l.value, l.attainment, l.score,
               l.contribution, l.status, l.cause_code, l.cause, l.n_rows, l.measured_as
        from scorecard as s
        left join scorecard_line as l
            on l.period = s.period and l.person_id = s.person_id and l.role_id = s.role_id
        left join named as p on p.person_id = s.person_id
        left join role_label as r on r.role_id = s.role_id
        left join kpi as k on k.kpi_id = l.kpi_id
        where s.period = ?
        order by s.role_id, s.person_id, l.position
    """)
    # a left join: somebody who is not scored has a card with a cause and no line
    cursor = run(con, sql, [period.end, period.id])
    return column_names(cursor), cursor.fetchall()


def scored_kpis(
    con: duckdb.DuckDBPyConnection, person_id: str, *, kpi_id: str, period: str
) -> list[ScoredKpi]:
    """Of a person the KPIs scored in a period, and the periods in which a KPI was scored; by period and KPI."""
    sql = Sql("""
        select distinct period, kpi_id from scorecard_line where person_id = ? and (kpi_id = ? or period = ?)
        order by period, kpi_id
    """)
    return published(con, sql, [person_id, kpi_id, period], ScoredKpi)


def newest_scored_period(con: duckdb.DuckDBPyConnection) -> str | None:
    """The last period, by its id, that has scorecards; None when none has."""
    newest: str | None = only_value(con, Sql("select max(period) from scorecard"))
    return newest


def ownership(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Ownership]:
    """What was owned by whom on any of the days."""
    sql = Sql("""
        select scope_type, scope_id, role_id, person_id, share, valid_from, valid_to from core_ownership
        where valid_from <= ? and (valid_to is null or valid_to >= ?)
        order by person_id, scope_type, scope_id, valid_from, role_id
    """)
    return published(con, sql, [last, first], Ownership)


def plans(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], PlannedKpi]:
    """The KPIs of every role's plan, by role and KPI."""
    sql = Sql("select role_id, kpi_id, position, is_at_end from role_line order by all")
    return {(line.role_id, line.kpi_id): line for line in published(con, sql, (), PlannedKpi)}


def inputs(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Digests of what figures were computed from, by scope and input."""
    sql = Sql("select scope, input, digest from figure_input order by all")
    found: dict[str, dict[str, str]] = {}
    for row in published_rows_of(con, sql):
        found.setdefault(row["scope"], {})[row["input"]] = row["digest"]
    return found
