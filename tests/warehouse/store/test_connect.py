"""Opening: creation, leftovers, lock, versions, settings."""

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from models.errors import WarehouseError
from warehouse.published.publish import publish
from warehouse.store.connect import open_published, open_warehouse

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_a_new_home_is_private_and_migrated(tmp_path: Path) -> None:
    home = tmp_path / "home"

    with open_warehouse(home) as con:
        migrations = con.execute("select id, name from schema_migration").fetchall()
        zone = con.execute("select current_setting('TimeZone')").fetchone()

    assert migrations[0] == (1, "0001_tables")
    assert zone == ("UTC",)
    assert (home.stat().st_mode & 0o777, (home / "warehouse.duckdb").stat().st_mode & 0o777) == (0o700, 0o600)
    assert [p.name for p in home.iterdir()] == ["warehouse.duckdb"]


@pytest.mark.parametrize("leftover", [b"", b"PK\x03\x04 not a database at all"])
def test_a_leftover_that_is_no_database_is_set_aside_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, leftover: bytes
) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(leftover)

    with caplog.at_level(logging.WARNING), open_warehouse(tmp_path) as con:
        found = con.execute("select count(*) from schema_migration").fetchone()

    assert found is not None
    assert found[0] >= 1
    assert (tmp_path / "warehouse.duckdb.set-aside-1").read_bytes() == leftover
    assert "set aside as warehouse.duckdb.set-aside-1" in caplog.text


def _sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        con.execute("create table t (x)")
        con.commit()


LEFTOVERS = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("a note that somebody kept here", encoding="utf-8"),
    "cut within its head": lambda path: path.write_bytes(path.read_bytes()[:10]),
    "cut behind its head": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "cut in the middle": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "SQLite": lambda path: [path.unlink(), _sqlite(path)],
    "a folder": lambda path: [path.unlink(), path.mkdir()],
    "another empty database": lambda path: [path.unlink(), duckdb.connect(str(path)).close()],
}


def _published_home(home: Path) -> bytes:
    with open_warehouse(home) as con:
        con.execute(
            "insert into load_window (connector, stream, shop_id, status) values ('a', 'b', 'c', 'proven')"
        )
        publish(con, home)
    return (home / "published" / "kpi.duckdb").read_bytes()


@pytest.mark.parametrize("state", LEFTOVERS)
def test_an_empty_warehouse_never_takes_the_place_of_one_that_was_published(
    tmp_path: Path, state: str
) -> None:
    before = _published_home(tmp_path)
    path = tmp_path / "warehouse.duckdb"
    LEFTOVERS[state](path)
    found = path.read_bytes() if path.is_file() else b""

    with pytest.raises(WarehouseError, match=r"\[W1(02|13|14)\].*kpi rebuild"), open_warehouse(tmp_path):
        pass

    assert (tmp_path / "published" / "kpi.duckdb").read_bytes() == before
    assert state == "another empty database" or (path.read_bytes() if path.is_file() else b"") == found
    assert not list(tmp_path.glob("*set-aside*"))


@pytest.mark.parametrize("state", ["gone", "empty", "text"])
def test_a_warehouse_lost_beside_landing_files_alone_is_missed_too(tmp_path: Path, state: str) -> None:
    landed = tmp_path / "landing" / "shopify" / "orders" / "uk" / "20111130_0123.jsonl.gz"
    landed.parent.mkdir(parents=True)
    landed.write_bytes(b"answers")
    (tmp_path / "warehouse.duckdb").touch()
    LEFTOVERS[state](tmp_path / "warehouse.duckdb")

    with pytest.raises(WarehouseError, match=r"\[W11[34]\].*landing files"), open_warehouse(tmp_path):
        pass


def test_a_folder_in_the_place_of_the_warehouse_is_never_moved(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").mkdir()

    with pytest.raises(WarehouseError, match="W114"), open_warehouse(tmp_path):
        pass


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    with open_warehouse(tmp_path) as con:
        con.execute("insert into ticket_sla values ('high', 24)")

    with open_warehouse(tmp_path) as con:
        assert con.execute("from ticket_sla").fetchall() == [("high", 24)]


def test_a_held_warehouse_names_the_process_that_holds_it(tmp_path: Path) -> None:
    with open_warehouse(tmp_path):
        pass
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    try:
        with (
            pytest.raises(WarehouseError, match=f"W101.*process {holder.pid}"),
            open_warehouse(tmp_path, wait_seconds=1),
        ):
            pass
    finally:
        holder.communicate(b"")


def test_a_warehouse_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with open_warehouse(tmp_path) as con:
        con.execute("insert into schema_migration values (9999, 'later')")

    with pytest.raises(WarehouseError, match="W104"), open_warehouse(tmp_path):
        pass


def test_a_damaged_database_is_refused_with_the_way_back(tmp_path: Path) -> None:
    with open_warehouse(tmp_path):
        pass
    path = tmp_path / "warehouse.duckdb"
    content = bytearray(path.read_bytes())
    content[20:4000] = b"\xff" * 3980
    path.write_bytes(content)

    with pytest.raises(WarehouseError, match=r"W102.*kpi rebuild"), open_warehouse(tmp_path):
        pass


def test_python_variables_are_no_tables(tmp_path: Path) -> None:
    secret_rows = [1]

    with open_warehouse(tmp_path) as con, pytest.raises(duckdb.CatalogException):
        con.execute("from secret_rows")

    assert secret_rows == [1]


def test_reading_before_the_first_publication_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"W105.*kpi run"), open_published(tmp_path):
        pass
