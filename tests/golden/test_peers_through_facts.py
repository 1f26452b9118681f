"""Methods that compare people, and milestones, from fact rows through a role to scores, totals, `kpi why` and the workbook."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from models.appraisal.scorecard import Person, Scorecard, ScoreLine, score_period
from models.definitions import Definitions, load_definitions
from models.loads import SourceAccount
from models.periods import Period
from pipelines.render.why import explain
from pipelines.render.workbook import write_workbook
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_spans
from warehouse.published.publish import publish
from warehouse.published.scorecards import store_company, store_labels, store_publication, store_scorecards
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_published, open_warehouse

NOVEMBER = Period.parse("2011-11")
START = date(2010, 1, 1)
# Lines of three pieces are sales; one piece is a milestone that is done, two pieces one that is only due.
SALES = "numerator: [{fact: order_line, sum: paid_amount_base, where: qty = 3, date: business_date}]"
DONE = (
    "numerator: [{fact: order_line, sum: paid_amount_base, where: qty = 1, date: business_date}],"
    " denominator: [{fact: order_line, sum: paid_amount_base, where: qty <= 2, date: business_date}]"
)
KPIS = {"place": SALES, "percentile": SALES, "mean": SALES, "steps": DONE}
LINES = """
          - {kpi: place, weight: 25, method: score.rank, args: {ties: average, of: percentile,
             bands: [{max: 0.5, score: 60}, {min: 0.5, max: 1, score: 80}, {min: 1, score: 100}]}}
          - {kpi: percentile, weight: 25, method: score.percentile_ceiling,
             args: {ceilings: [{max: 0.9, score: 80}, {min: 0.9, score: 100}]}}
          - {kpi: mean, weight: 25, method: score.linear, target: {peer_mean: {min_group: 3}}}
          - {kpi: steps, weight: 25, method: score.milestone}
"""
# Sales, milestones done, milestones only due.
FIGURES = {"a": ("100", "3", "1"), "b": ("80", "1", None), "c": ("80", None, None), "d": ("60", None, "2")}


def definitions() -> Definitions:
    kpis = "\n".join(
        f"  - {{id: {name}, effective_from: 2010-01-01, label: {{zh: 指标, en: KPI}}, formula: {{zh: 求和, en: sum}},"
        f" kind: result, unit: points, direction: higher, decimals: 2, {measure}}}"
        for name, measure in KPIS.items()
    )
    return load_definitions(
        {
            "peers.yaml": f"kpis:\n{kpis}\nroles:\n  - id: seller\n    effective_from: 2010-01-01\n"
            "    label: {zh: 销售, en: Seller}\n    duties: []\n    cycle: M\n    missing: pending\n    grade_table: all\n"
            "    dimensions:\n      - id: all\n        label: {zh: 全部, en: All}\n        weight: 100\n        kpis:"
            f"{LINES}\ngrade_tables:\n  - {{id: all, effective_from: 2010-01-01, bands: [{{grade: A, coefficient: 1}}]}}\n"
        }
    )


def orders() -> Iterator[dict[str, Any]]:
    for person, figures in FIGURES.items():
        for qty, total in zip((3, 1, 2), figures, strict=True):
            if total is not None:
                key = f"{person}{qty}"
                line = w.line(f"L-{key}", total, sku=person, qty=qty)
                yield w.order(key, "2011-11-08T10:00+00:00", [line])


PEOPLE = [
    Person(person_id=name, name=name.upper(), role_id="seller", dept="", manager_id=None, valid_from=START)
    for name in FIGURES
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Scorecard]]:
    folder, known = tmp_path_factory.mktemp("peers"), definitions()
    with open_warehouse(folder) as con:
        account = SourceAccount(
            ref=w.UK,
            feeds=("order_line", "refund"),
            zone="Europe/London",
            active_from="2011-11-01",
            finality_days=60,
            platform="shopify",
        )
        set_source_accounts(con, [account])
        person = [
            {"person_id": p.person_id, "name": p.name, "role_id": p.role_id, "valid_from": START}
            for p in PEOPLE
        ]
        w.put(con, "core_person", person)
        w.put(con, "core_sku", [{"sku_id": name, "sku_group": name} for name in FIGURES])
        w.put(con, "core_ownership", [w.own("sku_group", name, "seller", name, "1") for name in FIGURES])
        w.load(con, folder, w.UK, list(orders()))
        build_core(con, "GBP")
        cards = score_period(known, NOVEMBER, PEOPLE, compute_spans(con, known, [NOVEMBER]), [], ratings=[])
        store_scorecards(con, NOVEMBER, cards)
        store_labels(con, known, NOVEMBER.end)
        company = {"id": "x", "name_zh": "店", "name_en": "Shop", "zone": "Europe/London"}
        store_company(con, {**company, "currency": "GBP", "languages": "zh,en"})
        store_publication(
            con,
            as_of=datetime(2011, 12, 10, tzinfo=UTC),
            day=date(2011, 12, 9),
            period=NOVEMBER.id,
            definition_hash=known.hash,
        )
        publish(con, folder)
    return folder, {card.person_id: card for card in cards}


def rounded(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def line(card: Scorecard, kpi: str) -> ScoreLine:
    return next(x for x in card.lines if x.kpi_id == kpi)


@pytest.mark.parametrize(
    ("person", "scores", "total"),
    [
        # Places 1, 2.5, 2.5, 4; percentiles of shared places 1, 2/3, 2/3, 0; means of the three others 220/3, 80, 80, 260/3.
        ("a", ["100.00", "100.00", "120.00", "75.00"], "98.75"),
        ("b", ["80.00", "66.67", "100.00", "100.00"], "86.67"),
        ("c", ["80.00", "66.67", "100.00", None], "82.22"),
        ("d", ["60.00", "0.00", "69.23", "0.00"], "32.31"),
    ],
)
def test_fact_rows_become_places_percentiles_means_and_milestones(
    published: tuple[Path, dict[str, Scorecard]], person: str, scores: list[str | None], total: str
) -> None:
    card = published[1][person]

    assert [rounded(line(card, kpi).score) for kpi in KPIS] == scores
    assert (card.status, str(card.total)) == ("scored", total)
    assert line(card, "steps").status == ("excluded" if person == "c" else "scored")


def test_a_line_tells_the_own_place_and_no_figure_of_anybody_else(
    published: tuple[Path, dict[str, Scorecard]],
) -> None:
    card = published[1]["b"]

    assert [s.en for s in line(card, "place").steps] == [
        "actual = 80",
        "4 ranked: highest first, equals share the mean of their places",
        "80, place 2.5, percentile = (4 − 2.5) ÷ (4 − 1) = 0.5",
        "0.5 ≤ 0.5 < 1, score = 80",
        "contribution = 80 × 25% = 20.00",
    ]
    assert [s.zh for s in line(card, "percentile").steps][1:-1] == [
        "4 人排名：高者在前，并列同名次，后面跳号",
        "80，第 2 名，百分位 = (4 − 2) ÷ (4 − 1) ≈ 0.666667",
        "参与率 = 4 ÷ 4 = 1：上限 100 分",
        "得分 = min(0.666667 × 100, 100) ≈ 66.666667",
    ]
    assert "target = 80 (mean of the peers)" in [s.en for s in line(card, "mean").steps]
    assert line(card, "steps").steps[-2].en == "score = 1 × 100 = 100"


def test_kpi_why_tells_place_and_rule(published: tuple[Path, dict[str, Scorecard]]) -> None:
    with open_published(published[0]) as con:
        told = explain(con, "a", "place", "2011-11", lang="en")

    assert "100, place 1, percentile = (4 − 1) ÷ (4 − 1) = 1" in told
    assert "ranked among everybody in the role" in told


def test_the_workbook_shows_the_rule_and_the_score(
    published: tuple[Path, dict[str, Scorecard]], tmp_path: Path
) -> None:
    with open_published(published[0]) as con:
        book = openpyxl.load_workbook(write_workbook(con, "2011-11", tmp_path / "book.xlsx"))

    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any("同岗排名（高者在前，并列取平均名次），按百分位得分" in text for text in texts)
    assert any("完成 ÷ 到期 × 100" in text for text in texts)


def test_the_tables_hold_the_scores_of_the_cards(published: tuple[Path, dict[str, Scorecard]]) -> None:
    with open_published(published[0]) as con:
        assert isinstance(con, duckdb.DuckDBPyConnection)
        rows = con.execute("select kpi_id, score from scorecard_line where person_id = 'd'").fetchall()

    assert {kpi: rounded(score) for kpi, score in rows} == {
        "place": "60.00",
        "percentile": "0.00",
        "mean": "69.23",
        "steps": "0.00",
    }
