"""Reconciliation of every connector: owned, unowned and excluded money of a shop makes its total, and what does not add up shows.

Ann runs the shop until 10 November; from the 11th on nobody does. Shopify and Zendesk: test_publish.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from models.attribution import Attribution
from models.loads import SourceAccount, StreamRef
from models.periods import Period
from tests.warehouse import feeding
from tests.warehouse import world as w
from tests.warehouse.facts.feeds import test_amazon_sp as amazon
from tests.warehouse.facts.feeds import test_doudian as doudian
from tests.warehouse.facts.feeds import test_qianchuan as qianchuan
from tests.warehouse.facts.feeds import test_taobao_top as taobao
from tests.warehouse.facts.feeds import test_tiktok_shop as tiktok
from warehouse.facts.build import build_core
from warehouse.facts.feeds import shipped_feeds
from warehouse.facts.reconcile import reconcile
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse
from warehouse.store.sqltext import statements

ROLES = dict.fromkeys(("order_line", "refund", "ticket", "live_session"), "manager")
YEAR = Period.parse("2026")
Payload = dict[str, Any]
Figures = dict[str, list[Any]]


@dataclass(frozen=True)
class Given:
    """Records of one stream of the shop."""

    connector: str
    stream: str
    payloads: Sequence[Payload]
    key: str | Callable[[Any], str]
    facts: tuple[str, ...] = ()  # of a connector the company declares itself


def _doudian() -> list[Given]:
    sample = doudian.LINE | {"order_id": "694003", "trade_type": 10}
    later = doudian.LINE | {"order_id": "694002"}
    beside = doudian.LINE | {"order_id": "694004", "pay_amount": 1, "platform_cost_amount": 0}
    orders = [
        doudian.ORDER,
        doudian.ORDER
        | {"order_id": "693002", "pay_time": "2026-11-20T01:00:00Z", "pay_amount": 9_981, "lines": [later, beside]},
        doudian.ORDER | {"order_id": "693003", "lines": [sample]},
        doudian.ORDER | {"order_id": "693004", "order_status": 1, "pay_time": None},
    ]  # fmt: skip
    about = {
        "sku_order_id": "694002",
        "aftersale_pay_amount": 5_000,
        "aftersale_item_num": 1,
        "aftersale_tax_amount": 0,
    }
    requests = [
        doudian.REQUEST,
        doudian.REQUEST
        | {"aftersale_id": "705002", "shop_order_id": "693002", "update_time": "2026-11-20T16:10:00Z",
           "lines": [about, about | {"sku_order_id": "694004", "aftersale_pay_amount": 1}], "refund_amount": 5_003},
        doudian.REQUEST
        | {"aftersale_id": "705003", "shop_order_id": "693003", "lines": [about | {"sku_order_id": "694003"}]},
        doudian.REQUEST | {"aftersale_id": "705004", "refund_status": 1},
    ]  # fmt: skip
    return [
        Given("doudian", "orders", orders, "order_id"),
        Given("doudian", "refunds", requests, "aftersale_id"),
    ]


def _tiktok() -> list[Given]:
    late = {"paid_time": "2026-11-20T09:30:00Z"}
    cancelled = tiktok.line("L4", "7.00", "0.50", "0", display_status="CANCELLED")
    orders = [
        tiktok.order([tiktok.line("L1", "20.10", "1.10", "2.30")], "20.10", "1.10"),
        tiktok.order(
            [tiktok.line("L3", "10.00", "1.00", "0"), cancelled], "17.03", "1.50", id="5760002", **late
        ),
        tiktok.order([tiktok.line("L5", "5.00", "0", "0")], "5.00", "0", id="5760003", is_sample_order=True),
        tiktok.order([tiktok.line("L6", "9.00", "0", "0")], "9.00", "0", id="5760004", paid_time=None),
    ]
    of_sample = tiktok.return_line("R3", "5.00") | {"order_line_item_id": "L5"}
    returns = [
        tiktok.returned([tiktok.return_line("R1", "16.70")], "16.71"),
        tiktok.returned([], "0", return_id="4030002", order_id="5760002", update_time="2026-11-20T08:00:00Z"),
        tiktok.returned([of_sample], "5.00", return_id="4030003", order_id="5760003", discount_amount=None),
        tiktok.returned([tiktok.return_line("R4", "1.00")], "1.00", return_id="4030004", return_status="X"),
    ]
    lives = [
        tiktok.LIVE,
        tiktok.LIVE
        | {
            "id": "7600002",
            "start_time": "2026-11-20T07:30:00Z",
            "end_time": "2026-11-20T08:00:00Z",
            "gmv": "0.01",
        },
        tiktok.LIVE | {"id": "7600003", "gmv": None},
    ]
    return [
        Given("tiktok_shop", "orders", orders, "id"),
        Given("tiktok_shop", "returns", returns, "return_id"),
        Given("tiktok_shop", "lives", lives, "id"),
    ]


def _taobao() -> list[Given]:
    trades = [
        taobao.TRADE,
        taobao.TRADE
        | {"tid": "31002", "pay_time": "2026-11-20T01:00:00Z", "lines": [taobao.LINE | {"oid": "32002"}]},
    ]
    late = {"refund_id": "77002", "modified": "2026-11-20T01:00:00Z", "refund_fee": "0.03"}
    refunds = [
        taobao.REFUND,
        taobao.REFUND | late,
        taobao.REFUND | {"refund_id": "77003", "status": "CLOSED"},
    ]
    return [
        Given("taobao_top", "trades", trades, "tid"),
        Given("taobao_top", "refunds", refunds, "refund_id"),
    ]


def _amazon() -> list[Given]:
    foreign = {"sales_channel": "Non-Amazon US", "amazon_order_id": "S-1", "item_price": "7.77"}
    items = [
        amazon.ITEM | {"shipping_price": "5.99"},
        amazon.ITEM | {"line_number": 2, "item_price": "0.01"},
        amazon.ITEM | {"amazon_order_id": "113-1", "purchase_date": "2026-11-20T12:00:00Z"},
        amazon.ITEM | foreign,
    ]
    moved = [
        amazon.MOVED,
        amazon.MOVED | {"transaction_id": "tx-2", "posted_date": "2026-11-20T12:00:00Z"},
        amazon.MOVED | {"transaction_id": "tx-3", "order_id": "S-1"},
    ]
    return [
        Given("amazon_sp", "orders", items, amazon._key),
        Given("amazon_sp", "finances", moved, "transaction_id"),
        Given("amazon_sp", "returns", [amazon.RETURNED], "license_plate_number"),
    ]


def _qianchuan() -> list[Given]:
    early = qianchuan.ROOM | {
        "room_id": "76001",
        "start_time": "2026-11-10 23:59:59",
        "live_pay_order_gmv_alias": "0.10",
    }
    return [Given("qianchuan", "rooms", [qianchuan.ROOM, early], "room_id")]


def _stated(connector: str) -> list[Given]:
    """Lines that state canonical columns: of a declared connector, or of fact files."""

    def line(key: str, amount: str, day: str, excluded: str = "false") -> Payload:
        return {
            "id": key,
            "order_id": f"O{key}",
            "line_id": key,
            "line_type": "goods",
            "qty": "1",
            "paid_amount": amount,
            "currency": "CNY",
            "paid_at": f"{day}T01:00:00Z",
            "is_excluded": excluded,
        }

    def back(key: str, amount: str, day: str) -> Payload:
        at = f"{day}T01:00:00Z"
        same = {"refund_id": f"R{key}", "refund_line_id": f"R{key}", "order_id": f"O{key}", "line_id": key}
        return {"id": f"R{key}", **same, "qty": "1", "amount": amount, "currency": "CNY", "refunded_at": at}

    lines = [line("1", "10.01", "2026-11-10"), line("2", "5.02", "2026-11-11")]
    tickets = [
        {"id": f"T{n}", "ticket_id": f"T{n}", "opened_at": f"2026-11-1{n}T01:00:00Z"} for n in range(3)
    ]
    rows = {
        "order_line": [*lines, line("3", "1.50", "2026-11-10", "true")],
        "refund": [back("1", "0.01", "2026-11-10"), back("2", "0.02", "2026-11-11"), back("3", "1", "2026-11-09")],
        "ticket": tickets,
    }  # fmt: skip
    return [Given(connector, fact, payloads, "id", facts=(fact,)) for fact, payloads in rows.items()]


STATED: Figures = {
    "gmv": ["16.53", "10.01", "5.02", "1.50"],
    "orders": [3, 1, 1, 1],
    "refunds": ["1.03", "0.01", "0.02", "1"],
    "tickets": [3, 1, 2, 0],
}
CASES: dict[str, tuple[list[Given], Figures]] = {
    "doudian": (
        _doudian(),
        {
            "gmv": ["345.41", "117.80", "109.81", "117.80"],
            "orders": [3, 1, 1, 1],
            "refunds": ["295.63", "117.80", "60.03", "117.80"],
        },
    ),
    "tiktok_shop": (
        _tiktok(),
        {
            "gmv": ["39.53", "19.00", "9.03", "11.50"],  # the cancelled unit is excluded, its order is not
            "orders": [3, 1, 1, 1],
            "refunds": ["26.31", "19.01", "2.30", "5.00"],
            "live_gmv": ["48200.51", "48200.50", "0.01", 0],
        },
    ),
    "taobao": (
        _taobao(),
        {"gmv": ["290.86", "145.43", "145.43", 0], "orders": [2, 1, 1, 0], "refunds": ["137.46", "137.43", "0.03", 0]},
    ),
    "amazon": (
        _amazon(),
        {"gmv": ["94.17", "46.20", "40.20", "7.77"], "orders": [3, 1, 1, 1], "refunds": ["126.51", "42.17", "42.17", "42.17"]},
    ),
    "qianchuan": (_qianchuan(), {"live_gmv": ["33026397267383.51", "0.10", "33026397267383.41", 0]}),
    "http_json": (_stated("http_json"), STATED),
    "file_drop": (_stated("file_drop"), STATED),
}  # fmt: skip


@pytest.fixture
def con(tmp_path: Any) -> Any:
    with open_warehouse(tmp_path / "home") as connection:
        _own(connection, w.own("shop", feeding.SHOP, "manager", "ann", "1", last="2026-11-10"))
        yield connection


def _own(con: duckdb.DuckDBPyConnection, *rows: dict[str, Any]) -> None:
    people = [
        {"person_id": p, "name": p, "role_id": "manager", "valid_from": rows[0]["valid_from"]}
        for p in ("ann", "bob")
    ]
    w.put(con, "core_person", people)
    w.put(con, "core_ownership", list(rows))


def _build(con: duckdb.DuckDBPyConnection, streams: Sequence[Given]) -> None:
    declared = []
    for given in streams:
        zone = "America/Los_Angeles" if given.connector in {"amazon_sp", "tiktok_shop"} else "Asia/Shanghai"
        if given.facts:
            ref = StreamRef(given.connector, given.stream, feeding.SHOP)
            declared.append(SourceAccount(ref=ref, feeds=given.facts, zone=zone))
        else:
            feeding.account(con, given.connector, given.stream, zone=zone)
    if declared:
        set_source_accounts(con, declared)
    for given in streams:
        feeding.feed(con, given.connector, given.stream, given.payloads, key=given.key)
    build_core(con, "CNY", Attribution())


def _figures(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], list[Decimal]]:
    parts = ("platform_total", "credited", "unowned", "excluded")
    return {(r["platform"], r["measure"]): [r[part] for part in parts] for r in rows}


@pytest.mark.parametrize("platform", CASES)
def test_a_shop_of_any_connector_reconciles_to_the_fen(con: duckdb.DuckDBPyConnection, platform: str) -> None:
    streams, expected = CASES[platform]
    _build(con, streams)

    rows = reconcile(con, YEAR, ROLES)

    wanted = {(platform, name): [Decimal(x) for x in parts] for name, parts in expected.items()}
    assert _figures(rows) == wanted
    assert {row["difference"] for row in rows} == {0}


def test_shops_of_one_id_on_many_platforms_stand_beside_each_other(con: duckdb.DuckDBPyConnection) -> None:
    platforms = ("doudian", "tiktok_shop", "taobao", "amazon", "qianchuan")
    _build(con, [given for name in platforms for given in CASES[name][0]])

    rows = reconcile(con, YEAR, ROLES)

    assert {(r["platform"], r["measure"]) for r in rows} == {(p, m) for p in platforms for m in CASES[p][1]}
    assert {row["difference"] for row in rows} == {0}


@pytest.mark.parametrize("platform", ["doudian", "tiktok_shop", "amazon", "http_json"])
def test_a_line_that_two_people_own_whole_is_credited_twice_and_shows(
    con: duckdb.DuckDBPyConnection, platform: str
) -> None:
    _build(con, CASES[platform][0])
    once = _figures(reconcile(con, YEAR, ROLES))[platform, "gmv"]
    both = [w.own("shop", feeding.SHOP, "manager", p, "1", last="2026-11-10") for p in ("ann", "bob")]
    _own(con, *both)

    rows = reconcile(con, YEAR, ROLES)

    (gmv,) = (row for row in rows if row["measure"] == "gmv")
    assert (gmv["credited"], gmv["unowned"]) == (once[1] * 2, once[2])
    assert gmv["difference"] == -once[1]


@pytest.mark.parametrize("platform", ["doudian", "tiktok_shop", "taobao", "amazon", "http_json", "file_drop"])
@pytest.mark.parametrize("table", ["order_line", "refund"])
def test_a_line_that_stands_twice_shows_as_a_difference(
    con: duckdb.DuckDBPyConnection, platform: str, table: str
) -> None:
    _build(con, CASES[platform][0])
    amount, measure = ("paid_amount", "gmv") if table == "order_line" else ("amount", "refunds")
    which = f"rowid = (select max(rowid) from core_{table} where {amount} > 0 and business_date is not null)"
    row = con.execute(f"select {amount} from core_{table} where {which}").fetchone()
    con.execute(f"insert into core_{table} select * from core_{table} where {which}")

    rows = reconcile(con, YEAR, ROLES)

    assert row is not None
    assert {r["measure"]: r["difference"] for r in rows if r["difference"]} == {measure: -row[0]}


@pytest.mark.parametrize("platform", ["doudian", "tiktok_shop"])
def test_a_line_lost_on_the_way_shows_where_the_platform_states_the_total(
    con: duckdb.DuckDBPyConnection, platform: str
) -> None:
    _build(con, CASES[platform][0])
    con.execute("delete from core_order_line where line_id in ('694001', 'L1')")

    rows = reconcile(con, YEAR, ROLES)

    lost = {"doudian": Decimal("109.80"), "tiktok_shop": Decimal("19.00")}[platform]
    assert {r["measure"]: r["difference"] for r in rows if r["measure"] == "gmv"} == {"gmv": lost}


def test_a_line_without_a_record_behind_it_shows_as_a_difference(con: duckdb.DuckDBPyConnection) -> None:
    _build(con, CASES["amazon"][0])
    con.execute("delete from raw_amazon_sp_orders where payload ->> 'amazon_order_id' = 'S-1'")

    rows = reconcile(con, YEAR, ROLES)

    found = {r["measure"]: r["difference"] for r in rows if r["difference"]}
    assert found == {"gmv": Decimal("-7.77"), "orders": -1}


def test_lines_of_a_file_beside_a_shop_that_states_its_totals_add_to_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    filed = StreamRef("file_drop", "order_line", feeding.SHOP)
    (given, *_) = _stated("file_drop")
    orders, _ = _doudian()
    set_source_accounts(
        con, [SourceAccount(ref=filed, feeds=("order_line",), zone="Asia/Shanghai", platform="doudian"),
              SourceAccount(ref=StreamRef("doudian", "orders", feeding.SHOP), feeds=("order_line",), zone="Asia/Shanghai")],
    )  # fmt: skip
    for part in (given, orders):
        feeding.feed(con, part.connector, part.stream, part.payloads, key=part.key)
    build_core(con, "CNY", Attribution())

    rows = reconcile(con, YEAR, ROLES)

    wanted = [Decimal(a) + Decimal(b) for a, b in zip(STATED["gmv"], CASES["doudian"][1]["gmv"], strict=True)]
    assert _figures(rows)["doudian", "gmv"] == wanted
    assert {row["difference"] for row in rows} == {0}


def test_a_shop_that_is_owned_by_room_is_credited_by_room(con: duckdb.DuckDBPyConnection) -> None:
    _build(con, CASES["tiktok_shop"][0])
    _own(con, w.own("room", "our.shop", "manager", "ann", "0.25", last="2026-11-10"))

    rows = reconcile(con, YEAR, ROLES)

    live = _figures(rows)["tiktok_shop", "live_gmv"]
    assert live == [Decimal("48200.51"), Decimal("12050.125"), Decimal("36150.385"), 0]


def test_every_total_belongs_to_a_stream_that_feeds_what_it_is_compared_with() -> None:
    facts = {
        "gmv": "order_line",
        "orders": "order_line",
        "refunds": "refund",
        "tickets": "ticket",
        "live_gmv": "live_session",
    }
    fed = {(feed.stem, feed.table) for feed in shipped_feeds()}

    for name in statements("reconcile/totals"):
        stem, _, measure = name.partition("__")
        assert (stem, facts[measure]) in fed, name
