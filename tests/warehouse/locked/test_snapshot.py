"""A snapshot is written whole, the same rows give the same bytes, and whoever changes a byte of it is found."""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.closing.manifest import LockedPeriod, Manifest
from models.errors import WarehouseError
from models.periods import Period
from tests.warehouse.locked_world import TEXTS, fill, locked
from warehouse.figures.reaching import reaching
from warehouse.locked import snapshot
from warehouse.locked.proof import damages, noted_heads, whole_manifest
from warehouse.locked.restore import differing, keep
from warehouse.locked.snapshot import one_at_a_time
from warehouse.store.connect import open_warehouse
from warehouse.store.rows import insert_rows

Mutation = Callable[[Path, random.Random], str]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LockedPeriod]:
    home = tmp_path_factory.mktemp("home")
    fill(home)
    return home, locked(home)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    fill(tmp_path)

    first, second = locked(tmp_path), locked(tmp_path, version=2)

    a, b = (whole_manifest(tmp_path, lock) for lock in (first, second))
    assert a.files == b.files
    assert [(tmp_path / "locked" / lock.folder).is_dir() for lock in (first, second)] == [True, True]


def test_a_manifest_is_read_as_it_was_written(once: tuple[Path, LockedPeriod]) -> None:
    home, lock = once
    found = whole_manifest(home, lock)

    assert Manifest.read(found.content) == found
    assert found.files["scorecard.parquet"].rows == 5
    assert found.files[next(iter(TEXTS))].rows is None


def _file(folder: Path, chance: random.Random) -> Path:
    return chance.choice([p for p in sorted(folder.rglob("*")) if p.is_file()])


def _bit(folder: Path, chance: random.Random) -> str:
    path = _file(folder, chance)
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return path.name


def _digit(folder: Path, chance: random.Random) -> str:
    path = folder / "manifest.json"
    text = list(path.read_text(encoding="utf-8"))
    place = chance.choice([n for n, c in enumerate(text) if c.isdigit()])
    text[place] = str((int(text[place]) + 1) % 10)
    path.write_text("".join(text), encoding="utf-8")
    return path.name


def _row_away(folder: Path, chance: random.Random) -> str:
    path = folder / chance.choice(["scorecard.parquet", "scorecard_line.parquet", "core_person.parquet"])
    rows = pq.read_table(path)
    gone = chance.randrange(rows.num_rows)
    pq.write_table(rows.take([n for n in range(rows.num_rows) if n != gone]), path, compression="zstd")
    return path.name


def _rows_swapped(folder: Path, chance: random.Random) -> str:
    path = folder / chance.choice(["scorecard.parquet", "kpi_actual_period.parquet"])
    rows = pq.read_table(path)
    order = list(range(rows.num_rows))
    a, b = chance.sample(order, 2)
    order[a], order[b] = order[b], order[a]
    pq.write_table(rows.take(order), path, compression="zstd")
    return path.name


def _two_files_swapped(folder: Path, chance: random.Random) -> str:
    a, b = sorted(chance.sample(sorted(folder.glob("*.parquet")), 2))
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)
    return a.name if first != second else ""


def _file_away(folder: Path, chance: random.Random) -> str:
    path = _file(folder, chance)
    path.unlink()
    return path.name


def _file_added(folder: Path, chance: random.Random) -> str:
    path = chance.choice([folder, folder / "definitions", folder / "definitions/own"]) / "more.yaml"
    path.write_text("kpis: []\n", encoding="utf-8")
    return path.name


def _file_cut(folder: Path, chance: random.Random) -> str:
    path = _file(folder, chance)
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])
    return path.name


def _linked_elsewhere(folder: Path, chance: random.Random) -> str:
    path = _file(folder, chance)
    aside = folder.parent / "aside"
    aside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(aside)
    return path.name


def _manifest_that_fits(folder: Path, chance: random.Random) -> str:
    """A file is changed, and the manifest with it: only the ledger knows the old one."""
    path = folder / "scorecard.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content = path.read_bytes()
    said["files"][path.name] |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "manifest.json").write_bytes(
        json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    )
    return "manifest.json"


MUTATIONS = (
    _bit, _digit, _row_away, _rows_swapped, _two_files_swapped, _file_away, _file_added, _file_cut, _linked_elsewhere,
    _manifest_that_fits,
)  # fmt: skip


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda m: m.__name__.strip("_"))
def test_every_change_of_a_snapshot_is_found_and_the_file_is_named(
    once: tuple[Path, LockedPeriod], mutate: Mutation, tmp_path: Path
) -> None:
    home, lock = once
    source, place = home / "locked" / lock.folder, tmp_path / "locked" / lock.folder
    assert list(damages(home, lock)) == []
    for seed in range(50):
        shutil.rmtree(tmp_path / "locked", ignore_errors=True)
        shutil.copytree(source, place)
        named = mutate(place, random.Random(seed))
        if not named:
            continue
        found = next(damages(tmp_path, lock), None)

        assert found is not None, seed
        assert found.file.endswith(named), (seed, found)


def test_a_folder_that_is_gone_is_named(once: tuple[Path, LockedPeriod], tmp_path: Path) -> None:
    [found] = damages(tmp_path, once[1])

    assert found.file == "locked/2026-01/"


def test_a_changed_manifest_vouches_for_no_ledger(once: tuple[Path, LockedPeriod], tmp_path: Path) -> None:
    home, lock = once
    assert [head.seq for head in noted_heads(home, [lock])] == [7]
    shutil.copytree(home / "locked", tmp_path / "locked")
    _digit(tmp_path / "locked" / lock.folder, random.Random(1))

    assert noted_heads(tmp_path, [lock]) == []


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Path, LockedPeriod]:
    fill(tmp_path)
    lock = locked(tmp_path)
    with open_warehouse(tmp_path) as con:
        con.execute("update scorecard set total = 99 where person_id = 'P003'")
    return tmp_path, lock


def test_changed_rows_are_put_back_as_they_were_signed(changed: tuple[Path, LockedPeriod]) -> None:
    home, lock = changed
    with open_warehouse(home) as con:
        assert differing(con, lock) == ["P003"]

        assert keep(con, home, lock).restored == ("P003",)

        assert differing(con, lock) == []
        assert keep(con, home, lock).restored == ()
        assert con.execute("select steps from scorecard_line limit 1").fetchall() == [('[{"zh": "一"}]',)]


def test_a_column_that_a_later_version_adds_makes_no_other_card(changed: tuple[Path, LockedPeriod]) -> None:
    home, lock = changed
    with open_warehouse(home) as con:
        con.execute("alter table scorecard add column remark varchar")

        keep(con, home, lock)

        assert differing(con, lock) == []
        assert keep(con, home, lock).restored == ()


def test_rows_that_cannot_be_put_back_are_not_shown(changed: tuple[Path, LockedPeriod]) -> None:
    home, lock = changed
    (home / "locked/2026-01/scorecard_line.parquet").write_bytes(b"")
    with open_warehouse(home) as con:
        found = keep(con, home, lock)

        assert not found.is_shown
        assert found.damage is not None
        assert "scorecard_line.parquet" in found.damage.where
        assert con.execute("select count(*) from scorecard").fetchall() == [(0,)]


def test_rows_stay_without_a_snapshot_as_long_as_they_are_those_that_were_signed(tmp_path: Path) -> None:
    fill(tmp_path)
    lock = locked(tmp_path)
    shutil.rmtree(tmp_path / "locked/2026-01")
    with open_warehouse(tmp_path) as con:
        found = keep(con, tmp_path, lock)

    assert found.is_shown
    assert found.damage is not None


def test_what_a_killed_lock_left_is_replaced(tmp_path: Path) -> None:
    """Killed while it wrote, and killed between name and entry; what has its name may be signed in a lost ledger, and stays."""
    for name in (".2026-01.new", "2026-01"):
        (tmp_path / "locked" / name / "definitions").mkdir(parents=True)
        (tmp_path / "locked" / name / "half.parquet").write_bytes(b"PAR1")
    fill(tmp_path)

    lock = locked(tmp_path)

    assert list(damages(tmp_path, lock)) == []
    assert sorted(p.name for p in (tmp_path / "locked").iterdir()) == [".aside", ".lock", "2026-01"]
    [aside] = (tmp_path / "locked/.aside").iterdir()
    assert (aside / "half.parquet").exists()


def test_a_second_process_waits_and_is_told_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_WAIT_SECONDS", 0.2)
    with one_at_a_time(tmp_path), pytest.raises(WarehouseError, match="W126"), one_at_a_time(tmp_path):
        pass


@pytest.mark.parametrize(
    ("period", "reaches"),
    [
        ("2026-01", True),
        ("2026-Q1", True),
        ("2026", True),
        ("2026-02", False),
        ("2025-Q4", False),
        ("一月", True),
    ],
)
def test_a_target_reaches_into_every_period_that_shares_a_day_with_its_own(
    tmp_path: Path, period: str, reaches: bool
) -> None:
    with open_warehouse(tmp_path) as con:
        insert_rows(con, "core_target", [{"kpi_id": "gmv", "period": period}])

        assert (reaching(con, "core_target", Period.parse("2026-01")).num_rows == 1) is reaches
