"""Attribution across facts on rows of connectors: chats, livestreams, owners and refunds follow whatever comes later."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.attribution import Attribution
from models.loads import SourceAccount, StreamRef
from models.tables import FACTS
from tests.warehouse import world as w
from warehouse.facts.attribution import build_linked
from warehouse.facts.feeds import Feed
from warehouse.facts.refill import Scope
from warehouse.raw.load import set_source_accounts
from warehouse.store.connect import open_warehouse, transaction
from warehouse.store.sqltext import Sql, literal


def _select(table: str, *columns: str) -> str:
    """A feed whose payload fields are named as the columns."""
    types = {c.name: c.sql_type for c in FACTS[table].columns}
    casts = "".join(f", cast(payload ->> {literal(c)} as {types[c]}) as {c}" for c in columns)
    return f"select platform, shop_id, record_key as source_row_id, zone{casts} from feed_record"


def _feed(stream: str, table: str, *columns: str) -> Feed:
    return Feed(
        stem=f"mall_{stream}",
        table=table,
        record="source_row_id",
        select=Sql(_select(table, *columns)),
        is_final=True,
        origin="a feed of this test",
    )


_LINE = (
    "order_id",
    "line_id",
    "qty",
    "paid_amount",
    "currency",
    "paid_at",
    "buyer_id",
    "live_session_id",
    "content_id",
)
LINES = _feed("lines", "order_line", *_LINE)
STATING = _feed("lines", "order_line", *_LINE, "cs_agent_id")
REFUNDS = _feed(
    "refunds",
    "refund",
    "refund_id",
    "refund_line_id",
    "order_id",
    "line_id",
    "qty",
    "amount",
    "currency",
    "refunded_at",
)
CHATS = _feed("chats", "chat", "chat_id", "agent_id", "buyer_id", "started_at")
ROOMS = _feed("rooms", "live_session", "session_id", "room_id", "started_at", "currency", "gmv")
CONTENT = _feed("content", "content", "content_id", "employee_id", "type", "published_at")
FEEDS = (CHATS, CONTENT, LINES, REFUNDS, ROOMS)


class Mall:
    """One shop whose streams are loaded and built by hand."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.con = con
        self.folder = folder
        self.built = 0
        streams = {feed.stem.removeprefix("mall_"): feed.table for feed in FEEDS}
        set_source_accounts(
            con,
            [
                SourceAccount(
                    ref=StreamRef("mall", s, "m"), feeds=(t,), zone="Asia/Shanghai", platform="mall"
                )
                for s, t in streams.items()
            ],
        )
        for feed in FEEDS:
            con.execute(
                f"create table {feed.raw_table} (shop_id varchar, record_key varchar, record_day date,"
                " version_at timestamptz, row_hash varchar, payload json, load_seq bigint)"
            )

    def load(self, stream: str, *rows: dict[str, Any]) -> None:
        (loads,) = self.con.execute("select count(*) from load_window").fetchone() or (0,)
        when = datetime(2026, 10, 20, 0, loads, tzinfo=UTC).isoformat()
        payloads = [
            {"id": next(iter(r.values())), "created_at": "2026-10-01", "updated_at": when} | r for r in rows
        ]
        w.load(self.con, self.folder, StreamRef("mall", stream, "m"), payloads, as_of=when)

    def build(self, feeds: Sequence[Feed] = FEEDS, *, anew: bool = False) -> None:
        with transaction(self.con):
            if anew:
                for name in FACTS:
                    self.con.execute(f"delete from core_{name}")
            build_linked(
                self.con, "CNY", Attribution(), feeds, Scope(0 if anew else self.built, is_whole=anew)
            )
        (self.built,) = self.con.execute("select max(load_seq) from load_window").fetchone() or (0,)

    def rows(self, sql: str) -> list[Any]:
        return self.con.execute(sql).fetchall()


@pytest.fixture
def mall(tmp_path: Path) -> Iterator[Mall]:
    with open_warehouse(tmp_path / "home") as con:
        yield Mall(con, tmp_path)


def line(key: str, **more: Any) -> dict[str, Any]:
    return {
        "line_id": key, "order_id": f"O{key}", "qty": 1, "paid_amount": "100", "currency": "CNY",
        "paid_at": "2026-10-01T12:00:00+08:00", **more,
    }  # fmt: skip


def refund(key: str, of: str, **more: Any) -> dict[str, Any]:
    return {
        "refund_line_id": key, "refund_id": key, "order_id": f"O{of}", "line_id": of, "qty": 1, "amount": "30", "currency": "CNY",
        "refunded_at": "2026-10-09T12:00:00+08:00", **more,
    }  # fmt: skip


def chat(key: str, agent: str, when: str = "09:00") -> dict[str, Any]:
    return {"chat_id": key, "agent_id": agent, "buyer_id": "B1", "started_at": f"2026-10-01T{when}:00+08:00"}


def test_an_order_and_its_refund_follow_the_last_chat_of_a_connector(mall: Mall) -> None:
    mall.load("lines", line("1", buyer_id="B1"))
    mall.load("refunds", refund("R", "1"))
    mall.load("chats", chat("C1", "anna"))
    mall.build()
    mall.load("chats", chat("C2", "ben", "11:00"))

    mall.build()

    assert mall.rows("select chat_id, cs_agent_id from core_order_line") == [("C2", "ben")]
    assert mall.rows("select chat_id, cs_agent_id from core_refund") == [("C2", "ben")]
    assert mall.rows("select chat_id, credited_base, refunded_base, buyer_paid_within_window from core_chat order by 1") == [
        ("C1", Decimal(0), Decimal(0), True), ("C2", Decimal(100), Decimal(30), True),
    ]  # fmt: skip


def test_an_agent_the_platform_states_stays_and_others_are_found(mall: Mall) -> None:
    feeds = (CHATS, CONTENT, STATING, REFUNDS, ROOMS)
    mall.load("lines", line("1", buyer_id="B1", cs_agent_id="cora"), line("2", buyer_id="B1"))
    mall.load("chats", chat("C1", "anna"))
    mall.build(feeds)
    mall.load("chats", chat("C2", "ben", "11:00"))

    mall.build(feeds)

    assert mall.rows("select line_id, chat_id, cs_agent_id from core_order_line order by 1") == [
        ("1", None, "cora"), ("2", "C2", "ben"),
    ]  # fmt: skip


def test_a_livestream_that_is_read_after_its_orders_gives_them_their_room(mall: Mall) -> None:
    mall.load("lines", line("1", live_session_id="L1"))
    mall.load("refunds", refund("R", "1"))
    mall.build()
    session = {
        "session_id": "L1",
        "room_id": "ROOM",
        "started_at": "2026-10-01T08:00:00+08:00",
        "currency": "CNY",
        "gmv": "100",
    }
    mall.load("rooms", session)

    mall.build()

    assert (
        mall.rows("select room_id from core_order_line union all select room_id from core_refund")
        == [("ROOM",)] * 2
    )
    assert mall.rows("select refunded_base from core_live_session") == [(Decimal(30),)]
    assert mall.rows("select gmv_base from core_live_share") == [(Decimal(100),)]


def test_another_author_takes_over_orders_and_refunds(mall: Mall) -> None:
    mall.load("lines", line("1", content_id="V1"))
    mall.load("refunds", refund("R", "1"))
    post = {
        "content_id": "V1",
        "employee_id": "anna",
        "type": "video",
        "published_at": "2026-10-01T08:00:00+08:00",
    }
    mall.load("content", post)
    mall.build()
    mall.load("content", post | {"employee_id": "ben"})

    mall.build()

    assert (
        mall.rows("select owner_id from core_order_line union all select owner_id from core_refund")
        == [("ben",)] * 2
    )


def test_a_refund_that_comes_before_its_order_takes_the_orders_day_later(mall: Mall) -> None:
    mall.load("refunds", refund("R", "1"))
    mall.build()
    before = mall.rows("select order_business_date, is_excluded from core_refund")
    mall.load("lines", line("1"))

    mall.build()

    assert before == [(None, False)]
    assert mall.rows("select day(order_business_date), content_id from core_refund") == [(1, None)]


@pytest.mark.parametrize("feeds", [FEEDS, (CHATS, CONTENT, STATING, REFUNDS, ROOMS)], ids=["found", "stated"])
def test_built_step_by_step_or_at_once_the_tables_are_the_same(mall: Mall, feeds: Sequence[Feed]) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("refunds", refund("R1", "1")), ("lines", line("1", buyer_id="B1", cs_agent_id="cora")), ("chats", chat("C1", "anna")),
        ("lines", line("2", buyer_id="B1", live_session_id="L1", content_id="V1")), ("refunds", refund("R2", "2", line_id=None)),
        ("content", {"content_id": "V1", "employee_id": "x", "type": "video", "published_at": "2026-10-01T08:00:00+08:00"}),
        ("lines", line("1", buyer_id="B2")), ("chats", chat("C2", "ben", "11:00")),
        ("rooms", {"session_id": "L1", "room_id": "R", "started_at": "2026-10-01T08:00:00+08:00", "currency": "CNY", "gmv": "1"}),
        ("lines", line("2", buyer_id="B1")),
    ]  # fmt: skip
    for stream, row in steps:
        mall.load(stream, row)
        mall.build(feeds)
    by_steps = {name: mall.rows(f"select * from core_{name} order by all") for name in FACTS}

    mall.build(feeds, anew=True)

    assert {name: mall.rows(f"select * from core_{name} order by all") for name in FACTS} == by_steps
