"""A record that breaks the law of a column costs its own days: it is kept out, named, and heals when it is read anew."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.file_drop.fact_layouts import fact_layout, file_columns
from connectors.file_drop.layout import FileOptions
from connectors.file_drop.table import read_layout
from models.errors import MeritError
from models.loads import SourceAccount, StreamRef
from models.periods import Period
from models.tables import FACTS, Column, ColumnType
from tests.warehouse import world as w
from tests.warehouse.facts.test_every_table import example
from warehouse.facts.build import build_core, rebuild_core
from warehouse.facts.reconcile import reconcile
from warehouse.figures.actuals import compute_spans
from warehouse.published.publish import publish
from warehouse.raw.coverage import read_coverage
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.raw.source_health import store_source_health
from warehouse.store.connect import open_published

DAY, NEXT = "2011-11-08T10:00+00:00", "2011-11-09T10:00+00:00"
NOVEMBER = Period.parse("2011-11")
STATED = ("platform", "shop_id", "source_row_id")


def standing(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "select table_name, record_key, cause_code, column_name, value from core_refused where until_seq is null order by all"
    ).fetchall()


def uncovered(con: duckdb.DuckDBPyConnection, fact: str, day: int) -> str | None:
    """The code of the cause why a November day of the shop uk is not whole for a fact."""
    coverage = read_coverage(con)
    [account] = coverage.feeding(fact, ["uk"])
    cause = coverage.uncovered(account, date(2011, 11, day), date(2011, 11, day), fact)
    return cause.code if cause else None


def orders(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in con.execute("select order_id from core_order_line order by 1").fetchall()]


@pytest.mark.parametrize("total", ["180143985094819.86", "1" + "0" * 40, "1e400"])
def test_an_order_line_that_no_column_holds_costs_its_days_and_nothing_else(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, total: str
) -> None:
    good, wrong = w.order("O1", DAY, [w.line("L1", "1")]), w.order("O2", NEXT, [w.line("L2", "2")])
    wrong["line_items"][0]["total"] = total
    w.load(con, tmp_path, w.UK, [good, wrong])
    if (
        total == "12.34567"
    ):  # DuckDB rounds a text that is finer than its column: the connector refuses it before
        return

    build_core(con, "CNY")

    assert orders(con) == ["O1"]
    assert [row[:3] for row in standing(con)] == [("order_line", "O2", "W330")]
    assert [uncovered(con, "order_line", day) for day in (8, 9, 10)] == [None, "W330", None]
    assert uncovered(con, "refund", 9) is None


def test_money_that_fits_its_column_and_not_that_of_the_company_costs_its_days_and_heals(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])
    wide = w.order("O2", NEXT, [w.line("L2", "90000000000000.00"), w.line("L3", "1")])
    w.load(con, tmp_path, w.UK, [wide], end="2011-12-11T00:00+00:00")

    build_core(con, "CNY")

    assert orders(con) == ["O1"]
    assert standing(con) == [("order_line", "O2", "W331", "paid_amount_base", "")]
    assert [uncovered(con, "order_line", day) for day in (8, 9)] == [None, "W331"]

    mended = w.order("O2", NEXT, [w.line("L2", "90.00"), w.line("L3", "1")], updated="2011-11-10T00:00+00:00")
    w.load(con, tmp_path, w.UK, [mended], end="2011-12-12T00:00+00:00")
    build_core(con, "CNY")

    assert orders(con) == ["O1", "O2", "O2"]
    assert (standing(con), uncovered(con, "order_line", 9)) == ([], None)


def test_a_corrected_record_heals_what_could_not_be_read(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    wrong = w.order("O1", DAY, [w.line("L1", "180143985094819.86")])
    w.load(con, tmp_path, w.UK, [wrong])
    build_core(con, "CNY")
    assert orders(con) == []

    w.load(
        con,
        tmp_path,
        w.UK,
        [w.order("O1", DAY, [w.line("L1", "18.86")], updated=NEXT)],
        end="2011-12-11T00:00+00:00",
    )
    build_core(con, "CNY")

    assert (orders(con), standing(con), uncovered(con, "order_line", 8)) == (["O1"], [], None)


def test_readers_find_every_record_that_is_kept_out_and_none_that_has_healed(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    def listed() -> list[tuple[Any, ...]]:
        publish(con, tmp_path)
        with open_published(tmp_path) as published:
            return published.execute(
                "select connector, stream, shop_id, table_name, cast(business_date as varchar), record_key, column_name, value,"
                " cause_code, cause like '% is kept out: %' from refused_record order by all"
            ).fetchall()

    odd, unread = w.order("O1", DAY, [w.line("L1", "-1")]), w.order("O2", NEXT, [w.line("L2", "2")])
    unread["line_items"][0]["total"] = "1e400"
    w.load(con, tmp_path, w.UK, [odd, unread, w.order("O3", DAY, [w.line("L3", "3")])])
    build_core(con, "CNY")

    named = ("shopify", "orders", "uk", "order_line")
    assert listed() == [
        (*named, "2011-11-08", "O1", "paid_amount", "-1.0000", "W331", True),
        (*named, "2011-11-09", "O2", None, None, "W330", True),
    ]

    mended = [
        w.order("O1", DAY, [w.line("L1", "1")], updated=NEXT),
        w.order("O2", NEXT, [w.line("L2", "2")], updated=NEXT),
    ]
    w.load(con, tmp_path, w.UK, mended, end="2011-12-11T00:00+00:00")
    build_core(con, "CNY")
    assert listed() == []


def test_a_good_record_that_turns_bad_leaves_with_its_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])
    build_core(con, "CNY")
    bad = w.order("O1", DAY, [w.line("L1", "-1")], updated=NEXT)
    w.load(con, tmp_path, w.UK, [bad], end="2011-12-11T00:00+00:00")

    build_core(con, "CNY")
    daily = (orders(con), standing(con))
    rebuild_core(con, "CNY")

    assert daily == ([], [("order_line", "O1", "W331", "paid_amount", "-1.0000")])
    assert (orders(con), standing(con)) == daily


def test_negative_refund_amounts_are_no_refunds_and_the_figures_that_need_them_say_so(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    back = w.refund("R1", NEXT, "-5.00", [w.refund_line("RL1", "L1", "-5.00")])
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "20.00")], refunds=[back])])
    w.load(con, tmp_path, w.LA, [], start="2011-11-01T00:00-07:00")
    w.load(con, tmp_path, w.DESK, [])
    build_core(con, "CNY")

    found = {(a.person_id, a.kpi_id): a for a in compute_spans(con, w.definitions(), [NOVEMBER])}

    net, orders_of_ann = found["ann", "net_sales"], found["ann", "orders"]
    assert (net.status, net.value, net.cause_code) == ("missing", None, "W331")
    assert "refund O1 of uk is kept out: amount = -5.0000, which is outside 0 and above" in str(net.cause)
    assert "without a minus" in str(net.cause)
    assert (orders_of_ann.status, orders_of_ann.value) == ("scored", 1)


def test_a_day_with_a_record_that_is_kept_out_is_missing_in_the_health_of_its_source(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "-1")])])
    build_core(con, "CNY")

    store_source_health(con, date(2011, 11, 8), date(2011, 11, 9))

    rows = con.execute(
        "select business_date, status, cause_code from source_health where shop_id = 'uk' order by 1"
    ).fetchall()
    assert rows == [(date(2011, 11, 8), "missing", "W331"), (date(2011, 11, 9), "proven", None)]


def test_what_is_kept_out_stands_on_no_side_of_the_reconciliation(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    good = w.order("O1", DAY, [w.line("L1", "1")])
    wrong = [
        w.order("O2", NEXT, [w.line("L2", "3"), w.line("L3", "-1")]),
        w.order("O3", NEXT, [w.line("L4", "180143985094819.86")]),
    ]
    w.load(con, tmp_path, w.UK, [good, *wrong])
    build_core(con, "CNY")

    [row] = [r for r in reconcile(con, NOVEMBER, {"order_line": "manager"}) if r["measure"] == "gmv"]

    assert (row["platform_total"], row["credited"], row["difference"]) == (1, 1, 0)


def test_a_stream_whose_every_record_changed_its_form_is_kept_out_as_a_whole(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    wrong = [w.ticket(str(n), DAY) for n in range(200)]
    for payload in wrong:
        del payload["satisfaction"]
    w.load(con, tmp_path, w.DESK, wrong)
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])

    build_core(con, "CNY")

    assert orders(con) == ["O1"]
    assert con.execute("select count(*) from core_ticket").fetchone() == (0,)
    assert con.execute("select count(*) from core_refused where cause_code = 'W330'").fetchone() == (200,)


# -- every column with a law, whichever way its value comes in


def breaches(column: Column) -> Iterator[str]:
    """Values that break the law of a column, as a file or a payload writes them."""
    step = Decimal(1) if column.sql_type == "BIGINT" else Decimal(1).scaleb(-column.places)
    least, most = column.bounds
    if least is not None:
        yield f"{least - step:f}"
    if most is not None:
        yield f"{most + step:f}"
    if column.allowed:
        yield "no such word"
    if column.required:
        yield ""


FED = [t for t in FACTS.values() if not t.derived_from]
LAWS = [
    (table.name, column.name, value)
    for table in FED
    for column in table.given
    if column.name not in STATED
    for value in breaches(column)
]


def test_the_registry_states_a_law_for_what_its_pages_promise() -> None:
    assert len(LAWS) > 250
    assert ("refund", "amount", "-0.0001") in LAWS
    assert ("ad", "spend", "-0.0001") in LAWS
    assert {("chat", "rating", v) for v in ("0.999999", "5.000001")} <= set(LAWS)


def test_a_file_with_a_value_that_its_column_does_not_take_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    for table, column, value in LAWS:
        row = {c.name: example(c) for c in file_columns(table)} | {column: value}
        path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
        with pytest.raises(MeritError) as refused:
            read_layout(fact_layout(table), path, options=FileOptions())
        assert column in refused.value.what, (table, column, value)
        assert refused.value.where == "facts.csv:2"
        assert refused.value.remedy


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("chat", "rating", "0", "outside 1 to 5 empty = not rated"),
        ("chat", "rating", "9", "outside 1 to 5 empty = not rated"),
        ("refund", "amount", "-100.00", "outside 0 and above write what was given back without a minus"),
        ("ad", "spend", "-0.01", "outside 0 and above write the amount without a minus"),
    ],
)
def test_negative_refund_amounts_and_ratings_of_0_and_9_are_refused_with_what_is_meant(
    table: str, column: str, value: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "facts.csv"
    row = {c.name: example(c) for c in file_columns(table)} | {column: value}
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")

    with pytest.raises(MeritError) as refused:
        read_layout(fact_layout(table), path, options=FileOptions())

    assert (refused.value.code, refused.value.actual) == ("C157", repr(value))
    assert told in f"{refused.value.what} {refused.value.remedy}"


def fed(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, connector: str, feeds: dict[str, list[dict[str, str]]]
) -> None:
    """Load payloads of the given columns as streams of a company's own connector, one stream a table."""
    set_source_accounts(
        con,
        [
            SourceAccount(
                ref=StreamRef(connector, table, "uk"), feeds=(table,), zone="UTC", platform=connector
            )
            for table in feeds
        ],
    )
    for table, payloads in feeds.items():
        load_stated(con, tmp_path, StreamRef(connector, table, "uk"), payloads)


def load_stated(
    con: duckdb.DuckDBPyConnection, folder: Path, ref: StreamRef, payloads: list[dict[str, str]]
) -> None:
    window = w.window(
        folder,
        ref,
        [
            {
                "id": str(n),
                "created_at": "",
                "record_day": "2026-10-05",
                "updated_at": "2026-10-05T12:00:00Z",
                **p,
            }
            for n, p in enumerate(payloads)
        ],
        "2026-10-01T00:00+00:00",
        "2026-11-01T00:00+00:00",
    )
    load_window(con, window)


def test_a_connector_with_a_value_that_its_column_does_not_take_has_that_record_alone_kept_out(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    payloads: dict[str, list[dict[str, Any]]] = {}
    for table in FED:
        columns = [c for c in table.given if c.name not in STATED]
        good = {c.name: stated(c) for c in columns}
        wrong = [good | {c: v or None} for t, c, v in LAWS if t == table.name and enters(t, c, v)]
        payloads[table.name] = [good, *wrong]
    fed(con, tmp_path, "house", payloads)

    build_core(con, "CNY")

    kept_out = {(t, int(key), column) for t, key, code, column, _ in standing(con) if code == "W331"}
    for table in FED:
        laws = [law for law in LAWS if law[0] == table.name and enters(*law)]
        found = con.execute(f"select source_row_id from core_{table.name}").fetchall()
        assert found == [("0",)], table.name
        assert {(table.name, n, law[1]) for n, law in enumerate(laws, start=1)} <= kept_out, table.name


def enters(table: str, column: str, value: str) -> bool:
    """Whether a connector may bring it: not a number or flag that is not stated, which is unknown and no breach."""
    known = FACTS[table].column(column)
    return bool(value) or known is None or known.type not in (ColumnType.NUMBER, ColumnType.BOOLEAN)


def stated(column: Column) -> str:
    """A good value as the payload of a connector holds it."""
    if column.type is ColumnType.INSTANT:
        return "2026-10-05T09:30:00Z"
    if column.type is ColumnType.BOOLEAN:
        return "true"
    return example(column)
