"""What scorecards are made from, as the records of models.inputs: people, targets, ratings, figures of a period.

Belongs here: company tables and stored figures read back. Not here: computing figures (actuals.py), the score
(models.appraisal.scorecard), storing it (published/scorecards.py).
"""

import duckdb

from models.inputs import Actual, Person, Rating, Target
from models.periods import Period
from warehouse.store.rows import records
from warehouse.store.sqltext import Sql


def read_people(con: duckdb.DuckDBPyConnection) -> list[Person]:
    """Every row of people.csv, sorted: a person in a role from one day to another."""
    sql = Sql(
        "select person_id, name, role_id, coalesce(dept, '') as dept, manager_id, valid_from, valid_to, hire_date"
        " from core_person order by all"
    )
    return records(con, sql, (), Person)


def read_targets(con: duckdb.DuckDBPyConnection) -> list[Target]:
    """Every target of a person or role, sorted; a target without a version is version 1."""
    sql = Sql(
        "select scope, scope_id, kpi_id, period, value, coalesce(basis, '') as basis,"
        " cast(coalesce(version, '1') as integer) as version, coalesce(pro_rate, true) as pro_rate"
        " from core_target where scope in ('person', 'role') order by all"
    )
    return records(con, sql, (), Target)


def read_ratings(con: duckdb.DuckDBPyConnection, period: Period) -> list[Rating]:
    """The ratings of a period, sorted."""
    sql = Sql(
        "select person_id, period, item_id, rater_type, score, scale_max from core_rating where period = ? order by all"
    )
    return records(con, sql, [period.id], Rating)


def read_actuals(con: duckdb.DuckDBPyConnection, period: Period) -> list[Actual]:
    """The stored figures of a period, sorted by person, role and KPI."""
    sql = Sql(
        "select period, person_id, role_id, kpi_id, numerator, denominator, value, status, cause_code, cause, n_rows,"
        " measured_as"
        " from kpi_actual_period where period = ? order by all"
    )
    return records(con, sql, [period.id], Actual)
