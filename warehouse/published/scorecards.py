"""Scorecards and labels into the tables that are published.

Belongs here: dataclasses of models to rows, replaced per period. Not here: computing a score.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from models.appraisal.scorecard import Scorecard, ScoreLine
from models.definitions import Definitions, Kpi, parts_of
from models.definitions.aggregates import Aggregate
from models.money import round_half_up
from models.periods import Period
from models.wording import Step
from warehouse.facts.sources import sources_of
from warehouse.store.connect import transaction
from warehouse.store.places import PLACES
from warehouse.store.rows import insert_rows, row_dicts, run
from warehouse.store.sqltext import Sql

# The scale of the columns for scores and weights (migrations/0001_tables.sql).
_SCORE_PLACES = 6


def store_scorecards(
    con: duckdb.DuckDBPyConnection, period: Period, scorecards: Sequence[Scorecard], *, state: str = "open"
) -> None:
    """Replace a period's scorecard, scorecard_line and scored kpi_actual_period rows, in one transaction."""
    lines = [(card, number, line) for card in scorecards for number, line in enumerate(card.lines, start=1)]
    with transaction(con):
        run(con, Sql("delete from scorecard where period = ?"), [period.id])
        run(con, Sql("delete from scorecard_line where period = ?"), [period.id])
        insert_rows(con, "scorecard", [_card(card, state) for card in scorecards])
        insert_rows(con, "scorecard_line", [_line(card, number, line) for card, number, line in lines])
        # before the insert: the figure of a scored line stands once, with its target and score
        _drop_scored(con, period, lines)
        insert_rows(con, "kpi_actual_period", [_figures(card, line) for card, _, line in lines])


def card_rows(scorecards: Iterable[Scorecard]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of scorecard and of scorecard_line as they would be stored, to compare with stored ones."""
    cards = [*scorecards]
    lines = [_line(card, number, line) for card in cards for number, line in enumerate(card.lines, start=1)]
    return [_card(card, "open") for card in cards], lines


def store_labels(con: duckdb.DuckDBPyConnection, definitions: Definitions, on: date) -> None:
    """Replace kpi_label, role_label and role_line with the definitions in force on a day."""
    kpis = sorted(definitions.kpis_on(on).values(), key=lambda k: k.id)
    roles = sorted(definitions.roles_on(on).values(), key=lambda r: r.id)
    sources = _sources(con)
    with transaction(con):
        run(con, Sql("delete from kpi_label"))
        run(con, Sql("delete from role_label"))
        run(con, Sql("delete from role_line"))
        insert_rows(
            con, "kpi_label", [_kpi_label(kpi, _parts(kpi, definitions, on), sources) for kpi in kpis]
        )
        rows = [{"role_id": r.id, "zh": r.label.zh, "en": r.label.en, "defined_at": r.source} for r in roles]
        insert_rows(con, "role_label", rows)
        plan = [
            {
                "role_id": role.id,
                "kpi_id": line.kpi,
                "position": place,
                "is_at_end": not parts_of(
                    definitions.kpi(line.kpi, on), lambda name: definitions.kpi(name, on)
                ).numerator,
            }
            for role in roles
            for place, line in enumerate(role.lines, start=1)
        ]
        insert_rows(con, "role_line", plan)


def store_company(con: duckdb.DuckDBPyConnection, company: Mapping[str, str]) -> None:
    """Replace the company row: id, name_zh, name_en, zone, currency, languages."""
    with transaction(con):
        run(con, Sql("delete from company"))
        insert_rows(con, "company", [company])


def store_publication(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    day: date | None,
    period: str | None,
    definition_hash: str,
) -> None:
    """Replace the row that says what the publication shows and when it was made."""
    row = {"as_of": as_of, "day": day, "period": period, "definition_hash": definition_hash}
    with transaction(con):
        run(con, Sql("delete from publication"))
        insert_rows(con, "publication", [row])


def _card(card: Scorecard, state: str) -> dict[str, Any]:
    return {
        "period": card.period,
        "person_id": card.person_id,
        "role_id": card.role_id,
        "status": card.status,
        "total": _score(card.total),
        "grade": card.grade,
        "coefficient": _score(card.coefficient),
        "state": state,
        "definition_hash": card.definition_hash,
        "cause": card.cause,
        "steps": _steps(card.steps),
    }


def _steps(steps: Iterable[Step]) -> str:
    # Chinese as it is, not as \u escapes: people read this column
    return json.dumps([{"zh": s.zh, "en": s.en} for s in steps], ensure_ascii=False)


def _line(card: Scorecard, position: int, line: ScoreLine) -> dict[str, Any]:
    return _figures(card, line) | {
        "position": position,
        "dimension": line.dimension,
        "dimension_zh": line.dimension_label.zh,
        "dimension_en": line.dimension_label.en,
        "declared_weight": _score(line.declared_weight),
        "contribution": _score(line.contribution),
        "method": line.method,
        "rule_zh": line.rule.zh,
        "rule_en": line.rule.en,
        "steps": _steps(line.steps),
    }


def _figures(card: Scorecard, line: ScoreLine) -> dict[str, Any]:
    """The columns that scorecard_line and kpi_actual_period share."""
    return {
        "period": card.period,
        "person_id": card.person_id,
        "role_id": card.role_id,
        "kpi_id": line.kpi_id,
        "numerator": _figure(line.numerator),
        "denominator": _figure(line.denominator),
        "value": _figure(line.value),
        "target": _figure(line.target),
        "weight": _score(line.weight),
        "attainment": _figure(line.attainment),
        "share_of_target": _figure(line.share_of_target),
        "score": _score(line.score),
        "status": line.status,
        "cause_code": line.cause_code,
        "cause": line.cause,
        "n_rows": line.n_rows,
        "measured_as": line.measured_as,
    }


def _drop_scored(
    con: duckdb.DuckDBPyConnection, period: Period, lines: Iterable[tuple[Scorecard, int, ScoreLine]]
) -> None:
    """Actuals that the scorecard restates leave; those it only builds on (target references) stay."""
    keys = sorted({(card.person_id, card.role_id, line.kpi_id) for card, _, line in lines})
    columns = Sql(
        "create or replace temp table scored_key (person_id varchar, role_id varchar, kpi_id varchar)"
    )
    run(con, columns)
    insert_rows(con, "scored_key", [{"person_id": p, "role_id": r, "kpi_id": k} for p, r, k in keys])
    sql = Sql(
        "delete from kpi_actual_period as a using scored_key as s where a.period = ?"
        " and a.person_id = s.person_id and a.role_id = s.role_id and a.kpi_id = s.kpi_id"
    )
    run(con, sql, [period.id])


def _parts(kpi: Kpi, definitions: Definitions, on: date) -> tuple[Aggregate, ...]:
    return tuple(parts_of(kpi, lambda name: definitions.kpi(name, on)).all)


def _kpi_label(kpi: Kpi, parts: Sequence[Aggregate], sources: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    facts = {source for a in parts for source in sources_of(a.fact)}
    named = sorted({name for fact in facts for name in sources.get(fact, ())})
    return {
        "kpi_id": kpi.id,
        "zh": kpi.label.zh,
        "en": kpi.label.en,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "kind": kpi.kind,
        "decimals": kpi.decimals,
        "formula_zh": kpi.formula.zh,
        "formula_en": kpi.formula.en,
        "sources": ", ".join(named),
        "defined_at": kpi.source,
        "effective_from": kpi.effective_from,
        "ranges": ", ".join(sorted({a.range.id for a in parts if a.range.is_shifted})),
    }


def _sources(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Fact -> names of the streams that feed it, e.g. shopify.orders."""
    sql = Sql(
        "select distinct unnest(feeds) as fact, concat(connector, '.', stream) as name from source_account order by all"
    )
    names: dict[str, list[str]] = {}
    for row in row_dicts(con, sql):
        names.setdefault(row["fact"], []).append(row["name"])
    return names


def _figure(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value, PLACES)


def _score(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value, _SCORE_PLACES)
