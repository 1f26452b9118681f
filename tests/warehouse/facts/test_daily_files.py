"""One entry of facts.yaml for a file a day: each day is proven by its own file, and one without a file is named."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.file_drop import read_manifest
from models.errors import CompanyError
from models.periods import day_bounds
from pipelines.steps.drops import absent_files
from tests.connectors.file_drop.export_files import QIANNIU, write_csv
from tests.warehouse.facts.world import FactWorld
from warehouse.raw.coverage import read_coverage

ENTRY = "table: agent_day, shop_id: uk, zone: Asia/Shanghai, layout: qianniu_agent_day, platform: taobao"
THREE = f'{ENTRY}, file: "exports/{{day}}.csv", from: 2026-10-01, to: 2026-10-03'


def manifest(*entries: str) -> str:
    return "drops:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def reported(world: FactWorld, *days: str) -> None:
    for day in days:
        write_csv(world.folder / "exports" / f"{day}.csv", QIANNIU)


def causes(world: FactWorld, *days: int) -> list[str | None]:
    """Why October days are not whole."""
    with world.warehouse() as con:
        coverage = read_coverage(con)
    (account,) = coverage.feeding("agent_day", ["uk"])
    found = [coverage.uncovered(account, day, day) for day in (date(2026, 10, n) for n in days)]
    return [cause and f"{cause.code} {cause.text}" for cause in found]


def test_an_entry_with_a_mark_is_one_file_a_day_in_either_spelling() -> None:
    compact = THREE.replace("{day}", "{yyyymmdd}").replace("shop_id: uk", "shop_id: la")

    drops = read_manifest(manifest(THREE, compact))

    assert [drop.file for drop in drops[2:4]] == ["exports/2026-10-03.csv", "exports/20261001.csv"]
    assert [(drop.first, drop.last) for drop in drops[:2]] == [
        (date(2026, 10, 1), date(2026, 10, 1)),
        (date(2026, 10, 2), date(2026, 10, 2)),
    ]


def test_a_file_is_the_same_drop_whichever_way_it_is_declared() -> None:
    alone = f"{ENTRY}, file: exports/2026-10-02.csv, from: 2026-10-02, to: 2026-10-02"

    assert read_manifest(manifest(alone))[0].statement() == read_manifest(manifest(THREE))[1].statement()


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        (THREE.replace("{day}", "{month}"), "C140", "{day} (2026-03-05) or {yyyymmdd} (20260305)"),
        (f"{THREE}, rows: 2", "C140", "`rows` is that of one file"),
        (f"{THREE}, totals: {{payers: 2}}", "C140", "`totals` is that of one file"),
    ],
)
def test_a_mark_that_says_no_day_and_a_proof_of_one_file_are_refused(
    entry: str, code: str, words: str
) -> None:
    with pytest.raises(CompanyError, match=code) as refused:
        read_manifest(manifest(entry))

    assert words in refused.value.line()


def test_a_day_of_a_pattern_and_a_file_of_the_same_day_contradict_each_other() -> None:
    other = f"{ENTRY}, file: exports/again.csv, from: 2026-10-02, to: 2026-10-02"

    with pytest.raises(CompanyError, match="C141"):
        read_manifest(manifest(THREE, other))


def test_a_day_without_its_file_is_missing_and_named_and_comes_with_it(world: FactWorld) -> None:
    world.drops["daily"] = THREE
    reported(world, "2026-10-01", "2026-10-03")

    world.build()

    first, second, third = causes(world, 1, 2, 3)
    assert (first, third) == (None, None)
    assert (second or "").startswith("C101 ")
    assert (second or "").endswith("2026-10-02.csv: the file is missing")
    [absent] = absent_files(world.work().company)
    assert absent.actual == "exports/2026-10-02.csv"

    reported(world, "2026-10-02")
    world.build()

    assert causes(world, 1, 2, 3) == [None, None, None]
    assert world.rows("select count(*), count(distinct served_on) from core_agent_day") == [(6, 3)]
    assert absent_files(world.work().company) == []


def test_a_file_that_does_not_prove_itself_costs_its_own_day_alone(world: FactWorld) -> None:
    world.drops["daily"] = THREE
    reported(world, "2026-10-01", "2026-10-02", "2026-10-03")
    path: Path = world.folder / "exports" / "2026-10-02.csv"
    path.write_bytes(path.read_bytes().replace(b"4,457.00", b"4,458.00"))

    world.build()

    first, second, third = causes(world, 1, 2, 3)
    assert (first, (second or "")[:4], third) == (None, "C167", None)


def test_a_day_that_is_not_over_needs_no_file_yet(world: FactWorld) -> None:
    world.drops["daily"] = THREE
    reported(world, "2026-10-01", "2026-10-02")
    world.as_of = day_bounds(date(2026, 10, 3), "Asia/Shanghai")[0]

    assert world.load()["fact_files_refused"] == 0

    world.as_of = datetime(2026, 10, 4, tzinfo=UTC)
    assert world.load()["fact_files_refused"] == 1
    assert (causes(world, 3)[0] or "").startswith("C101")
