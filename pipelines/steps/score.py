"""Figures and scorecards of an appraisal period. Not here: the arithmetic (models.scorecard)."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from duckdb import DuckDBPyConnection

from models.definitions import Definitions
from models.inputs import Actual, Person, Rating, Target
from models.periods import Period
from models.scorecard import Scorecard, score_period
from pipelines.company.run_scope import RunScope, tell
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_spans
from warehouse.published.scorecards import store_scorecards
from warehouse.raw.coverage import store_source_health
from warehouse.store.connect import open_warehouse

T = TypeVar("T")

_ACTUALS = """
    select period, person_id, role_id, kpi_id, numerator, denominator, value, status, cause_code, cause,
           n_rows
    from kpi_actual_period where period = ? order by all
"""
_PEOPLE = """
    select person_id, name, role_id, coalesce(dept, '') as dept, manager_id, valid_from, valid_to, hire_date
    from core_person order by all
"""
_TARGETS = """
    select scope, scope_id, kpi_id, period, value, coalesce(basis, '') as basis,
           cast(coalesce(version, '1') as integer) as version
    from core_target where scope in ('person', 'role') order by all
"""
_RATINGS = """
    select person_id, period, item_id, rater_type, score, scale_max
    from core_rating where period = ? order by all
"""


def compute_period(work: RunScope, period: Period) -> int:
    """Compute and store the figures of the period; returns how many."""
    with open_warehouse(work.home.root) as con:
        actuals = compute_spans(con, work.definitions, [period])
        store_source_health(con, period.start, period.end)
        for month in period.months():
            reconcile(con, month, work.company.accountable_roles)
    tell("figures", f"{period.id}: {len(actuals):,} figures")
    return len(actuals)


def score_people(work: RunScope, period: Period) -> Counter[str]:
    """Score everyone of the period, from the bottom of the company up; returns scorecards by status."""
    with open_warehouse(work.home.root) as con:
        cards = scorecards(con, work.definitions, period, _read(con, _ACTUALS, Actual, period.id))
        store_scorecards(con, period, cards)
    counts = Counter(card.status for card in cards)
    tell("score", f"{period.id}: " + ", ".join(f"{status} {n}" for status, n in sorted(counts.items())))
    return counts


def scorecards(
    con: DuckDBPyConnection, definitions: Definitions, period: Period, actuals: list[Actual]
) -> list[Scorecard]:
    """The scorecards that the figures, and the people, targets and ratings of the warehouse, give."""
    return score_period(
        definitions,
        period,
        _read(con, _PEOPLE, Person),
        actuals,
        _read(con, _TARGETS, Target),
        _read(con, _RATINGS, Rating, period.id),
    )


def _read(con: DuckDBPyConnection, sql: str, make: Callable[..., T], *values: str) -> list[T]:
    """Rows as the records of models; the columns have the names of the record's fields."""
    found = con.execute(sql, list(values))
    names = [name for name, *_ in found.description]
    return [make(**dict(zip(names, row, strict=True))) for row in found.fetchall()]
