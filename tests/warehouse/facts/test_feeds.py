"""Feeds: the folder and the connectors agree, every feed keeps its promises, and changed records alone are touched."""

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from connectors.registry import get, names
from models.errors import WarehouseError
from models.tables import FACTS
from tests.warehouse import feeding
from tests.warehouse import world as w
from warehouse.facts.build import build_core
from warehouse.facts.feeds import STATED, Feed, shipped_feeds, statable
from warehouse.facts.refill import Scope, refill, yielded
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse
from warehouse.store.sqltext import Sql

FEEDS = shipped_feeds()
DECLARED = {
    f"{name}_{stream.name}__{table}"
    for name in names()
    for stream in get(name).streams
    for table in stream.feeds
}
DAY = "2011-11-08T10:00+00:00"


def _describe(tmp_path: Path, feed: Feed) -> dict[str, str]:
    with open_warehouse(tmp_path / "home") as con:
        con.execute(
            f"create table {feed.raw_table} (shop_id varchar, record_key varchar, record_day date,"
            " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)"
        )
        return yielded(con, feed)


def test_every_table_a_stream_declares_has_its_feed_and_the_other_way_round() -> None:
    assert {feed.name for feed in FEEDS} == DECLARED


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_feed_yields_given_columns_in_their_types(tmp_path: Path, feed: Feed) -> None:
    found, table = _describe(tmp_path, feed), FACTS[feed.table]

    types = {c.name: c.sql_type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for c in table.columns}
    assert found.keys() <= statable(table)
    assert found.keys() >= {*STATED, feed.record, *(c.name for c in table.given if c.required)}
    assert {n: t for n, t in found.items() if n != "zone" and t != types[n]} == {}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_feed_says_its_grain_key_and_source(feed: Feed) -> None:
    header = "\n".join(line for line in feed.select.splitlines() if line.startswith("--"))

    assert all(f"{word}:" in header for word in ("grain", "key", "reads"))
    assert "feed_record" in feed.select.split("\n", 1)[1]


def test_feeds_of_one_platform_into_one_table_never_take_out_each_others_rows() -> None:
    """Rows leave by the record column: two streams may share it only where its values are the platform's own row ids."""
    for one, other in itertools.combinations(FEEDS, 2):
        if one.table == other.table and _platform(one) == _platform(other):
            assert (one.record, other.record) == ("source_row_id", "source_row_id"), (one.name, other.name)


def _platform(feed: Feed) -> str:
    return next(
        get(name).platform
        for name in names()
        if any(feed.stem == f"{name}_{s.name}" for s in get(name).streams)
    )


def test_payloads_become_canonical_rows_with_derived_columns() -> None:
    def company(con: duckdb.DuckDBPyConnection) -> None:
        w.put(con, "core_rate", [w.rate("GBP", "2011-11-01", "10.5")])

    payload = w.order("O1", DAY, [w.line("L1", "2.00")], buyer=None)

    found = feeding.canonical(
        "shopify", "orders", [payload], "order_line", zone="Asia/Tokyo", prepare=company
    )

    assert found == [
        {
            "platform": "shopify", "shop_id": "shop", "source_row_id": "L1", "order_id": "O1", "line_id": "L1",
            "line_type": "goods", "sku_id": "S1", "qty": 1, "paid_amount": Decimal(2), "currency": "GBP",
            "fx_rate": Decimal("10.5"), "paid_amount_base": Decimal(21), "country": "GB",
            "ordered_at": datetime(2011, 11, 8, 10, tzinfo=UTC), "paid_at": datetime(2011, 11, 8, 10, tzinfo=UTC),
            "business_date": date(2011, 11, 8), "is_excluded": False, "status": "PAID",
            "tax_amount": Decimal(0), "tax_amount_base": Decimal(0),
        }
    ]  # fmt: skip


def _feed(select: str, table: str = "order_line") -> Feed:
    return Feed(
        stem="shopify_orders",
        table=table,
        record="order_id",
        select=Sql(select),
        is_final=True,
        origin="a feed of this test",
    )


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ("'x' as line_id, 1 as qty", "wrong: qty INTEGER"),
        ("'x' as line_id, 'y' as sku_group", "wrong: sku_group VARCHAR"),
        ("'x' as line_id, 'y' as chat_id", "wrong: chat_id VARCHAR"),
        ("'x' as line_id", "missing: order_id, qty, paid_amount"),
    ],
)
def test_a_feed_that_yields_what_its_table_cannot_take_is_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, columns: str, named: str
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", DAY, [w.line("L1", "1")])])
    select = f"select platform, shop_id, record_key as source_row_id, zone, {columns} from feed_record"
    con.execute(
        "create temp table line_touched (platform varchar, shop_id varchar, order_id varchar, buyer_id varchar)"
    )

    with pytest.raises(WarehouseError, match="W207") as refused:
        refill(con, _feed(select), Scope(0, is_whole=True))

    assert named in refused.value.actual


def test_only_rows_of_changed_records_are_written_again(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    orders = [w.order(f"O{n}", DAY, [w.line(f"L{n}", "1")]) for n in range(5)]
    w.load(con, tmp_path, w.UK, orders)
    build_core(con, "CNY")
    con.execute("update core_order_line set country = 'untouched'")
    changed = w.order("O3", DAY, [w.line("L3", "9")], updated="2011-11-09T10:00+00:00")
    w.load(con, tmp_path, w.UK, [changed])

    build_core(con, "CNY")

    assert con.execute("select line_id, country, paid_amount from core_order_line order by 1").fetchall() == [
        ("L0", "untouched", 1), ("L1", "untouched", 1), ("L2", "untouched", 1), ("L3", "GB", 9), ("L4", "untouched", 1),
    ]  # fmt: skip


def test_another_zone_of_an_account_builds_everything_anew(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    w.load(con, tmp_path, w.UK, [w.order("O1", "2011-11-08T23:30+00:00", [w.line("L1", "1")])])
    build_core(con, "CNY")
    set_source_accounts(con, [])
    feeding.account(con, "shopify", "orders", zone="Asia/Shanghai")
    con.execute("update source_account set shop_id = 'uk'")

    build_core(con, "CNY")

    assert con.execute("select business_date from core_order_line").fetchall() == [(date(2011, 11, 9),)]
