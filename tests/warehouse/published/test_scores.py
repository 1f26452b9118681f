"""Scorecards, labels and the publication row as stored."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from models.appraisal.scorecard import score_period
from models.inputs import Person
from models.periods import Period
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_spans
from warehouse.published.scorecards import store_company, store_labels, store_publication, store_scorecards

NOVEMBER = Period.parse("2011-11")


def test_a_scorecard_is_stored_once_with_its_lines_and_steps(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.DESK, [w.ticket("1", "2011-11-08T10:00+00:00", reply=100)])
    build_core(con, "CNY")
    actuals = compute_spans(con, w.definitions(), [NOVEMBER])
    people = [
        Person(
            person_id="eve",
            name="eve",
            role_id="agent",
            dept="",
            manager_id=None,
            valid_from=date(2011, 1, 1),
        )
    ]
    cards = score_period(w.definitions(), NOVEMBER, people, actuals, [], ratings=[])

    for _ in range(2):
        store_scorecards(con, NOVEMBER, cards)

    scored = con.execute("select person_id, total, grade, state, definition_hash from scorecard").fetchall()
    assert scored == [("eve", Decimal(100), "A", "open", w.definitions().hash)]
    [(position, kpi, value, score, steps)] = con.execute(
        "select position, kpi_id, value, score, steps from scorecard_line"
    ).fetchall()
    assert (position, kpi, value, score) == (1, "reply", 100, 100)
    assert {frozenset(step) for step in json.loads(steps)} == {frozenset({"zh", "en"})}
    mine = "select kpi_id, value, weight, score from kpi_actual_period where person_id = 'eve'"
    assert con.execute(mine).fetchall() == [("reply", 100, 100, 100)]


def test_labels_name_the_streams_a_figure_comes_from(con: duckdb.DuckDBPyConnection) -> None:
    store_labels(con, w.definitions(), date(2011, 11, 30))

    sources = dict(con.execute("select kpi_id, sources from kpi_label").fetchall())
    assert (sources["net_sales"], sources["reply"]) == ("shopify.orders", "zendesk.tickets")
    assert con.execute("select count(*) from role_label").fetchone() == (4,)


def test_company_and_publication_are_one_row_each(con: duckdb.DuckDBPyConnection) -> None:
    for day in (1, 2):
        store_company(
            con,
            {
                "id": "t",
                "name_zh": "某",
                "name_en": "T",
                "zone": "UTC",
                "currency": "CNY",
                "languages": "zh,en",
            },
        )
        store_publication(
            con,
            as_of=datetime(2011, 12, day, tzinfo=UTC),
            day=date(2011, 11, 30),
            period=None,
            definition_hash="h",
        )

    assert con.execute("select id, name_zh from company").fetchall() == [("t", "某")]
    assert con.execute("select as_of from publication").fetchall() == [(datetime(2011, 12, 2, tzinfo=UTC),)]
