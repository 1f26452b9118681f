"""Compiled SQL: equal to a plain Python oracle, conserving, exact, inert."""

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.aggregates import Agg
from models.definitions.ranges import CURRENT
from models.formulas import parse_expression
from models.tables import FACTS, ORDER_LINE
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.figures.compile import compile_family, families
from warehouse.figures.expressions import scale, sql
from warehouse.figures.fact_scan import FactScan, bounds_of
from warehouse.figures.first_rows import ranking
from warehouse.figures.measures import Measure
from warehouse.figures.plan import Span
from warehouse.figures.run import read_figures
from warehouse.store.connect import open_warehouse
from warehouse.store.sqltext import statement

NOVEMBER = Span("2011-11", date(2011, 11, 1), date(2011, 11, 30))


def _measure(agg: Agg, expr: str | None, where: str | None = None, percent: str | None = None) -> Measure:
    keyed = agg == "count_distinct"
    return Measure(
        fact="order_line",
        agg=agg,
        expr=parse_expression(expr, "t:1") if expr and not keyed else None,
        where=parse_expression(where, "t:1") if where else None,
        date="business_date",
        percent=Decimal(percent) if percent else None,
        keys=(expr,) if expr and keyed else (),
    )


SUM, COUNT, DISTINCT = (
    _measure("sum", "paid_amount"),
    _measure("count", None),
    _measure("count_distinct", "order_id"),
)
MEDIAN, P90 = _measure("median", "paid_amount"), _measure("percentile", "paid_amount", percent="90")
MEASURES = (SUM, COUNT, DISTINCT, MEDIAN, P90)

LINE = st.tuples(st.integers(1, 28), st.sampled_from(["uk", "la"]), st.decimals(0, 50, places=2))


@given(
    lines=st.lists(LINE, max_size=8),
    share=st.decimals("0.000001", "0.999999", places=6),
    change=st.integers(2, 28),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_compiled_figures_equal_a_plain_sum_and_shares_conserve_it(
    tmp_path: Path, lines: list[Any], share: Decimal, change: int
) -> None:
    with open_warehouse(Path(mkdtemp(dir=tmp_path))) as con:
        w.company(con)
        w.put(
            con,
            "core_person",
            [{"person_id": p, "role_id": "r", "valid_from": date(2011, 1, 1)} for p in ("a", "b", "c")],
        )
        until, after = f"2011-11-{change - 1:02}", f"2011-11-{change:02}"
        owned = [("uk", "a", share), ("uk", "b", 1 - share), ("la", "a", Decimal(1))]
        rows = [w.own("shop", s, "r", p, str(x), "2011-01-01", until) for s, p, x in owned]
        w.put(
            con,
            "core_ownership",
            [*rows, w.own("shop", "uk", "r", "c", "1", after), w.own("shop", "la", "r", "c", "1", after)],
        )
        for shop, ref in (("uk", w.UK), ("la", w.LA)):
            orders = [_order(i, day, amount) for i, (day, at, amount) in enumerate(lines) if at == shop]
            w.load(con, tmp_path, ref, orders)
        build_core(con, "CNY")

        figures = read_figures(con, {"order_line": MEASURES}, [NOVEMBER], "span")

    held = _oracle(lines, share, change)
    for person in ("a", "b", "c"):
        mine, key = held[person], ("2011-11", person, "r")
        assert figures.of(SUM, key).value == sum((x * s for x, s in mine), Decimal(0))
        assert figures.of(COUNT, key).value == sum((s for _, s in mine), Decimal(0))
        assert figures.of(DISTINCT, key).value == sum((s for _, s in mine), Decimal(0))
        assert figures.of(MEDIAN, key).value == _percentile([x for x, _ in mine], 50)
        assert figures.of(P90, key).value == _percentile([x for x, _ in mine], 90)
    total = sum((figures.of(SUM, ("2011-11", p, "r")).value or Decimal(0) for p in "abc"), Decimal(0))
    assert total == sum((x for _, _, x in lines), Decimal(0))


def _order(i: int, day: int, amount: Decimal) -> dict[str, Any]:
    return w.order(f"O{i}", f"2011-11-{day:02}T20:00+00:00", [w.line(f"L{i}", f"{amount:f}")])


def _oracle(lines: list[Any], share: Decimal, change: int) -> dict[str, list[tuple[Decimal, Decimal]]]:
    held: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for day, shop, amount in lines:
        if day >= change:
            held["c"].append((amount, Decimal(1)))
        elif shop == "la":
            held["a"].append((amount, Decimal(1)))
        else:
            held["a"].append((amount, share))
            held["b"].append((amount, 1 - share))
    return held


def _percentile(values: list[Decimal], percent: int) -> Decimal | None:
    if not values:
        return None
    ordered = sorted(values)
    whole, rest = divmod((len(values) - 1) * percent, 100)
    high = ordered[min(whole + 1, len(values) - 1)]
    return ordered[whole] + (high - ordered[whole]) * rest / 100


def test_day_grain_and_span_grain_agree_on_single_days(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [_order(i, i, Decimal(i)) for i in range(1, 20)])
    build_core(con, "CNY")
    spans = [Span(str(d), date(2011, 11, d), date(2011, 11, d)) for d in range(1, 29)]
    new = _measure("count_distinct", "buyer_id", "buyer_first_on >= period_start")
    summed = _measure("sum", "qty", "buyer_first_on >= period_start")

    by_day = read_figures(con, {"order_line": (*MEASURES, new, summed)}, spans, "day")
    by_span = read_figures(con, {"order_line": (*MEASURES, new, summed)}, spans, "span")

    assert by_day == by_span
    assert by_day.of(new, ("1", "ann", "manager")).value == 1
    assert by_day.of(new, ("2", "ann", "manager")).value == 0


def test_an_order_id_used_by_two_shops_counts_as_two_orders(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.put(con, "core_ownership", [w.own("shop", s, "manager", "ann", "1") for s in ("uk", "la")])
    w.load(con, tmp_path, w.UK, [_order(1, 5, Decimal(1))])
    w.load(con, tmp_path, w.LA, [_order(1, 5, Decimal(1))])
    build_core(con, "CNY")

    figures = read_figures(
        con, {"order_line": (DISTINCT, _measure("count_distinct", "buyer_id"))}, [NOVEMBER], "span"
    )

    assert [f.value for m in figures.values.values() for f in m.values()] == [2, 1]


def test_a_null_in_a_sum_is_counted_not_skipped(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    base = _measure("sum", "paid_amount_base")
    w.load(con, tmp_path, w.UK, [_order(1, 5, Decimal(1)), _order(2, 6, Decimal(1)) | {"currency": "EUR"}])
    build_core(con, "CNY")

    figure = read_figures(con, {"order_line": (base,)}, [NOVEMBER], "span").of(
        base, ("2011-11", "ann", "manager")
    )

    assert (figure.n_rows, figure.n_null) == (2, 1)


def test_every_operator_becomes_the_sql_of_the_same_meaning(con: duckdb.DuckDBPyConnection) -> None:
    text = (
        "not (qty * 2 - -1 >= 3 or sku_id in ('a''b', 'c') and buyer_id is not null)"
        " and country != '; drop table x --'"
    )

    compiled = sql(parse_expression(text, "t:1"), ORDER_LINE)

    assert con.execute(f"select count(*) from core_order_line as f where {compiled}").fetchone() == (0,)
    assert "'; drop table x --'" in compiled


def test_the_scale_of_a_formula_is_exact(con: duckdb.DuckDBPyConnection) -> None:
    for text, places in (
        ("qty", 0),
        ("paid_amount_base - cogs_base * 1.5", 13),
        ("paid_amount * fx_rate + 1", 12),
        ("hours(paid_at, ordered_at)", 12),
        ("days(business_date, buyer_first_on) * 2", 0),
        ("greatest(qty, paid_amount, 0.5)", 4),
        ("coalesce(qty, 0.25)", 2),
        ("abs(paid_amount_base - cogs_base)", 12),
    ):
        node = parse_expression(text, "t:1")

        [typed] = con.execute(
            f"select typeof({sql(node, ORDER_LINE)}) from (values (1)) left join core_order_line as f on true"
        ).fetchall()

        decimals = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", typed[0])
        assert scale(node, ORDER_LINE) == places
        assert typed == ("BIGINT",) if decimals is None else int(decimals[1]) == places


def test_no_statement_ever_yields_a_binary_float(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(statement("kpi/span.sql"))
    con.execute(statement("kpi/held.sql"))
    measures = (
        *MEASURES,
        _measure("sum", "qty * 2 - 1"),
        _measure("sum", "paid_amount_base * qty"),
        _measure("sum", "60"),
        _measure("sum", "hours(paid_at, ordered_at) * 1.5"),
        _measure("max", "least(qty, paid_amount)"),
        _measure("median", "coalesce(cogs_base, 0)"),
    )

    low, high = bounds_of(CURRENT)
    bounds = {low: NOVEMBER.start, high: NOVEMBER.end}
    lines = FACTS["order_line"]
    scan = FactScan(table=lines, date="business_date", range=CURRENT, grain="span", ranked=True)
    con.execute(ranking(measures, scan), {"first": NOVEMBER.start, "last": NOVEMBER.end})
    statements = [compile_family(f, lines, "span") for f in families(measures, {})]
    columns = [d for s in statements for d in con.execute(s, bounds).description or []]

    assert len(statements) > 1
    assert not [d for d in columns if str(d[1]) in {"DOUBLE", "FLOAT"}]


def test_a_product_of_two_columns_is_computed_in_wide_decimals() -> None:
    expr = parse_expression("paid_amount * fx_rate", "test")

    compiled = sql(expr, FACTS["order_line"])

    amount, rate = "cast(99999999.9999 as decimal(18, 4))", "cast(10.2 as decimal(12, 8))"
    values = f"(select {amount} as paid_amount, {rate} as fx_rate) as f"
    assert duckdb.sql(f"select {compiled} from {values}").fetchall() == [
        (Decimal("1019999999.998980000000"),)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("minutes(paid_at, ordered_at)", Decimal("1440.016666666667")),
        ("hours(paid_at, ordered_at)", Decimal("24.000277777778")),
        ("days(paid_at, ordered_at)", Decimal("1.000011574074")),
        ("minutes(ordered_at, paid_at)", Decimal("-1440.016666666667")),
        ("days(business_date, buyer_first_on)", Decimal(31)),
        ("hours(business_date, buyer_first_on)", Decimal(744)),
        ("days(period_end, business_date)", Decimal(-1)),
        ("abs(qty - 5)", Decimal(2)),
        ("least(qty, paid_amount, 2.5)", Decimal("2.5")),
        ("greatest(qty, paid_amount)", Decimal("9.99")),
        ("least(qty, cogs_base)", None),
        ("greatest(0, cogs_base)", None),
        ("coalesce(cogs_base, 0.5)", Decimal("0.5")),
        ("coalesce(qty, 0)", Decimal(3)),
        ("hours(cancelled_at, ordered_at)", None),
    ],
)
def test_every_function_is_exact_and_never_hides_an_unknown_value(text: str, value: Decimal | None) -> None:
    row = (
        "select timestamptz '2011-11-02 10:00:01.9+00' as paid_at, timestamptz '2011-11-01 10:00:00.2+00' as ordered_at,"
        " date '2011-11-01' as business_date, date '2011-10-01' as buyer_first_on, cast(3 as bigint) as qty,"
        " cast(9.99 as decimal(18, 4)) as paid_amount, cast(null as decimal(26, 12)) as cogs_base,"
        " cast(null as timestamptz) as cancelled_at"
    )
    compiled = sql(parse_expression(text, "t:1"), ORDER_LINE)

    found = duckdb.sql(f"select {compiled} from ({row}) as f, (select date '2011-10-31' as end_on) as s")

    assert found.fetchall() == [(value,)]
