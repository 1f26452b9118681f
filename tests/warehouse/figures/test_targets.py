"""Targets in the warehouse resolve as they do for the scorecard."""

from datetime import date
from decimal import Decimal

import duckdb

from models.definitions import load_definitions
from models.periods import Period
from warehouse.figures.targets import Targets
from warehouse.store.rows import insert_rows


def test_the_newest_version_of_a_target_counts(con: duckdb.DuckDBPyConnection) -> None:
    row = {"scope": "person", "scope_id": "P1", "kpi_id": "net_sales", "period": "2011-11"}
    values = {"1": Decimal(100), "2": Decimal(90), "10": Decimal(80)}
    insert_rows(con, "core_target", [row | {"version": v, "value": value} for v, value in values.items()])

    targets = Targets(con, load_definitions({}))

    assert targets.of_period("P1", "any", "net_sales", Period.parse("2011-11")) == Decimal(80)


def test_a_day_has_its_part_of_what_adds_up(con: duckdb.DuckDBPyConnection) -> None:
    text = (
        "kpis: [{id: net_sales, effective_from: 2010-01-01, label: {zh: 净销售额, en: Net sales},"
        " formula: {zh: 求和, en: sum}, kind: result, unit: CNY, direction: higher, decimals: 2,"
        " numerator: [{fact: order_line, sum: paid_amount_base, date: business_date}]}]"
    )
    row = {"scope": "person", "scope_id": "P1", "kpi_id": "net_sales", "period": "2011-11"}
    insert_rows(con, "core_target", [row | {"value": Decimal(300)}])

    targets = Targets(con, load_definitions({"x.yaml": text}))

    assert targets.of_day("P1", "any", "net_sales", date(2011, 11, 20)) == Decimal(10)
    assert targets.to_date("P1", "any", "net_sales", date(2011, 11, 20)) == Decimal(200)
