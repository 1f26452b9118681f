"""`kpi why`: from the landing files to the grade, in order."""

import duckdb
import pytest

from models.errors import UsageError
from pipelines.render.why import explain


def test_the_story_runs_from_the_figure_to_the_grade_and_the_files(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, "P002", "gross_margin", "2011-11", lang="en")

    parts = [
        "王芳 (P002) · gross_margin · 2011-11", "64,040 ÷ 182,345.68 = 35.12 %", "target = 35.00 %",
        "source rows = 1,834",
        "score = 100 x 0.9117 = 91.17", "contribution = 100.34 × 20 % = 20.07",
        "total -> grade -> coefficient: 96.46 → A → 1.10", "kpi_definitions/kpis/sales.yaml:21",
        "shop uk: 60.00 %",
        "shopify/orders/uk/30.gz", "and 22 more files",
    ]  # fmt: skip
    assert [told.find(part) for part in parts] == sorted(told.find(part) for part in parts)
    assert -1 not in [told.find(part) for part in parts]


def test_a_growth_names_the_files_of_the_compared_days_too(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update kpi_label set ranges = 'previous' where kpi_id = 'net_sales'")

    told = explain(con, "P002", "net_sales", "2011-11", lang="en")
    of_a_day = explain(con, "P002", "net_sales", "2011-11-30", lang="en")

    own, _, compared = told.partition("of the compared days 2011-10-01 to 2011-10-31:")
    assert "shopify/orders/uk/30.gz" in own
    assert "shopify/orders/uk/2.gz" not in own
    assert "shopify/orders/uk/2.gz" in compared
    assert "of the compared days 2011-11-29 to 2011-11-29:" in of_a_day
    assert "of the compared days 2011-10-01 to 2011-10-31:" in of_a_day


def test_names_and_labels_may_stand_for_ids(con: duckdb.DuckDBPyConnection) -> None:
    by_name = explain(con, "王芳", "毛利率", "2011-11")

    assert by_name == explain(con, "P002", "gross_margin", "2011-11")


def test_both_languages_or_one(con: duckdb.DuckDBPyConnection) -> None:
    both, zh, en = (explain(con, "P002", "net_sales", "2011-11", lang=lang) for lang in ("both", "zh", "en"))

    assert "目标 = 200,000.00" in both
    assert "target = 200,000.00" in both
    assert "target =" not in zh
    assert "目标" not in en


def test_a_missing_figure_tells_cause_and_remedy(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, "P003", "initiative", "2011-11", lang="en")

    assert "missing: 评分未提交 rating not handed in [M040]" in told
    assert "do: complete the source (ratings.csv)" in told
    assert "total: provisional, initiative: 评分未提交" in told


def test_a_day_tells_the_day_and_the_month_to_date(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, "P003", "net_sales", "2011-11-30", lang="en")

    assert "The day (store_manager)\n  2,431.28" in told
    assert "Month to date (store_manager)\n  196,933.33" in told


def test_without_a_list_of_files_the_story_says_so(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("drop table source_window")

    told = explain(con, "P002", "net_sales", "2011-11", lang="en")

    assert "carries no list of landing files" in told


def test_the_definition_text_is_shown_when_somebody_can_look_it_up(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(
        con,
        "P002",
        "net_sales",
        "2011-11",
        definitions_source_lookup=lambda where: f"- id: net_sales  # {where}",
    )

    assert "| - id: net_sales  # kpi_definitions/kpis/sales.yaml:12" in told


@pytest.mark.parametrize(
    ("person", "kpi", "period", "message"),
    [
        ("P02", "net_sales", "2011-11", r"U301.*P002"),
        ("P002", "net_sale", "2011-11", r"U302.*net_sales"),
        ("P002", "orders", "2011-11", r"U303.*gross_margin"),
        ("P002", "net_sales", "2011-10", r"U303.*2011-11"),
        ("P002", "net_sales", "2010-01-05", r"U303"),
        ("P002", "net_sales", "November", r"U010"),
    ],
)
def test_an_unknown_name_is_answered_with_a_suggestion(
    con: duckdb.DuckDBPyConnection, person: str, kpi: str, period: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        explain(con, person, kpi, period)


def test_two_people_of_one_name_must_be_told_apart(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update core_person set name = '王芳' where person_id = 'P003'")

    with pytest.raises(UsageError, match=r"U305.*P002, P003"):
        explain(con, "王芳", "net_sales", "2011-11")


def test_an_unknown_language_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="U304"):
        explain(con, "P002", "net_sales", "2011-11", lang="fr")
