"""Who and what the published figures are about, as readers know them: company, publication, KPIs, roles, people.

Belongs here: names and labels of the published file as records. Not here: figures and scores (read.py), where rows came from
(provenance.py), sentences and layout (pipelines/render).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from models.definitions.ranges import SHIFTED, Range
from models.errors import WarehouseError
from warehouse.published.query import published, published_rows_of
from warehouse.store.rows import instant
from warehouse.store.sqltext import Sql


@dataclass(frozen=True, kw_only=True)
class PublishedCompany:
    """The company of the published file."""

    id: str
    name_zh: str
    name_en: str
    zone: str
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """Which state of the data was published: as of when, under which definitions, for which last day or period."""

    as_of: datetime
    definition_hash: str
    day: date | None = None
    period: str | None = None


@dataclass(frozen=True, kw_only=True)
class KpiLabel:
    """What readers are told about a KPI."""

    kpi_id: str
    zh: str
    en: str
    unit: str
    direction: str
    kind: str
    decimals: int
    formula_zh: str
    formula_en: str
    sources: str
    defined_at: str
    ranges: tuple[Range, ...]  # of other periods, which it compares its own with

    @classmethod
    def unnamed(cls, kpi_id: str) -> "KpiLabel":
        """What stands in for a KPI of which no label was published: its id."""
        return cls(
            kpi_id=kpi_id,
            zh=kpi_id,
            en=kpi_id,
            unit="",
            direction="",
            kind="",
            decimals=2,
            formula_zh="",
            formula_en="",
            sources="",
            defined_at="",
            ranges=(),
        )


@dataclass(frozen=True)
class RoleLabel:
    """A role's names and where it is defined."""

    role_id: str
    zh: str
    en: str
    defined_at: str


@dataclass(frozen=True, kw_only=True)
class PublishedPerson:
    """A person in one role from one day to another."""

    person_id: str
    name: str
    role_id: str
    dept: str
    manager_id: str | None
    valid_from: date
    valid_to: date | None

    def is_valid(self, first: date, last: date) -> bool:
        """Whether the assignment touches the days."""
        return self.valid_from <= last and (self.valid_to is None or self.valid_to >= first)


def company(con: duckdb.DuckDBPyConnection) -> PublishedCompany:
    """The company whose figures are published.

    Raises:
        WarehouseError: W310 when the file is of an older version, W311 when it holds no company.
    """

    def record(*, languages: object, **named: str) -> PublishedCompany:
        return PublishedCompany(languages=_languages(languages), **named)

    sql = Sql("select id, name_zh, name_en, zone, currency, languages from company")
    rows = published(con, sql, (), record)
    if not rows:
        raise _empty("company")
    return rows[0]


def publication(con: duckdb.DuckDBPyConnection, *, day: date | None = None, period: str = "") -> Publication:
    """The publication of a day or a period, else the newest.

    Raises:
        WarehouseError: W310 when the file is of an older version, W311 when nothing was published.
    """
    sql = Sql("""
        select epoch_us(as_of) as as_of_us, coalesce(definition_hash, '') as definition_hash, day, period from publication
        order by coalesce(day = ?, false) or coalesce(period = ?, false) desc, as_of desc limit 1
    """)
    # true sorts after false, hence desc; coalesce, because a publication has either a day or a period
    rows = published_rows_of(con, sql, [day, period])
    if not rows:
        raise _empty("publication")
    return Publication(as_of=instant(rows[0].pop("as_of_us")), **rows[0])


def kpi_labels(con: duckdb.DuckDBPyConnection, on: date) -> dict[str, KpiLabel]:
    """KPI labels by id, of the version in force on a day."""
    sql = Sql("""
        select kpi_id, zh, en, unit, direction, kind, decimals,
               coalesce(formula_zh, '') as formula_zh, coalesce(formula_en, '') as formula_en,
               coalesce(sources, '') as sources, coalesce(defined_at, '') as defined_at,
               coalesce(ranges, '') as ranges
        from kpi_label order by kpi_id, effective_from <= ?, effective_from
    """)

    def label(*, ranges: str, **told: Any) -> KpiLabel:
        return KpiLabel(ranges=tuple(Range(kind) for kind in SHIFTED if kind in ranges.split(", ")), **told)

    # The last row of an id wins: versions in force come after those that are not yet.
    return {label.kpi_id: label for label in published(con, sql, [on], label)}


def role_labels(con: duckdb.DuckDBPyConnection) -> dict[str, RoleLabel]:
    """Role labels by id."""
    sql = Sql(
        "select role_id, zh, en, coalesce(defined_at, '') as defined_at from role_label order by role_id"
    )
    return {label.role_id: label for label in published(con, sql, (), RoleLabel)}


def people(con: duckdb.DuckDBPyConnection) -> list[PublishedPerson]:
    """Every assignment of every person, oldest first."""
    sql = Sql("""
        select person_id, coalesce(name, person_id) as name, role_id, coalesce(dept, '') as dept,
               manager_id, valid_from, valid_to
        from core_person order by person_id, valid_from, role_id
    """)
    return published(con, sql, (), PublishedPerson)


def name_on(everyone: list[PublishedPerson], person_id: str | None, last: date) -> str:
    """The name in force on a day, else the newest one, else the id."""
    own = [p for p in everyone if p.person_id == person_id]
    known = [p for p in own if p.valid_from <= last] or own
    return known[-1].name if known else person_id or ""


def _languages(stored: object) -> tuple[str, ...]:
    words = stored if isinstance(stored, list | tuple) else str(stored or "").strip("[]").split(",")
    known = tuple(w for w in (str(w).strip(" \"'") for w in words) if w in {"zh", "en"})
    return known or ("zh", "en")


def _empty(table: str) -> WarehouseError:
    return WarehouseError(
        "W311",
        f"the published table {table} is empty",
        where="published/kpi.duckdb",
        remedy="run `kpi run` first, it publishes figures at its end",
    )
