"""An export a company declares with `layout:` is recognised, proven by its own totals or days, loaded, and restated."""

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.file_drop import DropPlace, read_drop
from connectors.file_drop.manifest import read_manifest
from models.errors import CompanyError
from models.loads import FailedWindow, PulledWindow
from pipelines.commands.cli import main
from tests.connectors.file_drop import export_files as files
from tests.warehouse.facts.world import FactWorld

OCTOBER = ("2026-10-01", "2026-10-02")
FIRST = ("2026-10-01", "2026-10-01")


def declare(
    world: FactWorld,
    table: str,
    path: Path,
    days: tuple[str, str] = OCTOBER,
    layout: str = "auto",
    **stated: object,
) -> None:
    """The entry of an export."""
    name = path.relative_to(world.folder).as_posix()
    entry = {
        "table": table,
        "file": name,
        "layout": layout,
        "shop_id": "uk",
        "zone": "Asia/Shanghai",
        "from": days[0],
        "to": days[1],
    }
    world.drops[name] = ", ".join(f"{k}: {v}" for k, v in {**entry, **stated}.items())


def put(world: FactWorld, rows: Sequence[Sequence[object]], name: str = "exports/a.csv") -> Path:
    write = files.write_xlsx if name.endswith(".xlsx") else files.write_csv
    return write(world.folder / name, rows)


def read(world: FactWorld) -> PulledWindow | FailedWindow:
    work = world.work()
    return read_drop(
        work.company.drops[0], DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)
    )


def payloads(window: PulledWindow | FailedWindow) -> list[dict[str, object]]:
    assert isinstance(window, PulledWindow), window
    lines = window.records_path.read_text("utf-8").splitlines()
    return [json.loads(line)["payload"] for line in lines]


def refused(window: PulledWindow | FailedWindow) -> tuple[str, str]:
    assert isinstance(window, FailedWindow)
    return window.code, window.cause


def test_a_day_table_is_proven_by_its_days_and_kept_as_canonical_rows(world: FactWorld) -> None:
    declare(world, "traffic", put(world, files.SHOP_DAY, "exports/a.xlsx"))

    window = read(world)

    assert payloads(window) == [
        {"traffic_on": "2026-10-01", "source": "all", "visitors": "1234", "pageviews": "5678", "buyers": "56", "units": "78",
         "currency": "CNY", "paid_amount": "12345.60"},
        {"traffic_on": "2026-10-02", "source": "all", "visitors": "1000", "pageviews": "4000", "buyers": "40",
         "currency": "CNY", "paid_amount": "9999.99"},
    ]  # fmt: skip
    assert isinstance(window, PulledWindow)
    assert window.proof == "sycm_shop_day: 2 rows; every day from 2026-10-01 to 2026-10-02 is there"


def test_a_day_that_is_not_in_the_export_refuses_it(world: FactWorld) -> None:
    declare(world, "traffic", put(world, files.SHOP_DAY), ("2026-10-01", "2026-10-04"))

    assert refused(read(world)) == (
        "C168",
        "exports/a.csv: the export lacks days of its entry (2026-10-03, 2026-10-04)",
    )


def test_a_report_of_agents_is_proven_by_its_total_row(world: FactWorld) -> None:
    declare(world, "agent_day", put(world, files.QIANNIU, "exports/a.xlsx"), FIRST)

    window = read(world)

    assert [(p["agent_id"], p["served_on"], p["sales_amount"]) for p in payloads(window)] == [
        ("示例店:小白", "2026-10-01", "1000.30"),
        ("示例店:小青", "2026-10-01", "3456.70"),
    ]
    assert isinstance(window, PulledWindow)
    assert "询单最终付款金额 adds up to its total row 4457.00" in window.proof


@pytest.mark.parametrize(
    ("stated", "code"),
    [({}, "C169"), ({"rows": 4}, "C143"), ({"rows": 3, "totals": "{paid_amount: 1}"}, "C144")],
)
def test_an_export_without_totals_of_its_own_needs_the_count_of_its_rows(
    world: FactWorld, stated: dict[str, object], code: str
) -> None:
    declare(world, "order_line", put(world, files.DOUDIAN), **stated)

    assert refused(read(world))[0] == code


def test_nothing_personal_reaches_a_landed_byte(world: FactWorld) -> None:
    declare(world, "order_line", put(world, files.SHOPIFY), rows=3)
    declare(world, "order_line", put(world, files.DOUDIAN, "exports/b.csv"), rows=3, shop_id="dy")
    work = world.work()
    place = DropPlace(world.folder, work.home.landing, work.home.spool, work.as_of)

    windows = [read_drop(drop, place) for drop in work.company.drops]

    kept = b"".join(gzip.decompress(f.read_bytes()) for f in world.home.rglob("*.jsonl.gz"))
    assert [len(payloads(w)) for w in windows] == [3, 2]
    assert all(
        word.encode() not in kept
        for word in ("ann@example.com", "Ann Example", "555-0100", "138****0000", "林*")
    )


def test_a_wrong_row_of_an_export_is_named_with_its_row(world: FactWorld) -> None:
    declare(
        world, "order_line", put(world, files.changed(files.DOUDIAN, 1, "子订单编号", "6.91235E+18")), rows=3
    )

    code, cause = refused(read(world))

    assert code == "C158"
    assert cause.startswith("exports/a.csv:2: line_id: the id was turned into a number")


def test_an_unknown_export_is_refused_with_the_nearest_layouts(world: FactWorld) -> None:
    declare(world, "traffic", put(world, [["日期", "人数"], ["2026-10-01", "5"]]), rows=1)

    code, cause = refused(read(world))

    assert (code, "nearest: sycm_" in cause) == ("C164", True)


def test_an_export_of_another_table_is_told_which_one(world: FactWorld) -> None:
    declare(world, "traffic", put(world, files.FEIGE), rows=2)

    assert "agent_day, not traffic" in refused(read(world))[1]


def test_a_layout_of_the_companys_own_adds_to_the_shipped_ones_and_counts_as_a_change(
    world: FactWorld,
) -> None:
    rows = [["日", "客服", "接待"], ["2026-10-01", "小青", "5"], ["2026-10-02", "小青", "6"]]
    declare(world, "agent_day", put(world, rows), layout="mine", rows=2)
    layout = world.folder / "layouts/mine.yaml"
    layout.parent.mkdir(parents=True)
    text = (
        "name: mine\nlabel: {zh: 一, en: one}\nplatform: file\ntable: agent_day\ngrain: {zh: 一, en: one}\nverified: unverified\n"
        "source: ours\ncolumns:\n  served_on: {from: [日]}\n  agent_id: {from: [客服]}\n  buyers_served: {from: [接待]}\n"
    )
    layout.write_text(text, "utf-8")
    assert world.load()["fact_files_read"] == 1

    layout.write_text(text.replace("buyers_served", "buyers_asked"), "utf-8")

    assert world.load()["fact_files_read"] == 1
    assert world.load()["fact_files_read"] == 0
    layout.unlink()
    assert refused(read(world))[0] == "C166"


def test_the_same_days_delivered_again_replace_what_was_there(world: FactWorld) -> None:
    declare(world, "traffic", put(world, files.SHOP_DAY), platform="taobao")
    world.build()
    first = world.rows(
        "select cast(traffic_on as varchar), platform, visitors, paid_amount_base from core_traffic order by all"
    )

    declare(
        world, "traffic", put(world, files.changed(files.SHOP_DAY, 4, "访客数", "1,200")), platform="taobao"
    )
    world.build()

    assert first == [
        ("2026-10-01", "taobao", 1234, Decimal("12345.600000000000")),
        ("2026-10-02", "taobao", 1000, Decimal("9999.990000000000")),
    ]
    assert world.failures() == []
    assert world.rows("select visitors from core_traffic order by traffic_on") == [(1200,), (1000,)]


def test_orders_of_an_export_become_order_lines_of_their_local_day(world: FactWorld) -> None:
    declare(world, "order_line", put(world, files.DOUDIAN), platform="douyin", rows=3)

    world.build()

    assert world.failures() == []
    assert world.rows(
        "select line_id, cast(business_date as varchar), qty, paid_amount, epoch(paid_at) from core_order_line order by all"
    ) == [
        (
            "6912345678901234567",
            "2026-10-01",
            1,
            Decimal("1109.0000"),
            datetime(2026, 10, 1, 1, 1, tzinfo=UTC).timestamp(),
        ),
        (
            "6912345678901235001",
            "2026-10-02",
            2,
            Decimal("61.0000"),
            datetime(2026, 10, 2, 15, 59, 59, tzinfo=UTC).timestamp(),
        ),
    ]


ENTRY = "table: traffic, file: a.csv, shop_id: uk, zone: UTC, from: 2026-10-01, to: 2026-10-02"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "rows is missing"),
        (", layout: auto, columns: {visitors: x}", "`columns:` does not go with `layout:`"),
    ],
)
def test_an_entry_that_proves_nothing_is_refused_at_once(more: str, words: str) -> None:
    with pytest.raises(CompanyError) as caught:
        read_manifest(f"drops:\n  - {{{ENTRY}{more}}}\n")

    assert (caught.value.code, words in caught.value.what) == ("C140", True)


def test_an_entry_with_a_layout_needs_no_count() -> None:
    (drop,) = read_manifest(f"drops:\n  - {{{ENTRY}, layout: auto}}\n")

    assert (drop.layout, drop.rows, drop.first) == ("auto", None, date(2026, 10, 1))


def test_the_command_shows_what_a_file_is_and_its_entry(
    world: FactWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.work()
    path = put(world, files.SHOP_DAY, "exports/店铺 #1.xlsx")

    code = main(["connectors", "recognise", str(path), "--company", str(world.folder)])

    told = capsys.readouterr().out
    assert code == 0
    assert "sycm_shop_day: 生意参谋 店铺整体（按日）" in told
    assert "sheet Sheet1, header in row 4; fills traffic" in told
    entry = told.split("facts.yaml:\n")[1].replace("FILL-IN", "uk")
    (drop,) = read_manifest(f"drops:\n{entry}")
    assert (drop.file, drop.layout, drop.rows, drop.totals) == (
        "exports/店铺 #1.xlsx",
        "sycm_shop_day",
        2,
        {"paid_amount": Decimal("22345.59")},
    )


def test_the_command_keeps_a_mapping_of_an_unknown_file_once(
    world: FactWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.work()
    path = put(world, [["统计日期", "访客数", "浏览量"], ["2026-10-01", "1", "2"]], "exports/odd.csv")
    asked = ["connectors", "recognise", str(path), "--company", str(world.folder), "--write"]

    first = main(asked)
    kept = world.folder / "layouts/odd.yaml"
    again = main(["connectors", "recognise", str(path), "--company", str(world.folder)])
    kept.write_text(kept.read_text("utf-8").replace("platform: file", "surprise: 1"), "utf-8")
    spoilt = main(asked)

    told = capsys.readouterr()
    assert (first, again, spoilt) == (1, 0, 1)
    assert "written: layouts/odd.yaml" in told.out
    assert "odd: odd / odd" in told.out
    assert "[C166]" in told.err
