"""Figures of days: daily, month to date, health, reconciliation. Not here: the computation (warehouse)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from models.periods import Period, month_of
from pipelines.company.run_scope import RunScope, tell
from pipelines.render import bilingual
from pipelines.steps.stale_days import days_to_compute, note_computed, stretches
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_daily, compute_mtd
from warehouse.figures.computed import month_to_date_days
from warehouse.published import labels
from warehouse.published.read import PublishedFigure, month_figures
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_warehouse

# Month to date is read for the board's day and the weeks before; a year of it costs ten times the daily rows.
MONTH_TO_DATE_DAYS = 31


@dataclass(frozen=True)
class ComputedDays:
    """What a computation of days produced for the days that were asked for."""

    days: int
    rows: int
    missing: int
    provisional: int


@dataclass(frozen=True, kw_only=True)
class RoleFigure:
    """A month-to-date figure of a person, with the names people know."""

    person_id: str
    person_name: str
    kpi_zh: str
    kpi_en: str
    unit: str
    decimals: int
    value: Decimal | None
    target_to_date: Decimal | None
    attainment: Decimal | None
    pace: Decimal | None
    status: str
    cause_code: str | None
    cause: str | None

    def shown(self, value: Decimal | None) -> str:
        """A value in the KPI's unit; nothing for a missing one."""
        return "" if value is None else bilingual.format_value(value, self.unit, self.decimals)


def compute_days(work: RunScope) -> ComputedDays:
    """Compute the days of the work, and those before that newer data may have changed."""
    with open_warehouse(work.home.root) as con:
        days = days_to_compute(con, work)
        actuals = compute_daily(con, work.definitions, days)
        compute_mtd(con, work.definitions, _month_to_date_days(con, days))
        for first, last in stretches(days):
            store_source_health(con, first, last)
        for month in _months(days):
            reconcile(con, month, work.company.accountable_roles)
        # last: after a kill the next run must find these days as not computed
        note_computed(con, work)
    # older days were only computed again; they are not what somebody asked for
    asked = [a for a in actuals if a.period >= work.first.isoformat()]
    counts = ComputedDays(
        len(days),
        len(asked),
        sum(a.status == "missing" for a in asked),
        sum(a.status == "provisional" for a in asked),
    )
    tell("compute", f"{counts.days} days, {counts.rows:,} figures, {counts.missing:,} of them missing")
    return counts


def _month_to_date_days(con: DuckDBPyConnection, days: list[date]) -> list[date]:
    """The last days, and any earlier one that has month-to-date figures already."""
    done = month_to_date_days(con)
    return [day for day in days[:-MONTH_TO_DATE_DAYS] if day in done] + days[-MONTH_TO_DATE_DAYS:]


def _months(days: Iterable[date]) -> list[Period]:
    return sorted({month_of(day) for day in days})


def role_figures(work: RunScope) -> dict[str, list[RoleFigure]]:
    """Month-to-date figures of the last day, by role."""
    with open_warehouse(work.home.root) as con:
        figures, people = month_figures(con, work.last), labels.people(con)
    by_role: dict[str, list[RoleFigure]] = {}
    for figure in sorted(figures, key=lambda f: (f.role_id, f.person_id, f.kpi_id)):
        name = labels.name_on(people, figure.person_id, work.last)
        by_role.setdefault(figure.role_id, []).append(_role_figure(work, figure, name))
    return by_role


def _role_figure(work: RunScope, figure: PublishedFigure, person_name: str) -> RoleFigure:
    kpi = work.definitions.kpi(figure.kpi_id, work.last)
    return RoleFigure(
        person_id=figure.person_id,
        person_name=person_name,
        kpi_zh=kpi.label.zh,
        kpi_en=kpi.label.en,
        unit=kpi.unit,
        decimals=kpi.decimals,
        value=figure.value,
        target_to_date=figure.target_to_date,
        attainment=figure.attainment,
        pace=figure.pace,
        status=figure.status,
        cause_code=figure.cause_code,
        cause=figure.cause,
    )
