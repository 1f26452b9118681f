"""One line has one attainment: month to date, period, scorecard, board, workbook and `kpi why` show the same."""

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb
import pytest
from openpyxl import load_workbook

from models.appraisal.scorecard import score_period
from models.definitions import Definitions, load_definitions
from models.inputs import Person, Target
from models.loads import SourceAccount
from models.periods import Period
from pipelines.render.bilingual import percent
from pipelines.render.board import render_board
from pipelines.render.why import explain
from pipelines.render.workbook import load_period, workbook_bytes
from tests.warehouse import world as w
from warehouse.figures.actuals import compute_mtd, compute_spans
from warehouse.published.publish import publish
from warehouse.published.scorecards import store_company, store_labels, store_publication, store_scorecards
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_published, open_warehouse
from warehouse.store.rows import insert_rows

DECEMBER = Period.parse("2011-12")
LAST = DECEMBER.end
START = date(2011, 1, 1)


class Told(NamedTuple):
    """A KPI with its line, the actual of the month, and the attainment by hand; None = there is none to show."""

    direction: str
    actual: int
    line: str
    attainment: str | None


TABLE = "bands: [{max: 1, score: 100}, {min: 1, score: 50}], closed: right"
CURVE = "points: [[0.8, 60], [1, 100]], below: zero"
GAP = "gap: absolute, count_mode: whole, under: {per: 1, points: 1}"
CASES = {
    "mirror": Told("lower", 210, "target: 420, method: score.linear, args: {inverse: mirror}", "1.5"),
    "ratio": Told("lower", 210, "target: 420, method: score.linear, args: {inverse: ratio}", "2"),
    "nothing_spent": Told("lower", 0, "target: 420, method: score.linear, args: {inverse: ratio}", "1.2"),
    "more": Told("higher", 300, "target: 400, method: score.linear", "0.75"),
    "loss": Told("higher", -80, "target: -100, method: score.linear", "1.2"),
    "gap": Told("lower", 210, f"target: 420, method: score.gap_points, args: {{{GAP}}}", "1.5"),
    "table": Told("lower", 210, f"target: 420, x: attainment, method: score.step, args: {{{TABLE}}}", "1.5"),
    "curve": Told(
        "higher", 380, f"target: 400, x: attainment, method: score.piecewise, args: {{{CURVE}}}", "0.95"
    ),
    "met": Told(
        "lower", 0, "target: 0, method: score.linear, args: {inverse: mirror, target_zero: full_if_met}", "1"
    ),
    "no_aim": Told("lower", 5, "target: 0, method: score.linear, args: {inverse: mirror}", None),
    "ratio_of_none": Told("lower", 5, "target: plan, method: score.linear, args: {inverse: ratio}", None),
}
PLANNED = {"ratio_of_none": Decimal(0)}
STATES = {"no_aim": "excluded", "ratio_of_none": "excluded"}


def definitions() -> Definitions:
    text = ["kpis:"]
    grades = (
        "grade_tables:\n  - id: standard\n    effective_from: 2010-01-01\n"
        "    bands: [{grade: B, max: 60, coefficient: 0}, {grade: A, min: 60, coefficient: 1}]\n"
    )
    for name, told in CASES.items():
        text.append(
            f"  - {{id: {name}, effective_from: 2010-01-01, label: {{zh: {name}, en: {name}}}, formula: {{zh: k, en: k}},\n"
            f"     kind: result, unit: count, direction: {told.direction}, decimals: 0,\n"
            f"     numerator: [{{fact: order_line, sum: qty, where: \"sku_id = '{name}'\", date: business_date}}]}}"
        )
    text.append(
        "roles:\n  - id: manager\n    effective_from: 2010-01-01\n    label: {zh: m, en: m}\n    duties: []\n    cycle: M\n"
        "    missing: pending\n    grade_table: standard\n    dimensions:\n"
        "      - id: all\n        label: {zh: a, en: a}\n        weight: 100\n        kpis:"
    )
    weights = [100 - 2 * (len(CASES) - 1), *([2] * (len(CASES) - 1))]
    text += [
        f"          - {{kpi: {name}, weight: {weight}, {told.line}}}"
        for (name, told), weight in zip(CASES.items(), weights, strict=True)
    ]
    return load_definitions({"cases.yaml": grades + "\n".join(text)})


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The whole way once: rows, figures, scorecards, publication."""
    home, known = tmp_path_factory.mktemp("home"), definitions()
    with open_warehouse(home) as con:
        account = SourceAccount(
            ref=w.UK,
            feeds=("order_line",),
            zone="Europe/London",
            active_from="2011-12-01",
            platform="shopify",
        )
        set_source_accounts(con, [account])
        w.put(
            con,
            "core_person",
            [{"person_id": "ann", "name": "ann", "role_id": "manager", "valid_from": START}],
        )
        w.put(con, "core_ownership", [w.own("shop", "uk", "manager", "ann", "1")])
        targets = [
            {"scope": "person", "scope_id": "ann", "kpi_id": name, "period": "2011-12", "value": value}
            for name, value in PLANNED.items()
        ]
        w.put(con, "core_target", targets)
        w.load(con, home, w.UK, [], start="2011-12-01T00:00+00:00", end="2012-01-10T00:00+00:00")
        common = {"platform": "shopify", "shop_id": "uk", "is_excluded": False, "business_date": LAST}
        rows = [
            {
                **common,
                "line_id": name,
                "order_id": name,
                "source_row_id": name,
                "sku_id": name,
                "qty": told.actual,
            }
            for name, told in CASES.items()
        ]
        insert_rows(con, "core_order_line", rows)
        compute_mtd(con, known, [LAST])
        actuals = compute_spans(con, known, [DECEMBER])
        people = [
            Person(person_id="ann", name="ann", role_id="manager", dept="", manager_id=None, valid_from=START)
        ]
        stated = [
            Target(scope="person", scope_id="ann", kpi_id=name, period="2011-12", value=value)
            for name, value in PLANNED.items()
        ]
        store_scorecards(con, DECEMBER, score_period(known, DECEMBER, people, actuals, stated, ratings=[]))
        store_labels(con, known, LAST)
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
        as_of = w.at("2012-01-10T00:00+00:00")
        store_publication(con, as_of=as_of, day=LAST, period="2011-12", definition_hash=known.hash)
        publish(con, home)
    with open_published(home) as con:
        yield con


def by_hand(name: str) -> Decimal | None:
    text = CASES[name].attainment
    return None if text is None else Decimal(text)


def stored(con: duckdb.DuckDBPyConnection, table: str, column: str) -> dict[str, Decimal | None]:
    return dict(con.execute(f"select kpi_id, {column} from {table}").fetchall())


@pytest.mark.parametrize("table", ["kpi_actual_mtd", "kpi_actual_period", "scorecard_line"])
def test_every_table_publishes_the_same_attainment(published: duckdb.DuckDBPyConnection, table: str) -> None:
    assert stored(published, table, "attainment") == {name: by_hand(name) for name in CASES}


def test_every_table_publishes_the_plain_quotient_under_its_own_name(
    published: duckdb.DuckDBPyConnection,
) -> None:
    tables = ("kpi_actual_mtd", "kpi_actual_period", "scorecard_line")
    found = [stored(published, table, "share_of_target") for table in tables]

    assert found[0] == found[1] == found[2]
    shares = {"mirror": "0.5", "ratio": "0.5", "more": "0.75", "loss": "0.8", "table": "0.5"}
    assert {name: found[0][name] for name in shares} == {name: Decimal(text) for name, text in shares.items()}
    assert (found[0]["met"], found[0]["no_aim"]) == (None, None)


def test_on_the_last_day_the_pace_is_the_attainment(published: duckdb.DuckDBPyConnection) -> None:
    assert stored(published, "kpi_actual_mtd", "pace") == {name: by_hand(name) for name in CASES}


def test_a_target_of_zero_has_one_cause_and_one_status(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute(
        "select kpi_id, status, cause_code from scorecard_line where status <> 'scored'"
    ).fetchall()

    assert {name: (status, code) for name, status, code in rows} == {
        name: (status, "M212") for name, status in STATES.items()
    }


def test_the_board_shows_it(published: duckdb.DuckDBPyConnection) -> None:
    html = render_board(published, LAST, languages=("en",))

    body = html[html.index('<th scope="row" class="who">') :]
    cells = body[: body.index("</tr>")].split("<td")[1:]
    told = {
        name: found[1] if (found := re.search(r"<b>([^<]*%)</b>", cell)) else ""
        for name, cell in zip(CASES, cells, strict=True)
    }
    assert told == {name: percent(by_hand(name)) for name in CASES}
    assert "below the limit" in cells[list(CASES).index("mirror")]


def test_the_workbook_shows_it(published: duckdb.DuckDBPyConnection) -> None:
    book = load_workbook(io.BytesIO(workbook_bytes(load_period(published, "2011-12"))))
    sheet = book["ann ann"]

    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [head] = [row for row in rows if "完成率\nAttainment" in row]
    place, kpi = head.index("完成率\nAttainment"), head.index("指标\nKPI")
    told = {
        str(row[kpi]).split("\n")[0]: row[place]
        for row in rows
        if isinstance(row[kpi], str) and row[kpi].split("\n")[0] in CASES
    }

    expected = {name: by_hand(name) for name in CASES}
    assert {
        name: None if value in {None, "—", ""} else Decimal(str(value)) for name, value in told.items()
    } == expected


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("period", ["2011-12", "2011-12-31"])
def test_kpi_why_tells_it(published: duckdb.DuckDBPyConnection, name: str, period: str) -> None:
    told = explain(published, "ann", name, period, lang="en")

    lines = [
        line.strip() for line in told.splitlines() if line.strip().startswith("attainment = ") and "%" in line
    ]
    attainment = by_hand(name)
    assert lines == ([] if attainment is None else [f"attainment = {percent(attainment, 2)}"])


def test_no_sentence_calls_a_looked_up_quotient_an_attainment_where_less_is_better(
    published: duckdb.DuckDBPyConnection,
) -> None:
    told = explain(published, "ann", "table", "2011-12", lang="both")

    assert "attainment = 150.00 %" in told
    assert "actual against target = 1 + (210 − 420) ÷ |420| = 0.5" in told
    assert "实际对目标 = 1 + (210 − 420) ÷ |420| = 0.5" in told
    assert "x = actual against target" in told
