"""What the linter may know of a company, taken from its folder without touching data.

Belongs here: sources, ownership and targets as a `CompanyContext`; the command and Dagster's check both use it. Not here: rules
(models/lint), printing (commands/lint.py).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.file_drop import DroppedCompany
from models.closing.access import Access
from models.closing.calendar import years_due
from models.definitions import load_definitions
from models.errors import MeritError
from models.inputs import TARGET_SCOPES, Person, Rating, Target, last_day
from models.lint import CompanyContext, LintFinding, lint
from models.lint.rows import StatedRate, StatedRating, StatedTarget
from models.periods import Period
from models.tables import FACTS
from pipelines.company.access import find_access
from pipelines.company.company import Company, shipped_definitions
from pipelines.company.identity import is_login
from pipelines.company.run_scope import RunScope
from pipelines.company.sources import source_accounts
from pipelines.company.working_days import TABLE as CALENDAR
from pipelines.company.working_days import working_calendar


def findings_of(work: RunScope, dropped: DroppedCompany) -> list[LintFinding]:
    """Everything the linter finds in the definitions the company uses, and in what it says of itself."""
    on = work.as_of.astimezone(ZoneInfo(work.company.zone)).date()
    return lint(work.definitions, context_of(work.company, dropped, on))


def context_of(company: Company, dropped: DroppedCompany, on: date) -> CompanyContext:
    """What the folder says on a day: which tables are fed, who owns what, which targets are set, who may do what."""
    access = _access(company)
    return CompanyContext(
        facts=_fed(company),
        partly=_partly(company),
        owned=_owned(dropped),
        targets=targets_in(dropped),
        stated_targets=tuple(
            StatedTarget(kpi_id=str(row["kpi_id"]), value=value, where=where)
            for row, where in _placed(dropped, "targets")
            if isinstance(value := row["value"], Decimal)
        ),
        people=people_in(dropped),
        ratings=tuple(_rating(row, where) for row, where in _placed(dropped, "ratings")),
        rates=tuple(_rate(row, where) for row, where in _placed(dropped, "rates")),
        unpublished_years=_unpublished(company, dropped, on),
        access=access,
        absent_logins=frozenset(u.login for u in access.users if not is_login(u.login))
        if access
        else frozenset(),
        template=load_definitions(shipped_definitions()),
    )


def people_in(dropped: DroppedCompany) -> tuple[Person, ...]:
    """Every row of people.csv, also of those who have left."""
    return tuple(_person(row) for row in _rows(dropped, "people"))


def refused_access(company: Company) -> list[str]:
    """What is wrong with access.yaml, as it is printed; nothing when it can be read or is not there."""
    try:
        find_access(company)
    except MeritError as refusal:
        return [refusal.render()]
    return []


def _access(company: Company) -> Access | None:
    # refused when somebody signs and told by `kpi lint`: here it would stop a morning whose figures it cannot change
    try:
        return find_access(company)
    except MeritError:
        return None


def _unpublished(company: Company, dropped: DroppedCompany, on: date) -> tuple[int, ...]:
    calendar = working_calendar(company, dropped.rows(CALENDAR), on)
    return tuple(year for year in years_due(on) if year in calendar.unpublished)


def _fed(company: Company) -> frozenset[str]:
    """Tables that an account or a file feeds, and those built from the company's own tables."""
    fed = {
        fact
        for account in source_accounts(company.sources, company.drops, company.first_day)
        for fact in account.feeds
    }
    return frozenset(fed | {name for name, table in FACTS.items() if _is_own(table.derived_from)})


def _partly(company: Company) -> dict[str, frozenset[str]]:
    """The tables that are fed with nothing but rows of some kind, and the flags that these carry."""
    flags: dict[str, set[str]] = defaultdict(set)
    for account in source_accounts(company.sources, company.drops, company.first_day):
        for fact in account.feeds:
            flags[fact].add(account.only)
    # "" among them: some account brings rows of every kind
    return {fact: frozenset(found) for fact, found in flags.items() if "" not in found}


def _is_own(sources: tuple[str, ...]) -> bool:
    return bool(sources) and not set(sources) & set(FACTS)


def _owned(dropped: DroppedCompany) -> dict[str, frozenset[str]]:
    """Scope types by role that somebody holds."""
    held: dict[str, set[str]] = defaultdict(set)
    for row in _rows(dropped, "people"):
        # a role that people hold and that owns nothing must be known as such
        held[str(row["role_id"])] |= set()
    for row in _rows(dropped, "ownership"):
        held[str(row["role_id"])].add(str(row["scope_type"]))
    return {role: frozenset(scopes) for role, scopes in held.items()}


def targets_in(dropped: DroppedCompany) -> tuple[Target, ...]:
    """Every row of targets.csv, of every version."""
    return tuple(
        _target(row, value) for row in _rows(dropped, "targets") if isinstance(value := row["value"], Decimal)
    )


def _target(row: dict[str, object], value: Decimal) -> Target:
    return Target(
        scope=next(
            scope for scope in TARGET_SCOPES if scope == row["scope"]
        ),  # the layout allows no other word
        scope_id=str(row["scope_id"]),
        kpi_id=str(row["kpi_id"]),
        period=str(row["period"]),
        value=value,
        basis=str(row.get("basis") or ""),
        version=int(str(row.get("version") or 1)),
        pro_rate=row.get("pro_rate") is not False,
    )


def _rows(dropped: DroppedCompany, table: str) -> list[dict[str, Any]]:
    found = dropped.tables.get(table)
    return [dict(row) for row in found.rows] if found else []


def _placed(dropped: DroppedCompany, table: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Rows with file and line."""
    found = dropped.tables.get(table)
    if found is not None:
        yield from ((row.values, found.where(row)) for row in found.dropped)


def _person(row: dict[str, Any]) -> Person:
    return Person(
        person_id=row["person_id"],
        name=row["name"],
        role_id=row["role_id"],
        dept=row["dept"] or "",
        manager_id=row["manager_id"],
        valid_from=row["valid_from"],
        valid_to=last_day(row["valid_to"], row["leave_date"]),
    )


def _rating(row: dict[str, Any], where: str) -> StatedRating:
    columns = ("person_id", "period", "item_id", "rater_id", "rater_type", "scale_max")
    return StatedRating(**{name: row[name] for name in columns}, where=where)


def ratings_in(dropped: DroppedCompany, period: Period) -> list[Rating]:
    """The ratings of a period; a row without a score is an abstention."""
    columns = ("person_id", "period", "item_id", "rater_type", "score", "scale_max")
    return [
        Rating(**{name: row[name] for name in columns})
        for row in _rows(dropped, "ratings")
        if row["period"] == period.id
    ]


def _rate(row: dict[str, Any], where: str) -> StatedRate:
    columns = ("currency", "base_currency", "rate_date", "rate")
    return StatedRate(**{name: row[name] for name in columns}, where=where)
