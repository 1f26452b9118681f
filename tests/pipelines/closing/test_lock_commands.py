"""`kpi lock`, `kpi reopen` and `kpi verify`, as HR types them."""

import json
import sqlite3

import pytest

from models.closing.entries import EMPTY, Head
from models.periods import Period
from pipelines.commands.cli import main
from pipelines.company.identity import system_login
from tests.pipelines.closing.conftest import APPRAISED, Firm
from tests.pipelines.closing.locking import MORE, lock
from warehouse.ledger.engine import LEDGER
from warehouse.ledger.ledger import MARK
from warehouse.store.connect import open_published


@pytest.fixture
def typing(approved: Firm, monkeypatch: pytest.MonkeyPatch) -> Firm:
    """The firm at a terminal."""
    monkeypatch.setenv("KPI_HOME", str(approved.home.root))
    monkeypatch.setenv("KPI_COMPANY", str(approved.folder))
    return approved


def sit_down(firm: Firm, person: str) -> None:
    """Whoever runs the tests is that person now."""
    users = f"users:\n  - {{login: {system_login()}, person: {person}}}\n"
    firm.write("access.yaml", MORE.replace("users:\n", users))


def kpi(command: str, day: str = "2026-02-20") -> int:
    return main([*command.split(), "--period", "2026-01", "--as-of", f"{day}T09:00:00+08:00"])


def test_hr_locks_and_readers_see_it_at_once(typing: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typing, "HR")

    assert kpi("lock") == 0
    told = capsys.readouterr().out
    assert kpi("lock") == 0

    assert "2026-01 locked: version 1, 2026-02-20, 6 people, snapshot locked/2026-01" in told
    assert typing.sign("hr").ledger.head().hash in told
    assert "before by HR" in capsys.readouterr().out
    with open_published(typing.home.root) as con:
        assert con.execute("select distinct state from scorecard").fetchall() == [("locked",)]


def test_every_gap_is_listed_and_a_second_person_allows_it(
    typing: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    typing.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    with_new_ratings(typing)
    sit_down(typing, "HR")
    assert kpi("lock") == 1
    [gap] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("changed:ratings")]

    sit_down(typing, "BOARD")
    assert kpi(f"lock --allow {gap.split()[0]} --reason 补评另案处理") == 0
    sit_down(typing, "HR")
    assert kpi("lock") == 0

    [entry] = typing.sign("hr").ledger.entries(kinds=["locked"])
    assert entry.says["gaps"] == [gap.split()[0]]


def with_new_ratings(firm: Firm) -> None:
    """The files as a daily run reads them."""
    firm.score(Period.parse("2026-02"))


def test_two_people_type_the_same_to_reopen(typing: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typing, "HR")
    assert kpi("lock") == 0
    assert kpi("reopen --reason 取错月份") == 0
    assert "one of these runs the same command: BOARD, OWNER" in capsys.readouterr().out

    sit_down(typing, "BOARD")
    assert kpi("reopen --reason 同意") == 0

    assert "asked by HR, approved by BOARD" in capsys.readouterr().out
    with open_published(typing.home.root) as con:
        assert con.execute("select distinct state from scorecard").fetchall() == [("approved",)]


def test_scoring_a_locked_month_is_refused(typing: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typing, "HR")
    assert kpi("lock") == 0

    assert kpi("score") == 1

    assert "S102" in capsys.readouterr().err


def test_verify_finds_everything_as_it_was_signed(typing: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    sit_down(typing, "HR")
    assert kpi("lock") == 0

    assert main(["verify"]) == 0

    told = capsys.readouterr().out
    assert "locked 2026-01 version 1: 6 cards as they were signed" in told
    assert "equal" in told


def test_verify_names_the_file_that_was_changed(typing: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    lock(typing)
    file = typing.home.root / "locked/2026-01/core_rating.parquet"
    file.write_bytes(file.read_bytes() + b" ")

    assert main(["verify"]) == 1

    assert "DAMAGED: locked/2026-01/core_rating.parquet" in capsys.readouterr().out


def test_a_ledger_that_was_written_anew_from_an_early_entry_on_is_found_by_a_snapshot(
    typing: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever holds the home can make every hash and the mark fit; the head in the manifest does not."""
    lock(typing)
    write_anew(typing, changed=2)

    assert main(["verify"]) == 1

    head = json.loads((typing.home.root / "locked/2026-01/manifest.json").read_text(encoding="utf-8"))
    assert f"LEDGER BROKEN at entry {head['ledger']['seq']}" in capsys.readouterr().out


def write_anew(firm: Firm, changed: int) -> None:
    entries = firm.sign("hr").ledger.entries()
    con = sqlite3.connect(firm.home.root / LEDGER)
    for (name,) in con.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        con.execute(f"drop trigger {name}")
    con.execute("delete from entry")
    last = EMPTY
    for entry in entries:
        actor = "MALLORY" if entry.seq == changed else entry.actor
        new = entry._replace(actor=actor, previous_hash=last.hash)
        new = new._replace(hash=new.computed_hash)
        con.execute("insert into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?)", new)
        last = Head(new.seq, new.hash)
    con.commit()
    con.close()
    (firm.home.root / MARK).write_text(json.dumps({"seq": last.seq, "hash": last.hash}), encoding="utf-8")
