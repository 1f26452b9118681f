"""Everything one board shows, read in one go. No sentences and no layout."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from pipelines.render.labels import kpi_label, role_label
from warehouse.published import labels, provenance, read
from warehouse.published.labels import KpiLabel, Publication, PublishedCompany, PublishedPerson, RoleLabel
from warehouse.published.provenance import SourceHealth
from warehouse.published.read import Ownership, PlannedKpi, PublishedFigure, PublishedLine, Reconciled

SPARK_DAYS = 30  # a sparkline shows a month, whichever day the board is of
HEALTH_DAYS = 14  # two weeks: a source that fails on one weekday shows twice
NOT_DELIVERED = frozenset(
    {"missing", "failed"}
)  # states of a stream's day that keep figures from being complete

Key = tuple[str, str, str]  # person, role, KPI


@dataclass(frozen=True, kw_only=True)
class BoardData:
    """The published rows behind the board of one day."""

    day: date
    company: PublishedCompany
    publication: Publication
    kpis: dict[str, KpiLabel]
    roles: dict[str, RoleLabel]
    plans: dict[tuple[str, str], PlannedKpi]
    people: list[PublishedPerson]
    everyone: list[PublishedPerson]
    today: dict[Key, PublishedFigure]
    month: dict[Key, PublishedFigure]
    at_end: dict[Key, PublishedLine]
    history: dict[date, dict[Key, PublishedFigure]]
    health: list[SourceHealth]
    reconciliation: list[Reconciled]
    ownership: list[Ownership]

    @property
    def period(self) -> str:
        """The month of the day."""
        return f"{self.day:%Y-%m}"

    @property
    def health_days(self) -> list[date]:
        """The days of the health strip, oldest first."""
        return days_until(self.day, HEALTH_DAYS)

    @property
    def spark_days(self) -> list[date]:
        """The days of a sparkline, oldest first."""
        return days_until(self.day, SPARK_DAYS)

    def kpi(self, kpi_id: str) -> KpiLabel:
        """The label of a KPI; its id stands in where none was published."""
        return kpi_label(self.kpis, kpi_id)

    def role(self, role_id: str) -> RoleLabel:
        """The label of a role; its id stands in where none was published."""
        return role_label(self.roles, role_id)

    def person_name(self, person_id: str | None) -> str:
        """The name in force on the day."""
        return labels.name_on(self.everyone, person_id, self.day)

    def scopes(self, person_id: str, role_id: str) -> list[str]:
        """Ids of what the person owns on the day, for the role."""
        own = (o for o in self.ownership if o.person_id == person_id and o.role_id == role_id)
        return list(dict.fromkeys(o.scope_id for o in own))


def load_board(con: duckdb.DuckDBPyConnection, day: date) -> BoardData:
    """Read the board of a day from the published tables."""
    everyone = labels.people(con)
    daily = read.daily_figures(con, day - timedelta(days=SPARK_DAYS - 1), day)
    history = {d: by_person_role_kpi(figures) for d, figures in daily.items()}
    return BoardData(
        day=day,
        company=labels.company(con),
        publication=labels.publication(con, day=day),
        kpis=labels.kpi_labels(con, day),
        roles=labels.role_labels(con),
        plans=read.plans(con),
        people=[p for p in everyone if p.is_valid(day, day)],
        everyone=everyone,
        today=history.get(day, {}),
        month=by_person_role_kpi(read.month_figures(con, day)),
        at_end={
            (*holder, line.kpi_id): line
            for holder, lines in read.lines(con, f"{day:%Y-%m}").items()
            for line in lines
        },
        history=history,
        health=provenance.health(con, day - timedelta(days=HEALTH_DAYS - 1), day),
        reconciliation=read.reconciliation(con, f"{day:%Y-%m}"),
        ownership=read.ownership(con, day, day),
    )


def by_person_role_kpi(figures: list[PublishedFigure]) -> dict[Key, PublishedFigure]:
    """Figures by person, role and KPI."""
    return {(f.person_id, f.role_id, f.kpi_id): f for f in figures}


def days_until(day: date, count: int) -> list[date]:
    """The last `count` days up to and including `day`."""
    return [day - timedelta(days=back) for back in range(count - 1, -1, -1)]
