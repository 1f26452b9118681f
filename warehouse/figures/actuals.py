"""KPI actuals by day, month to date and period: computed, judged against coverage, stored.

Belongs here: the three grains and their tables. Not here: SQL (compile.py), one figure (judge.py), its arithmetic
(models.figure), scores (models.appraisal). Every person with a role on a day has a row for every KPI of that role that comes from
facts: a value, or a cause.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import duckdb

from models.appraisal.lines import Attainments
from models.definitions.load import Definitions
from models.figure import share_of_target
from models.inputs import Actual
from models.periods import Period, month_of
from warehouse.figures.alternatives import Alternatives
from warehouse.figures.fact_scan import Grain
from warehouse.figures.judge import Evidence, Holder, Judged, Owned, TargetOf, stored
from warehouse.figures.plan import (
    KpiPlan,
    MeasuredPerson,
    Span,
    measures_by_fact,
    people_to_measure,
    roles_by_measure,
)
from warehouse.figures.run import read_figures
from warehouse.figures.second.agreement import Judgements, compared
from warehouse.figures.targets import Targets
from warehouse.figures.unstated import read_unstated
from warehouse.raw.coverage import read_coverage
from warehouse.store.connect import transaction
from warehouse.store.rows import insert_rows, row_dicts, run
from warehouse.store.sqltext import Sql, fill, identifier


def compute_daily(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, days: Sequence[date]
) -> list[Actual]:
    """Compute and store kpi_actual_daily for the days; a day's old rows are replaced."""
    spans = [Span(day.isoformat(), day, day) for day in sorted(set(days))]
    judgements = _judge(
        con, definitions, spans, "day", Targets(con, definitions).daily, check="kpi_actual_daily"
    )
    rows = [{"business_date": duty.span.end, **_row(duty, kpi, judged)} for duty, kpi, judged in judgements]
    _replace(con, "kpi_actual_daily", "business_date", [s.end for s in spans], rows)
    return _actuals(judgements)


def compute_mtd(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, days: Sequence[date]
) -> list[Actual]:
    """Compute and store kpi_actual_mtd: from the first of the month to each day.

    `attainment` is that of the month's target, `pace` that of the part due by the day, both by direction and by the rule of
    the role's line; `share_of_target` and `share_of_target_to_date` are the plain quotients. All are empty without a target.
    """
    spans = [Span(day.isoformat(), month_of(day).start, day, to_date=True) for day in sorted(set(days))]
    targets, attainments = Targets(con, definitions), Attainments(definitions)
    judgements = _judge(con, definitions, spans, "span", targets.month_to_date, check="kpi_actual_mtd")
    rows = [
        {
            "business_date": duty.span.end,
            **_row(duty, kpi, judged),
            **_progress(targets, attainments, duty, kpi.kpi_id, judged.value),
        }
        for duty, kpi, judged in judgements
    ]
    _replace(con, "kpi_actual_mtd", "business_date", [s.end for s in spans], rows)
    return _actuals(judgements)


def compute_spans(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, periods: Sequence[Period]
) -> list[Actual]:
    """Compute and store kpi_actual_period; scores.store_scorecards fills target, weight and score later."""
    spans = [Span(p.id, p.start, p.end) for p in periods]
    judgements = _judge(
        con, definitions, spans, "span", Targets(con, definitions).whole, check="kpi_actual_period"
    )
    rows = [{"period": duty.span.label, **_row(duty, kpi, judged)} for duty, kpi, judged in judgements]
    _replace(con, "kpi_actual_period", "period", [s.label for s in spans], rows)
    return _actuals(judgements)


def measure_spans(
    con: duckdb.DuckDBPyConnection, definitions: Definitions, periods: Sequence[Period]
) -> list[Actual]:
    """The figures of `compute_spans`, stored nowhere: what other definitions would have measured."""
    spans = [Span(p.id, p.start, p.end) for p in periods]
    return _actuals(_judge(con, definitions, spans, "span", Targets(con, definitions).whole))


def _judge(
    con: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    spans: Sequence[Span],
    grain: Grain,
    target_of: TargetOf,
    *,
    check: str | None = None,
) -> Judgements:
    """Every KPI of every person; `check` names the table it is for, some spans of which both engines compute."""
    if not spans:
        return []
    work = people_to_measure(con, definitions, spans)
    measures = measures_by_fact(work)
    figures = read_figures(con, measures, spans, grain, roles_by_measure(work))
    unstated = read_unstated(con, chain.from_iterable(measures.values()))
    evidence = Evidence(
        figures=figures,
        coverage=read_coverage(con),
        owned=_owned(con),
        target_of=target_of,
        unstated=unstated,
    )
    alternatives = Alternatives(con, evidence)
    judgements = [(duty, kpi, alternatives.judge(duty, kpi)) for duty in work for kpi in duty.kpis]
    return (
        judgements
        if check is None
        else compared(con, definitions, spans, judgements, figures=figures, table=check)
    )


def _owned(con: duckdb.DuckDBPyConnection) -> dict[Holder, tuple[Owned, ...]]:
    """Scopes by holder; `kpi_held` and `kpi_held_then` were made by read_figures."""
    sql = Sql(
        "select *, '' as range_id, '' as label, cast(null as date) as absent_on from kpi_held"
        " union all by name select * from kpi_held_then order by all"
    )
    found: dict[Holder, list[Owned]] = {}
    for row in row_dicts(con, sql):
        holder = (row["fact"], row["person_id"], row["role_id"], row["range_id"], row["label"])
        scope = Owned(
            row["scope_type"], row["scope_id"], row["valid_from"], row["valid_to"], row["absent_on"]
        )
        found.setdefault(holder, []).append(scope)
    return {key: tuple(scopes) for key, scopes in found.items()}


def _row(duty: MeasuredPerson, kpi: KpiPlan, judged: Judged) -> dict[str, Any]:
    return {
        "person_id": duty.person_id,
        "role_id": duty.role_id,
        "kpi_id": kpi.kpi_id,
        "numerator": judged.numerator,
        "denominator": judged.denominator,
        "value": _rounded(judged.value),
        "status": judged.status,
        "cause_code": judged.cause.code if judged.cause else None,
        "cause": judged.cause.text if judged.cause else None,
        "n_rows": judged.n_rows,
        "measured_as": judged.measured_as.kpi_id if judged.measured_as else None,
    }


def _progress(
    targets: Targets, attainments: Attainments, duty: MeasuredPerson, kpi_id: str, value: Decimal | None
) -> dict[str, Decimal | None]:
    """How far the month's target, and the part of it due by now, is reached; of the value before it is rounded."""
    month = month_of(duty.span.end)
    whole = targets.of_period(duty.person_id, duty.role_id, kpi_id, month)
    due = targets.to_date(duty.person_id, duty.role_id, kpi_id, duty.span.end)
    found = {
        "target": whole,
        "target_to_date": due,
        "attainment": attainments.of(duty.role_id, kpi_id, month.end, value, whole),
        "pace": attainments.of(duty.role_id, kpi_id, month.end, value, due),
        "share_of_target": share_of_target(value, whole),
        "share_of_target_to_date": share_of_target(value, due),
    }
    return {name: _rounded(figure) for name, figure in found.items()}


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else stored(value)


def _replace(
    con: duckdb.DuckDBPyConnection,
    table: str,
    column: str,
    labels: Sequence[date | str],
    rows: Sequence[dict[str, Any]],
) -> None:
    sql = Sql("delete from ${table} where ${column} in (select unnest(?))")
    with transaction(con):
        # one statement: a year's days one by one cost as much as the year's rows
        run(con, fill(sql, table=identifier(table), column=identifier(column)), [list(labels)])
        insert_rows(con, table, rows)


def _actuals(judgements: Judgements) -> list[Actual]:
    return [Actual(period=duty.span.label, **_row(duty, kpi, judged)) for duty, kpi, judged in judgements]
