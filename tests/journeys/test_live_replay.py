"""Real livestreams served in TikTok Shop's form, read into the warehouse, equal to the answers computed without us.

1,307 broadcasts of sellers' pages (../shared/data/fb_live, UCI 488), all of them, quarter by quarter. The set has no end, viewer
or sale: what needs those must come out missing, never 0. Skipped without ../shared.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from connectors.testing.clock import Clock
from connectors.testing.fakes.tiktok_shop import APP_KEY, CIPHER, REFRESH, SECRET, TikTokShopFake
from connectors.testing.world import FakeRecord
from connectors.tiktok_shop import TikTokShop
from models.definitions.load import Definitions, load_definitions
from models.loads import PulledWindow, SourceAccount, StreamRef
from models.periods import Period
from tests.connectors.against_fake import served
from tests.warehouse.world import own, put
from warehouse.facts.build import build_core
from warehouse.figures.actuals import compute_spans
from warehouse.raw.load import load_window, set_source_accounts
from warehouse.store.connect import open_warehouse

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
POSTS = SHARED / "fb_live/posts.parquet"
BANGKOK = ZoneInfo("Asia/Bangkok")
NOW = datetime(2018, 1, 5, 3, tzinfo=UTC)
ACCOUNT = {
    "shop_id": "thai-sellers",
    "zone": "Asia/Bangkok",
    "currency": "THB",
    "secrets": {"app_secret": SECRET, "refresh_token": REFRESH},
    "settings": {
        "app_key": APP_KEY,
        "shop_cipher": CIPHER,
        "account_types": "OFFICIAL_ACCOUNTS",
        "max_window_days": "92",  # four years by single days would be 3,000 requests
    },
}
_READ = """
select status_id, split_part(status_id, '_', 1), num_reactions, num_comments, num_shares, status_published
from read_parquet(?) where status_type = 'video' order by status_id
"""
_FIGURES = """
with live as (
    select s.room_id as page_id, strftime(s.started_on, '%Y-%m') as month, s.comments,
        cast(r.payload ->> 'likes' as bigint) as reactions, cast(r.payload ->> 'shares' as bigint) as shares
    from core_live_session as s
    inner join raw_tiktok_shop_lives as r on r.shop_id = s.shop_id and r.record_key = s.session_id
)
select {key}, count(*) as live_sessions, sum(reactions)::bigint as reactions, sum(comments)::bigint as comments,
    sum(shares)::bigint as shares{more}
from live group by 1 order by 1
"""

pytestmark = pytest.mark.skipif(not POSTS.exists(), reason="the real livestreams are not here")


class ReplayedLives(TikTokShopFake):
    """The shop whose livestreams really happened; what the set does not state is left out."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.zone = BANGKOK
        self.world.streams["lives"] = {}
        for key, page, reactions, comments, shares, text in duckdb.execute(_READ, [str(POSTS)]).fetchall():
            start = _instant(text)
            reached = {"likes": reactions, "comments": comments, "shares": shares}
            raw = {
                "id": key,
                "username": page,
                "start_time": int(start.timestamp()),
                "interaction_performance": reached,
            }
            self.world.put("lives", FakeRecord(key, start, start, raw, {}))

    def kind_of(self, entry: FakeRecord) -> str:
        """All pages are the sellers' own."""
        return "OFFICIAL_ACCOUNTS"


def _instant(text: str) -> datetime:
    """The file's local time; a third of its years have two digits."""
    year = "%Y" if len(text.partition(" ")[0].rpartition("/")[2]) == 4 else "%y"
    return datetime.strptime(text, f"%m/%d/{year} %H:%M").replace(tzinfo=BANGKOK)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with every livestream in it."""
    folder, clock = tmp_path_factory.mktemp("replay"), Clock(NOW)
    ref = StreamRef("tiktok_shop", "lives", "thai-sellers")
    with open_warehouse(folder / "home") as connection:
        account = SourceAccount(
            ref=ref,
            feeds=("live_session",),
            zone="Asia/Bangkok",
            active_from="2013-09-01",
            platform="tiktok_shop",
        )
        set_source_accounts(connection, [account])
        person = {"person_id": "som", "name": "som", "role_id": "ops", "valid_from": date(2012, 1, 1)}
        put(connection, "core_person", [person])
        put(connection, "core_ownership", [own("shop", "thai-sellers", "ops", "som", "1")])
        with served(ReplayedLives(clock), clock, folder, ACCOUNT) as fake:
            for window in fake.pull(TikTokShop(), "lives", span_from=datetime(2013, 8, 31, 17, tzinfo=UTC)):
                assert isinstance(window, PulledWindow), window
                load_window(connection, window)
        build_core(connection, "THB")
        yield connection


def _expected(name: str) -> list[tuple[str, ...]]:
    with (SHARED / "expected" / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def _asked(con: duckdb.DuckDBPyConnection, key: str, more: str) -> list[tuple[str, ...]]:
    found = con.execute(_FIGURES.format(key=key, more=more)).fetchall()
    return [tuple(map(str, row)) for row in found]


def test_every_page_has_its_livestreams_reactions_comments_and_shares(con: duckdb.DuckDBPyConnection) -> None:
    more = (
        ", round(sum(comments) / count(*), 6), median(comments),"
        " round((sum(reactions) + sum(comments) + sum(shares)) / count(*), 6)"
    )

    assert _asked(con, "page_id", more) == _expected("live_by_page.csv")


def test_every_month_has_its_livestreams_reactions_comments_and_shares(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert _asked(con, "month", ", median(comments)") == _expected("live_monthly.csv")


def test_a_month_without_a_livestream_counts_none_and_what_is_not_stated_is_missing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    periods = [Period.parse("2017-12"), Period.parse("2015-07")]

    found = {(a.kpi_id, a.period): a for a in compute_spans(con, _definitions(), periods)}

    told: dict[Any, Any] = {key: (a.value, a.status) for key, a in found.items()}
    assert told["live_comments", "2017-12"] == (Decimal(169433), "scored")
    assert told["live_comments", "2015-07"] == (Decimal(0), "scored"), "read whole, and there was none"
    for kpi in ("live_gmv", "live_viewers", "live_minutes"):
        assert told[kpi, "2017-12"] == (None, "missing")
        assert found[kpi, "2017-12"].cause


def _definitions() -> Definitions:
    kpis = "".join(
        f"""
  - id: {name}
    effective_from: 2012-01-01
    label: {{zh: {name}, en: {name}}}
    formula: {{zh: {name}, en: {name}}}
    kind: result
    unit: count
    direction: higher
    decimals: 0
    numerator: [{{fact: live_session, sum: {column}, date: started_on}}]"""
        for name, column in (
            ("live_comments", "comments"),
            ("live_gmv", "gmv_base"),
            ("live_viewers", "viewers"),
            ("live_minutes", "minutes"),
        )
    )
    lines = "".join(
        f"\n          - {{kpi: {name}, duty: all, weight: 25, target: 100, method: score.linear}}"
        for name in ("live_comments", "live_gmv", "live_viewers", "live_minutes")
    )
    text = f"""
grade_tables:
  - id: standard
    effective_from: 2012-01-01
    bands: [{{grade: B, max: 60, coefficient: 0}}, {{grade: A, min: 60, coefficient: 1}}]
kpis:{kpis}
roles:
  - id: ops
    effective_from: 2012-01-01
    label: {{zh: 直播运营, en: Live operations}}
    duties: [{{id: all, zh: 全部, en: all}}]
    cycle: M
    missing: pending
    grade_table: standard
    dimensions:
      - id: result
        label: {{zh: 结果, en: result}}
        weight: 100
        kpis:{lines}
"""
    return load_definitions({"test.yaml": text})
