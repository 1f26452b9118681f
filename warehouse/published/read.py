"""Rows of the published tables as typed records. Reads only; no formatting, no sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from models.errors import WarehouseError
from models.figure import FigureStatus
from warehouse.published.health import health_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """The company of the published file."""

    id: str
    name_zh: str
    name_en: str
    zone: str
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """Which state of the data was published."""

    as_of: datetime
    definition_hash: str


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class RoleLabel:
    """A role's names and where it is defined."""

    role_id: str
    zh: str
    en: str
    defined_at: str


@dataclass(frozen=True)
class PersonRow:
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
    target: Decimal | None = None
    target_to_date: Decimal | None = None
    attainment: Decimal | None = None
    pace: Decimal | None = None
    share_of_target: Decimal | None = None
    share_of_target_to_date: Decimal | None = None


@dataclass(frozen=True)
class Health:
    """One stream of one shop on one business day."""

    connector: str
    stream: str
    shop_id: str
    business_date: date
    rows: int | None
    proof: str | None
    finality: str | None
    loaded_at: datetime | None
    status: str
    cause_code: str | None
    cause: str | None

    @property
    def state(self) -> str:
        """ok, open, missing, failed or none."""
        return health_of(self.status, self.cause_code)


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Card:
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


@dataclass(frozen=True)
class Line:
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


@dataclass(frozen=True)
class Ownership:
    """What a person owned, with which share, from when to when."""

    scope_type: str
    scope_id: str
    role_id: str
    person_id: str
    share: Decimal
    valid_from: date
    valid_to: date | None


Row = dict[str, Any]  # a published row before it is typed


def fetch(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> Iterator[Row]:
    """Rows as dictionaries; a missing table becomes an error that says what to do."""
    try:
        cursor = con.execute(sql, list(values))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise WarehouseError(
            "W310",
            "the published database lacks a table or column that the reports need",
            where="published/kpi.duckdb",
            actual=str(error).splitlines()[0],
            remedy="run `kpi run` once with this version, it publishes all tables again",
        ) from error
    names = [column[0] for column in cursor.description or []]
    return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def company(con: duckdb.DuckDBPyConnection) -> Company:
    """The company whose figures are published."""
    row = next(fetch(con, "select id, name_zh, name_en, zone, currency, languages from company"), None)
    if row is None:
        raise _empty("company")
    return Company(**row | {"languages": _languages(row["languages"])})


def publication(con: duckdb.DuckDBPyConnection, *, day: date | None = None, period: str = "") -> Publication:
    """The publication of a day or a period, else the newest.

    Instants travel as microseconds, because DuckDB needs another package for zoned ones.
    """
    sql = """
        select epoch_us(as_of) as us, definition_hash from publication
        order by coalesce(day = ?, false) or coalesce(period = ?, false) desc, as_of desc limit 1
    """
    row = next(fetch(con, sql, day, period), None)
    if row is None:
        raise _empty("publication")
    return Publication(EPOCH + timedelta(microseconds=row["us"]), row["definition_hash"] or "")


def kpi_labels(con: duckdb.DuckDBPyConnection, on: date) -> dict[str, KpiLabel]:
    """KPI labels by id, of the version in force on a day."""
    sql = """
        select kpi_id, zh, en, unit, direction, kind, decimals,
               coalesce(formula_zh, '') as formula_zh, coalesce(formula_en, '') as formula_en,
               coalesce(sources, '') as sources, coalesce(defined_at, '') as defined_at
        from kpi_label order by kpi_id, effective_from <= ?, effective_from
    """
    # The last row of an id wins: versions in force come after those that are not yet.
    return {row["kpi_id"]: KpiLabel(**row) for row in fetch(con, sql, on)}


def role_labels(con: duckdb.DuckDBPyConnection) -> dict[str, RoleLabel]:
    """Role labels by id."""
    sql = "select role_id, zh, en, coalesce(defined_at, '') as defined_at from role_label order by role_id"
    return {row["role_id"]: RoleLabel(**row) for row in fetch(con, sql)}


def people(con: duckdb.DuckDBPyConnection) -> list[PersonRow]:
    """Every assignment of every person, oldest first."""
    sql = """
        select person_id, coalesce(name, person_id) as name, role_id, coalesce(dept, '') as dept,
               manager_id, valid_from, valid_to
        from core_person order by person_id, valid_from, role_id
    """
    return [PersonRow(**row) for row in fetch(con, sql)]


_FIGURE = "person_id, role_id, kpi_id, numerator, denominator, value, status, cause_code, cause, n_rows"


def daily_figures(
    con: duckdb.DuckDBPyConnection, first: date, last: date
) -> dict[date, list[PublishedFigure]]:
    """Daily figures by day."""
    sql = f"""
        select business_date, {_FIGURE} from kpi_actual_daily
        where business_date between ? and ? order by business_date, person_id, role_id, kpi_id
    """  # noqa: S608 - only the constant column list is put in
    days: dict[date, list[PublishedFigure]] = {}
    for row in fetch(con, sql, first, last):
        days.setdefault(row.pop("business_date"), []).append(PublishedFigure(**row))
    return days


def month_figures(con: duckdb.DuckDBPyConnection, day: date) -> list[PublishedFigure]:
    """Month-to-date figures of a day."""
    sql = f"""
        select {_FIGURE}, target, target_to_date, attainment, pace,
               share_of_target, share_of_target_to_date from kpi_actual_mtd
        where business_date = ? order by person_id, role_id, kpi_id
    """  # noqa: S608 - only the constant column list is put in
    return [PublishedFigure(**row) for row in fetch(con, sql, day)]


def health(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Health]:
    """Source health of the days, in stream order."""
    sql = """
        select connector, stream, shop_id, business_date, rows, proof, finality, epoch_us(loaded_at) as us,
               coalesce(status, 'missing') as status, cause_code, cause
        from source_health where business_date between ? and ?
        order by connector, stream, shop_id, business_date
    """
    return [Health(loaded_at=_instant(row.pop("us")), **row) for row in fetch(con, sql, first, last)]


def reconciliation(con: duckdb.DuckDBPyConnection, period: str) -> list[Reconciled]:
    """The reconciliation of a month."""
    sql = """
        select platform, shop_id, measure, platform_total, credited, unowned, excluded, difference
        from reconciliation where period = ? order by platform, shop_id, measure
    """
    return [Reconciled(**row) for row in fetch(con, sql, period)]


def cards(con: duckdb.DuckDBPyConnection, period: str) -> list[Card]:
    """The scorecards of a period."""
    sql = """
        select person_id, role_id, status, total, grade, coefficient, state,
               coalesce(definition_hash, '') as definition_hash, cause
        from scorecard where period = ? order by role_id, person_id
    """
    return [Card(**row) for row in fetch(con, sql, period)]


def lines(con: duckdb.DuckDBPyConnection, period: str) -> dict[tuple[str, str], list[Line]]:
    """The scorecard lines of a period by person and role, in the order of the plan."""
    sql = """
        select person_id, role_id, position, dimension, coalesce(dimension_zh, dimension) as dimension_zh,
               coalesce(dimension_en, dimension) as dimension_en, kpi_id, declared_weight, weight, target,
               value, numerator, denominator, attainment, score, contribution, status, cause_code, cause,
               coalesce(method, '') as method, coalesce(rule_zh, '') as rule_zh,
               coalesce(rule_en, '') as rule_en,
               cast(steps as varchar) as steps, n_rows
        from scorecard_line where period = ? order by person_id, role_id, position
    """
    found: dict[tuple[str, str], list[Line]] = {}
    for row in fetch(con, sql, period):
        found.setdefault((row["person_id"], row["role_id"]), []).append(Line(**row))
    return found


def ownership(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Ownership]:
    """What was owned by whom on any of the days."""
    sql = """
        select scope_type, scope_id, role_id, person_id, share, valid_from, valid_to from core_ownership
        where valid_from <= ? and (valid_to is null or valid_to >= ?)
        order by person_id, scope_type, scope_id, valid_from, role_id
    """
    return [Ownership(**row) for row in fetch(con, sql, last, first)]


def kpi_order(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Where a role's plan puts a KPI, from the newest scorecards; empty before the first scoring."""
    sql = """
        select role_id, kpi_id, arg_max(position, period) as place from scorecard_line
        group by role_id, kpi_id
    """
    return {(row["role_id"], row["kpi_id"]): int(row["place"]) for row in fetch(con, sql)}


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the published file carries the table."""
    sql = "select count(*) as n from information_schema.tables where table_name = ?"
    return bool(next(fetch(con, sql, name))["n"])


def name_on(everyone: list[PersonRow], person_id: str | None, last: date) -> str:
    """The name in force on a day, else the newest one, else the id."""
    own = [p for p in everyone if p.person_id == person_id]
    known = [p for p in own if p.valid_from <= last] or own
    return known[-1].name if known else person_id or ""


def _instant(us: int | None) -> datetime | None:
    return None if us is None else EPOCH + timedelta(microseconds=us)


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
