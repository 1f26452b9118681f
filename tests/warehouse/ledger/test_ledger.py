"""Entries are added at the end and stay as they were written, on SQLite and on PostgreSQL."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from models.closing.entries import EMPTY, Draft, Entry, Head
from models.errors import WarehouseError
from tests.warehouse.ledger.conftest import Place
from warehouse.ledger.engine import LEDGER, URL_VARIABLE, entry_table
from warehouse.ledger.ledger import MARK, Ledger


def add(ledger: Ledger, *drafts: Draft, actor: str = "P001") -> list[Entry]:
    return ledger.record(actor, lambda _: drafts)


def reviewed(person: str, period: str = "2026-01") -> Draft:
    return Draft(kind="reviewed", period=period, person=person, body={"total": Decimal("85.50")})


def test_a_new_ledger_is_empty_and_whole(ledger: Ledger) -> None:
    assert ledger.entries() == []
    assert ledger.head() == EMPTY
    assert ledger.proof() is None


def test_an_entry_says_who_when_about_whom_and_what(ledger: Ledger) -> None:
    [entry] = add(ledger, reviewed("P007"))

    assert (entry.seq, entry.actor, entry.period, entry.person, entry.kind) == (
        1,
        "P001",
        "2026-01",
        "P007",
        "reviewed",
    )
    assert entry.says == {"total": "85.50"}
    assert entry.when.tzinfo is not None
    assert ledger.entries() == [entry]


def test_the_columns_are_the_fields_of_an_entry() -> None:
    assert tuple(entry_table.columns.keys()) == Entry._fields


def test_entries_follow_each_other_over_several_openings(place: Place) -> None:
    for person in ("P007", "P008", "P009"):
        add(place.open(), reviewed(person))

    again = place.open()
    assert [entry.seq for entry in again.entries()] == [1, 2, 3]
    assert again.proof() is None


def test_a_period_and_kinds_are_read_alone(ledger: Ledger) -> None:
    add(
        ledger,
        reviewed("P007", "2026-01"),
        reviewed("P007", "2026-02"),
        Draft(kind="locked", period="2026-02"),
    )

    assert [entry.seq for entry in ledger.entries(period="2026-02")] == [2, 3]
    assert [entry.seq for entry in ledger.entries(period="2026-02", kinds=["locked"])] == [3]


def test_chinese_quotes_and_line_ends_come_back_as_they_were(ledger: Ledger) -> None:
    said = {"reason": '他说："先这样"\n再议 \'; drop table entry; -- \u200b😀'}

    add(ledger, Draft(kind="objected", period="2026-01", person="P007", body=said))

    assert ledger.entries()[0].says == said
    assert ledger.proof() is None


def test_a_decision_that_is_refused_adds_nothing(ledger: Ledger) -> None:
    def refuse(_: object) -> list[Draft]:
        raise WarehouseError("W120", "no")

    with pytest.raises(WarehouseError):
        ledger.record("P001", refuse)

    assert ledger.entries() == []


@pytest.mark.parametrize(
    "change",
    [
        "update entry set body = '{}' where seq = 1",
        "update entry set actor = 'P999'",
        "delete from entry where seq = 2",
        "delete from entry",
        "insert into entry select 9, at, actor, period, person, kind, body, hash, 'x' from entry where seq = 2",
        "insert into entry select 3, at, actor, period, person, kind, body, 'y', 'x' from entry where seq = 2",
    ],
)
def test_the_database_itself_refuses_every_other_change(place: Place, change: str) -> None:
    add(place.open(), reviewed("P007"), reviewed("P008"))

    with raw(place) as con, pytest.raises(DatabaseError, match="append-only"):
        con.exec_driver_sql(change)

    assert place.open().proof() is None


def test_a_row_is_not_replaced_either(tmp_path: Path) -> None:
    place = Place(tmp_path, {})
    add(place.open(), reviewed("P007"), reviewed("P008"))
    replace = "insert or replace into entry select seq, at, 'P999', period, person, kind, body, previous_hash, hash from entry"

    with raw(place) as con, pytest.raises(DatabaseError, match="append-only"):
        con.exec_driver_sql(replace)


def test_nobody_empties_the_table(postgresql: str, tmp_path: Path) -> None:
    from tests.postgresql import new_database

    place = Place(tmp_path, {URL_VARIABLE: new_database(postgresql, "emptied")})
    add(place.open(), reviewed("P007"))

    with raw(place) as con, pytest.raises(DatabaseError, match="append-only"):
        con.exec_driver_sql("truncate entry")


def test_of_two_who_lock_at_once_the_second_sees_the_first(place: Place) -> None:
    place.open()

    def lock(actor: str) -> int:
        def once(there: object) -> list[Draft]:
            found = any(entry.kind == "locked" for entry in there)  # type: ignore[attr-defined]
            time.sleep(0.05)  # as long as a person's command thinks
            return [] if found else [Draft(kind="locked", period="2026-01")]

        return len(place.open().record(actor, once, period="2026-01"))

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lock, ["P001", "P002", "P003", "P004"]))

    assert sorted(added) == [0, 0, 0, 1]


def test_entries_of_several_processes_make_one_chain(place: Place) -> None:
    place.open()
    writers = [start(place, f"P00{n}", 20) for n in range(3)]

    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]

    ledger = place.open()
    assert ledger.head().seq == 60
    assert ledger.proof() is None


def test_a_kill_leaves_whole_entries_only(place: Place) -> None:
    ledger = place.open()
    seen = 0
    for _ in range(3):
        writer = start(place, "P001", 100_000)
        deadline = time.monotonic() + 60
        while ledger.head().seq < seen + 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=60)

        assert ledger.proof() is None
        assert ledger.head().seq >= seen + 20
        seen = ledger.head().seq
        add(ledger, reviewed("P007"))


def test_a_ledger_that_lost_entries_takes_no_new_ones(place: Place, tmp_path: Path) -> None:
    """A copy of yesterday that was put back over today's, an emptied file, another database."""
    ledger = place.open()
    add(ledger, reviewed("P007"), reviewed("P008"))
    (tmp_path / MARK).write_text('{"seq": 3, "hash": "' + "a" * 64 + '"}')

    with pytest.raises(WarehouseError, match="W122"):
        add(ledger, reviewed("P009"))

    assert ledger.head().seq == 2
    found = ledger.proof()
    assert found is not None
    assert found.seq == 3


def test_a_removed_file_is_no_fresh_start(tmp_path: Path) -> None:
    place = Place(tmp_path, {})
    add(place.open(), reviewed("P007"))
    for path in tmp_path.glob(f"{LEDGER}*"):
        path.unlink()

    with pytest.raises(WarehouseError, match="W122"):
        add(place.open(), reviewed("P008"))


def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"this is no database" * 100)

    with pytest.raises(WarehouseError, match="W121"):
        Place(tmp_path, {}).open()


def test_a_mark_that_cannot_be_read_is_told(ledger: Ledger, tmp_path: Path) -> None:
    add(ledger, reviewed("P007"))
    (tmp_path / MARK).write_text("{")

    with pytest.raises(WarehouseError, match="W122"):
        ledger.proof()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    add(Place(tmp_path, {}).open(), reviewed("P007"))

    assert {
        path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir() if path.stat().st_mode & 0o077
    } == {}


@pytest.mark.parametrize(
    "address", ["sqlite:///x", "postgresql", "mysql://a:geheim@h/d", "::", "nonsense://a"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="W124") as refused:
        Place(tmp_path, {URL_VARIABLE: address}).open()

    assert "geheim" not in str(refused.value)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="W123") as refused:
        Place(tmp_path, {URL_VARIABLE: "postgresql://kpi:geheim@127.0.0.1:1/kpi"}).open()

    assert "geheim" not in str(refused.value)
    assert "127.0.0.1" in str(refused.value)


def test_marks_noted_elsewhere_prove_what_was_signed(ledger: Ledger) -> None:
    add(ledger, reviewed("P007"))
    signed = ledger.head()
    add(ledger, reviewed("P008"))

    assert ledger.proof([signed]) is None
    assert ledger.proof([Head(signed.seq, "b" * 64)]) is not None


def raw(place: Place) -> sa.engine.Connection:
    """A connection past everything of ours."""
    url = place.environment.get(URL_VARIABLE, "").replace("postgresql:", "postgresql+psycopg:")
    return sa.create_engine(url or f"sqlite:///{place.home / LEDGER}").connect()


_WRITER = """
import sys
from pathlib import Path
from models.closing.entries import Draft
from warehouse.ledger.ledger import Ledger
ledger = Ledger.of(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    ledger.record(sys.argv[2], lambda _: [Draft(kind="reviewed", period="2026-01", person=f"P{n}")], period="none")
"""


def start(place: Place, actor: str, entries: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **place.environment}
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(place.home), actor, str(entries)], env=environment
    )
