"""A fact file is proven by its range, row count and totals, or nothing of it is loaded and the cause is named."""

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.file_drop import DropPlace, read_drop, replay_drop
from connectors.kit.contract.errors import LandingDamaged
from connectors.kit.contract.redact import pseudonym
from models.errors import CompanyError, DefinitionError
from models.loads import FailedWindow, PulledWindow
from pipelines.company.company import load_company
from pipelines.steps.drops import load_facts
from tests.warehouse.facts.world import FactWorld
from warehouse.raw.coverage import read_coverage
from warehouse.raw.drops import known_drops, note_drop
from warehouse.raw.load import load_window


def visits(day: str, visitors: object, source: str = "organic") -> dict[str, object]:
    return {"traffic_on": day, "source": source, "visitors": visitors}


def proven(world: FactWorld, table: str, day: str) -> str | None:
    """The code of the cause why a day is not proven; None when it is."""
    with world.warehouse() as con:
        coverage = read_coverage(con)
    (account,) = coverage.feeding(table, ["uk"])
    cause = coverage.uncovered(account, date.fromisoformat(day), date.fromisoformat(day))
    return cause.code if cause else None


def stored(world: FactWorld) -> list[tuple[str, int]]:
    return world.rows("select cast(traffic_on as varchar), visitors from core_traffic order by all")


def test_a_file_that_adds_up_is_loaded_and_proves_its_days(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10), visits("2026-10-31", 20)], totals="{visitors: 30}")

    world.build()

    assert stored(world) == [("2026-10-01", 10), ("2026-10-31", 20)]
    assert [proven(world, "traffic", d) for d in ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")] == [
        "M207", None, None, "M207",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "code", "words"),
    [
        ({"rows": 3}, "C143", "2 rows, 3 declared"),
        (
            {"totals": "{visitors: 31}"},
            "C144",
            "visitors: the file does not add up to the declared total (30, 31 declared)",
        ),
    ],
)
def test_a_wrong_row_count_or_total_loads_nothing_and_says_so(
    world: FactWorld, declared: dict[str, object], code: str, words: str
) -> None:
    world.drop("traffic", [visits("2026-10-01", 10), visits("2026-10-31", 20)], **declared)

    world.build()

    (failure,) = world.failures()
    assert (failure[0], words in failure[1]) == (code, True)
    assert stored(world) == []
    assert proven(world, "traffic", "2026-10-05") == code


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (visits("2026-10-02", "12x"), "C153", ".csv:3: visitors: this is no whole number ('12x')"),
        (
            visits("2026-11-01", 5),
            "C145",
            ".csv:3: traffic_on: the row lies outside the days of its file (2026-11-01",
        ),
        (visits("", 5), "C150", ".csv:3: traffic_on: the cell is empty"),
        (visits("2026-10-01", 5), "C114", "two rows are the same traffic entry"),
        (visits("2026-10-02", 5, "magic"), "C156", ".csv:3: source: this value is not in use"),
    ],
)
def test_one_bad_row_refuses_the_file_and_is_named(
    world: FactWorld, row: dict[str, object], code: str, words: str
) -> None:
    world.drop("traffic", [visits("2026-10-01", 10), row])

    world.build()

    (failure,) = world.failures()
    assert failure[0] == code
    assert words in failure[1]
    assert stored(world) == []


def test_a_missing_file_costs_its_own_days_only(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    world.drop(
        "traffic", [visits("2026-11-01", 20)], days=("2026-11-01", "2026-11-30"), name="facts/gone.csv"
    )
    (world.folder / "facts/gone.csv").unlink()

    world.build()

    assert stored(world) == [("2026-10-01", 10)]
    assert (proven(world, "traffic", "2026-10-01"), proven(world, "traffic", "2026-11-01")) == (None, "C101")


def test_a_gbk_file_with_chinese_headers_is_read_where_it_says_so(world: FactWorld) -> None:
    rows = [{"日期": "2026-10-01", "流量来源": "paid", "访客数": 7}]
    world.drop("traffic", rows, written_as="gbk", encoding="gbk")
    world.build()
    assert stored(world) == [("2026-10-01", 7)]

    world.drops = {name: entry.replace(", encoding: gbk", "") for name, entry in world.drops.items()}
    world.build()

    assert world.failures()[0][0] == "C105"
    assert proven(world, "traffic", "2026-10-01") == "C105"


def test_a_file_dropped_again_replaces_the_rows_of_its_days(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10), visits("2026-10-02", 20), visits("2026-10-03", 30)])
    world.drop("traffic", [visits("2026-11-01", 99)], days=("2026-11-01", "2026-11-30"))
    world.build()

    world.drop("traffic", [visits("2026-10-01", 10), visits("2026-10-02", 21)])
    world.build()

    assert stored(world) == [("2026-10-01", 10), ("2026-10-02", 21), ("2026-11-01", 99)]
    assert world.rows("select new_rows, changed_rows from load_window order by load_seq")[-1] == (0, 1)


def test_an_unchanged_file_is_not_taken_in_twice(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    world.build()
    before = world.rows("select * from load_window")

    world.as_of = datetime(2026, 12, 2, tzinfo=UTC)
    counts = world.load()

    assert list(counts.values()) == [1, 0, 0, 0]
    assert world.rows("select * from load_window") == before


def test_a_corrected_file_heals_its_days_and_a_broken_one_unproves_them(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)], rows=2)
    world.build()
    assert proven(world, "traffic", "2026-10-01") == "C143"

    world.drop("traffic", [visits("2026-10-01", 10)])
    world.build()
    assert proven(world, "traffic", "2026-10-01") is None

    world.drop("traffic", [visits("2026-10-01", 11)], rows=5)
    world.build()
    assert proven(world, "traffic", "2026-10-01") == "C143"
    assert stored(world) == [("2026-10-01", 10)]


def test_a_file_no_longer_listed_takes_its_rows_along(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)], name="facts/old.csv")
    world.drop("traffic", [visits("2026-11-01", 20)], days=("2026-11-01", "2026-11-30"))
    world.build()

    world.remove("facts/old.csv")
    world.build()

    assert stored(world) == [("2026-11-01", 20)]
    assert (proven(world, "traffic", "2026-10-01"), proven(world, "traffic", "2026-11-01")) == ("C148", None)


def test_the_last_file_of_a_table_can_go_too(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)], name="facts/old.csv")
    world.build()

    world.remove("facts/old.csv")
    world.build()

    assert stored(world) == []


def test_a_range_can_be_redrawn(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10), visits("2026-10-20", 20)], name="facts/a.csv")
    world.build()

    world.remove("facts/a.csv")
    world.drop("traffic", [visits("2026-10-01", 10)], days=("2026-10-01", "2026-10-15"), name="facts/a.csv")
    world.build()

    assert stored(world) == [("2026-10-01", 10)]
    assert (proven(world, "traffic", "2026-10-10"), proven(world, "traffic", "2026-10-20")) == (None, "C148")


def task(key: str, due: str) -> dict[str, object]:
    return {"task_id": key, "assignee_id": "P1", "type": "design", "due_at": due}


def test_a_row_that_moves_from_one_file_to_another_moves(world: FactWorld) -> None:
    november = ("2026-11-01", "2026-11-30")
    world.drop("task", [task("T1", "2026-11-05 10:00")], days=november)
    world.drop("task", [task("T2", "2026-10-05 10:00")])
    world.build()

    world.drop("task", [task("T3", "2026-11-06 10:00")], days=november)
    world.drop("task", [task("T1", "2026-10-09 10:00"), task("T2", "2026-10-05 10:00")])
    world.build()

    assert world.failures() == []
    moved = world.rows("select task_id, cast(due_on as varchar) from core_task order by all")
    assert moved == [("T1", "2026-10-09"), ("T2", "2026-10-05"), ("T3", "2026-11-06")]


def test_a_row_that_stands_in_two_files_is_refused_until_one_gives_way(world: FactWorld) -> None:
    november = ("2026-11-01", "2026-11-30")
    world.drop("task", [task("T1", "2026-10-05 10:00")])
    world.drop("task", [task("T1", "2026-11-05 10:00")], days=november)
    world.build()
    assert world.failures()[0][0] == "W205"
    assert proven(world, "task", "2026-11-05") == "W205"

    world.drop("task", [task("T2", "2026-10-05 10:00")])
    world.build()

    assert world.rows("select task_id from core_task order by all") == [("T1",), ("T2",)]
    assert proven(world, "task", "2026-11-05") is None


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"days": ("2026-10-31", "2026-11-30")}, "C141"),
        ({"days": ("2026-11-01", "2026-11-30"), "zone": "UTC"}, "C141"),
        ({"days": ("2026-11-01", "2026-10-30")}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "table": "live_share"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "file": "../outside.csv"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "file": "/etc/passwd"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "shop_id": "'../../up'"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "totals": "{visits: 3}"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "rows": "1.5"}, "C140"),
        ({"days": ("2026-11-01", "2026-11-30"), "encoding": "latin-1"}, "C140"),
    ],
)
def test_a_manifest_that_cannot_hold_is_refused_before_anything_is_read(
    world: FactWorld, second: dict[str, object], code: str
) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    world.drop("traffic", [visits("2026-11-01", 20)], name="facts/second.csv", **second)  # type: ignore[arg-type]

    with pytest.raises((CompanyError, DefinitionError)) as refused:
        world.work()

    assert refused.value.code == code
    assert "facts.yaml" in refused.value.where


def test_a_table_that_a_connector_feeds_takes_no_file_of_the_same_shop(world: FactWorld) -> None:
    world.drop("refund", [])
    world.work()
    sources = 'sources: [{connector: shopify, shop_id: uk, zone: UTC, base_url: "https://x.example", secrets: {token: "${T}"}}]'
    (world.folder / "sources.yaml").write_text(sources, "utf-8")

    with pytest.raises(CompanyError, match="C142") as refused:
        load_company(world.folder)

    assert "sources.yaml" in refused.value.where


def test_days_that_are_not_over_cannot_be_claimed_and_count_once_they_are(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    world.as_of = datetime(2026, 10, 20, tzinfo=UTC)
    world.build()
    assert world.failures()[0][0] == "C147"

    world.as_of = datetime(2026, 11, 2, tzinfo=UTC)
    world.build()

    assert proven(world, "traffic", "2026-10-20") is None


def test_a_buyer_is_kept_as_a_hash_only_and_messages_do_not_repeat_one(world: FactWorld) -> None:
    chat = {"chat_id": "C1", "agent_id": "A1", "buyer_id": "13800138000", "started_at": "2026-10-01 09:00"}
    world.drop("chat", [chat])
    world.build()

    kept = b"".join(gzip.decompress(f.read_bytes()) for f in world.home.rglob("*.jsonl.gz"))
    assert b"13800138000" not in kept + (world.home / "warehouse.duckdb").read_bytes()
    assert world.rows("select buyer_id from core_chat") == [(pseudonym("13800138000"),)]

    world.drop("chat", [chat | {"buyer_id": "13800138000\u202e"}])
    world.build()
    assert "buyer_id" in world.failures()[0][1]
    assert "13800138000" not in world.failures()[0][1]


def test_a_time_without_an_offset_is_the_shops_and_one_the_clock_never_showed_is_refused(
    world: FactWorld,
) -> None:
    world.drop("task", [task("T1", "2026-10-05 00:30"), task("T2", "2026-10-05T00:30:00+01:00")])
    world.build()
    assert world.rows(
        "select task_id, epoch(due_at), cast(due_on as varchar) from core_task order by all"
    ) == [
        ("T1", datetime(2026, 10, 4, 16, 30, tzinfo=UTC).timestamp(), "2026-10-05"),
        ("T2", datetime(2026, 10, 4, 23, 30, tzinfo=UTC).timestamp(), "2026-10-05"),
    ]

    days = ("2026-03-01", "2026-03-31")
    world.drop("task", [task("T3", "2026-03-29 01:30")], days=days, zone="Europe/London", shop_id="ldn")
    world.build()

    assert world.failures()[0][0] == "C151"
    assert "Europe/London never showed this time" in world.failures()[0][1]


def test_money_without_a_currency_is_refused_unless_the_entry_states_one(world: FactWorld) -> None:
    row = {"ad_on": "2026-10-01", "campaign_id": "K1", "spend": "12.50"}
    world.drop("ad", [row])
    world.build()
    assert world.failures()[0][0] == "C150"

    world.put(
        "core_rate",
        [
            {
                "currency": "USD",
                "base_currency": "CNY",
                "rate_date": "2026-09-30",
                "rate": Decimal("7.1"),
                "source": "t",
            }
        ],
    )
    world.drop("ad", [row], currency="USD")
    world.build()

    assert world.rows("select currency, fx_rate, spend_base from core_ad") == [
        ("USD", Decimal("7.10000000"), Decimal("88.750000000000"))
    ]


def test_a_kill_between_landing_and_load_is_harmless(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    work = world.work()
    (drop,) = work.company.drops
    place = DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)
    with world.warehouse():
        pass  # a run makes it before it reads anything
    read_drop(drop, place)  # killed here: the landing file exists, nothing is loaded
    assert [p.name[-9:] for p in work.home.landing.rglob("*.gz")] == [".jsonl.gz"]

    world.build()

    assert stored(world) == [("2026-10-01", 10)]
    assert len(list(work.home.landing.rglob("*.gz"))) == 1


def test_a_kill_between_load_and_its_note_is_harmless(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    work = world.work()
    with world.warehouse():
        pass  # a run makes it before it reads anything
    window = read_drop(
        work.company.drops[0], DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)
    )
    assert isinstance(window, PulledWindow)
    with world.warehouse() as con:
        load_window(con, window)  # killed here: loaded, but not noted

    world.build()
    later = replace(work, as_of=datetime(2026, 12, 9, tzinfo=UTC))
    load_facts(later)

    assert stored(world) == [("2026-10-01", 10)]
    assert world.rows("select count(*) from load_window") == [(1,)]


def test_the_landing_file_alone_gives_the_same_window(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-02", 20), visits("2026-10-01", 10)])
    work = world.work()
    place = DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)
    window = read_drop(work.company.drops[0], place)
    assert isinstance(window, PulledWindow)
    records = window.records_path.read_bytes()
    landed = work.home.landing / window.landing_file

    again = replay_drop(
        landed.relative_to(work.home.landing), root=work.home.landing, as_of=work.as_of,
        spool=work.home.spool / "again", sha256=window.landing_sha256,
    )  # fmt: skip

    assert hashlib.sha256(landed.read_bytes()).hexdigest() == window.landing_sha256
    assert again.records_path.read_bytes() == records
    assert replace(again, records_path=window.records_path) == window
    landed.write_bytes(landed.read_bytes()[:-9])
    with pytest.raises(LandingDamaged):
        replay_drop(
            landed.relative_to(work.home.landing), root=work.home.landing, as_of=work.as_of,
            spool=work.home.spool, sha256=window.landing_sha256,
        )  # fmt: skip


def test_a_folder_that_links_out_of_the_company_is_not_followed(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)], name="inside/traffic.csv")
    (world.folder / "inside").rename(world.root / "outside")
    (world.folder / "inside").symlink_to(world.root / "outside")
    work = world.work()

    window = read_drop(
        work.company.drops[0], DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)
    )

    assert isinstance(window, FailedWindow)
    assert window.code == "C102"


def test_what_is_remembered_of_a_drop_is_replaced_not_added(world: FactWorld) -> None:
    world.drop("traffic", [visits("2026-10-01", 10)])
    world.build()
    with world.warehouse() as con:
        (known,) = known_drops(con, "file_drop")
        note_drop(con, replace(known, digest="other"))
        assert [k.digest for k in known_drops(con, "file_drop")] == ["other"]


def test_a_file_may_go_back_to_what_it_was(world: FactWorld) -> None:
    for visitors in (10, 11, 10):
        world.drop("traffic", [visits("2026-10-01", visitors)])
        world.build()
        assert stored(world) == [("2026-10-01", visitors)]
