"""A month that everybody has signed is locked once, stays as it was signed, and is opened again by two people only."""

import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from models.closing.manifest import LockedPeriod, every_lock
from models.errors import MeritError, RightsError, SigningError
from models.periods import Period
from pipelines.closing.locking import allow_gaps, gaps_of, lock_period, reopen_period
from pipelines.closing.moves import sign_cards
from pipelines.commands.verify import compare, ledger_told, locks_told
from pipelines.company.company import load_company
from pipelines.render.why import explain
from pipelines.render.workbook import load_period
from pipelines.steps.locked_periods import locks_of
from pipelines.steps.publish import publish_again
from pipelines.steps.rebuild import loaded_windows, rebuild
from pipelines.steps.way_back import rebuild_in_place
from tests.pipelines.closing.conftest import APPRAISED, JANUARY, Firm
from tests.pipelines.closing.locking import MORE, REVIEWS, K, lock, reopen
from warehouse.locked.restore import locked_definitions, locked_tables
from warehouse.published.digest import published_rows
from warehouse.published.present_cards import present_cards
from warehouse.store.connect import open_published, open_warehouse

FEBRUARY = Period.parse("2026-02")


def total_of(firm: Firm, person: str) -> Decimal:
    with open_published(firm.home.root) as con:
        [(total,)] = con.execute(
            "select total from scorecard where period = '2026-01' and person_id = ?", [person]
        ).fetchall()
    return total


def signed_rows(firm: Firm) -> dict[str, list[str]]:
    rows = published_rows(firm.home.root)
    return {
        name: [row for row in rows[name] if '"2026-01"' in row]
        for name in ("scorecard", "scorecard_line", "kpi_actual_period")
    }


def score_february(firm: Firm) -> None:
    firm.score(FEBRUARY)


def spoil(firm: Firm, sql: str) -> None:
    """Somebody with the warehouse in hands."""
    with open_warehouse(firm.home.root) as con:
        con.execute(sql)


def shown(firm: Firm) -> None:
    publish_again(load_company(firm.folder), firm.home, JANUARY)


def kinds(firm: Firm) -> list[str]:
    return [e.kind for e in firm.sign("hr").ledger.entries(period="2026-01")]


@pytest.fixture
def locked(approved: Firm) -> Firm:
    """January, locked by HR on the 20th."""
    assert lock(approved).is_new
    shown(approved)
    return approved


def test_a_lock_writes_what_was_signed_and_enters_its_hash(approved: Firm) -> None:
    firm = approved
    found = lock(firm)

    made = found.lock
    assert (found.is_new, made.version, made.folder, made.on) == (True, 1, "2026-01", date(2026, 2, 20))
    assert sorted(made.cards) == sorted(APPRAISED)
    tables = locked_tables(firm.home.root, made)
    assert {name: table.num_rows for name, table in tables.items()} == {
        "core_ownership": 0,
        "core_person": 6,
        "core_rating": 12,
        "core_target": 0,
        "figure_input": tables["figure_input"].num_rows,
        "kpi_actual_period": 12,
        "kpi_label": tables["kpi_label"].num_rows,
        "role_label": tables["role_label"].num_rows,
        "role_line": tables["role_line"].num_rows,
        "scorecard": 6,
        "scorecard_line": 12,
    }
    assert firm.sign("hr").stands(JANUARY).of("M1").state == "locked"


def test_the_definitions_of_a_locked_month_can_be_loaded_again(locked: Firm) -> None:
    made = locks_of(locked.home)["2026-01"]
    locked.write("kpi_definitions/roles.yaml", "roles: []\n")

    with open_published(locked.home.root) as con:
        [(hash_,)] = con.execute("select distinct definition_hash from scorecard").fetchall()

    assert locked_definitions(locked.home.root, made).hash == hash_


def test_nobody_else_can_read_a_snapshot(locked: Firm) -> None:
    for path in (locked.home.root / "locked").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_locking_again_enters_nothing_and_tells_who_did(locked: Firm) -> None:
    again = lock(locked, "hr2")

    assert (again.is_new, again.lock.actor) == (False, "HR")
    assert kinds(locked).count("locked") == 1


def test_a_month_with_a_card_that_is_not_approved_is_not_locked(approved: Firm) -> None:
    firm = approved
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    firm.score()

    with pytest.raises(SigningError, match=r"S109.*M1"):
        lock(firm)

    assert not (firm.home.root / "locked" / "2026-01").exists()
    assert "locked" not in kinds(firm)


def test_only_who_may_lock_locks(approved: Firm) -> None:
    firm = approved
    with pytest.raises(RightsError, match="R103"):
        lock(firm, "board")


def test_who_alone_approved_every_card_does_not_lock(approved: Firm) -> None:
    firm = approved
    access = (firm.folder / "access.yaml").read_text(encoding="utf-8")
    firm.write("access.yaml", access.replace("BOARD, may: [approve", "BOARD, may: [lock, approve"))

    with pytest.raises(SigningError, match="S117"):
        lock(firm, "board")

    assert lock(firm, "hr").is_new


def test_definitions_that_changed_since_the_score_stop_the_lock_until_it_is_scored_again(
    approved: Firm,
) -> None:
    firm = approved
    roles = (firm.folder / "kpi_definitions/roles.yaml").read_text(encoding="utf-8")
    firm.write("kpi_definitions/roles.yaml", roles.replace("Lantern maker", "Maker of lanterns"))

    with pytest.raises(SigningError, match="S116"):
        lock(firm)

    firm.score()
    assert lock(firm).is_new  # the same cards: they stay signed


def test_ratings_that_changed_since_the_score_stop_the_lock(approved: Firm) -> None:
    firm = approved
    firm.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    score_february(firm)  # the files are read again, January is not scored again

    with pytest.raises(SigningError, match=r"S115.*changed:ratings"):
        lock(firm)


def test_a_rating_of_another_month_stops_no_lock(approved: Firm) -> None:
    firm = approved
    ratings = (firm.folder / "ratings.csv").read_text(encoding="utf-8")
    firm.write("ratings.csv", ratings + "M1,2026-02,teamwork,B1,superior,2,5\n")
    score_february(firm)

    assert lock(firm).is_new


def test_a_gap_is_locked_over_only_when_a_second_person_allowed_it_by_name_with_a_reason(firm: Firm) -> None:
    firm.rate(dict.fromkeys([p for p in APPRAISED if p != "M2"], 4))
    firm.score()
    firm.write("access.yaml", "")
    approve_but(firm, "M2")
    [gap] = gaps_of(firm.sign("hr"), JANUARY)
    assert (gap.name, gap.person) == ("card:M2", "M2")

    with pytest.raises(SigningError, match=r"S115.*card:M2"):
        lock(firm)
    with pytest.raises(SigningError, match="S140"):
        allow_gaps(firm.sign("board", "2026-02-20"), JANUARY, ["card:M2"], " ")
    with pytest.raises(SigningError, match=r"S118.*card:M2"):
        allow_gaps(firm.sign("board", "2026-02-20"), JANUARY, ["card:M9"], "长期病假")
    with pytest.raises(RightsError, match="R103"):
        allow_gaps(firm.sign("hr", "2026-02-20"), JANUARY, ["card:M2"], "长期病假")
    entry = allow_gaps(firm.sign("board", "2026-02-20"), JANUARY, ["card:M2"], "长期病假")
    assert entry is not None
    assert allow_gaps(firm.sign("board", "2026-02-20"), JANUARY, ["card:M2"], "长期病假") is None

    found = lock(firm)

    assert found.is_new
    assert firm.sign("hr").stands(JANUARY).of("M2").state == "scored"
    assert firm.sign("hr").stands(JANUARY).of("M1").state == "locked"


def approve_but(firm: Firm, person: str) -> None:
    firm.write("access.yaml", MORE)
    others = [p for p in APPRAISED if p != person]
    for login, people in REVIEWS.items():
        sign_cards(firm.sign(login), JANUARY, K.REVIEWED, [p for p in people if p != person])
    assert not sign_cards(firm.sign("hr", "2026-02-08"), JANUARY, K.PUBLISHED, others).refused
    assert not sign_cards(firm.sign("board", "2026-02-16"), JANUARY, K.APPROVED, others).refused


def test_a_locked_month_is_not_scored_again_and_the_attempt_is_entered(locked: Firm) -> None:
    before = published_rows(locked.home.root)
    locked.rate({**dict.fromkeys(APPRAISED, 4), "M1": 1})

    with pytest.raises(SigningError, match="S102"):
        locked.score()

    after = published_rows(locked.home.root)
    assert {n: r for n, r in after.items() if n != "core_rating"} == before
    [attempt] = [e for e in locked.sign("hr").ledger.entries(period="2026-01") if e.kind == "attempted"]
    assert attempt.actor == "system"
    assert attempt.says["what"] == "figures"


def test_what_becomes_known_after_the_lock_changes_nothing_that_is_published_of_it(locked: Firm) -> None:
    before = signed_rows(locked)
    locked.rate({**dict.fromkeys(APPRAISED, 4), "M1": 1})
    locked.write("people.csv", (locked.folder / "people.csv").read_text("utf-8").replace("周四", "周五"))

    score_february(locked)

    assert signed_rows(locked) == before


def test_rows_that_somebody_changed_in_the_warehouse_come_back_with_the_next_publication(
    locked: Firm,
) -> None:
    before = signed_rows(locked)
    for sql in (
        "update scorecard set total = 99 where person_id = 'M1'",
        "delete from scorecard_line where person_id = 'M2'",
        "update kpi_actual_period set value = 99 where person_id = 'M3'",
        "insert into scorecard select * replace ('M9' as person_id) from scorecard where person_id = 'M1'",
    ):
        spoil(locked, sql)

        shown(locked)

        assert signed_rows(locked) == before, sql
    restored = [e.says["people"] for e in locked.sign("hr").ledger.entries(kinds=["restored"])]
    assert restored[0] == ["M1"]
    assert restored[1] == ["M2"]
    assert restored[2] == ["kpi_actual_period", "scorecard", "scorecard_line"]
    assert restored[3] == ["M9"]


def test_a_lost_warehouse_is_built_anew_with_the_locked_month_as_it_was_signed(locked: Firm) -> None:
    before = signed_rows(locked)
    locked.rate({**dict.fromkeys(APPRAISED, 4), "M1": 1})

    rebuild_in_place(load_company(locked.folder), locked.home)

    assert signed_rows(locked) == before
    assert kinds(locked)[-1] == "locked"
    with open_published(locked.home.root) as con:
        assert con.execute("select distinct state from scorecard").fetchall() == [("locked",)]


def test_verify_finds_a_locked_month_equal_after_its_inputs_changed(
    locked: Firm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = locked.home.beside(tmp_path / "beside")
    locked.rate({**dict.fromkeys(APPRAISED, 4), "M1": 1})

    rebuild(load_company(locked.folder), locked.home, beside, loaded_windows(locked.home))

    assert compare(locked.home.root, beside.root) == []
    assert not ledger_told(locked.home.root)
    assert not locks_told(locked.home.root)
    assert "locked 2026-01 version 1: 6 cards as they were signed" in capsys.readouterr().out


def test_verify_names_people_whose_published_card_is_not_the_one_they_signed(
    locked: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    con = duckdb.connect(str(locked.home.published))
    con.execute("update scorecard set total = 99 where person_id = 'M1'")
    con.close()

    assert locks_told(locked.home.root)

    assert "differ from those signed: M1" in capsys.readouterr().out


def test_a_damaged_snapshot_is_named_and_the_rest_of_the_company_is_published(
    locked: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    (locked.home.root / "locked/2026-01/scorecard.parquet").unlink()
    spoil(locked, "update scorecard set total = 99 where person_id = 'M1'")

    with caplog.at_level("INFO", logger="meritline.progress"):
        score_february(locked)

    assert "W125" in caplog.text
    assert "locked/2026-01/scorecard.parquet" in caplog.text
    assert signed_rows(locked) == {"scorecard": [], "scorecard_line": [], "kpi_actual_period": []}
    with open_published(locked.home.root) as con:
        assert len(present_cards(con, "2026-02")) == 6


def test_a_snapshot_that_comes_back_from_a_copy_is_published_again(locked: Firm) -> None:
    before = signed_rows(locked)
    file = locked.home.root / "locked/2026-01/scorecard.parquet"
    copy = file.read_bytes()
    file.write_bytes(copy[:-1])
    spoil(locked, "delete from scorecard")
    shown_without(locked)

    file.write_bytes(copy)
    shown(locked)

    assert signed_rows(locked) == before


def shown_without(firm: Firm) -> None:
    with pytest.raises(MeritError, match="U310"):  # nothing of the month is left to write a workbook of
        shown(firm)


def test_reopening_takes_two_people_and_keeps_both_versions(locked: Firm) -> None:
    hr, board = locked.sign("hr", "2026-02-21"), locked.sign("board", "2026-02-21")
    asked = reopen_period(hr, JANUARY, "评分表取错了月份")
    assert asked.reopened is None
    assert asked.approvers == ("BOARD", "OWNER")

    assert reopen_period(hr, JANUARY, "再试一次").reopened is None  # the same person again: still asked
    assert locked.sign("hr").stands(JANUARY).is_locked
    with pytest.raises(RightsError, match="R103"):
        reopen_period(locked.sign("hr2", "2026-02-21"), JANUARY, "我也同意")
    assert reopen_period(board, JANUARY, "确有其事").reopened is not None

    locked.rate({**dict.fromkeys(APPRAISED, 4), "M1": 3})
    locked.score()
    assert total_of(locked, "M1") == Decimal(60)
    assert not sign_cards(locked.sign("b1"), JANUARY, K.REVIEWED, ["M1"]).refused
    assert not sign_cards(locked.sign("hr"), JANUARY, K.PUBLISHED, ["M1"]).refused
    assert not sign_cards(locked.sign("board"), JANUARY, K.APPROVED, ["M1"]).refused
    second = lock(locked, day="2026-02-25")

    assert (second.lock.version, second.lock.folder) == (2, "2026-01.v2")
    locks = every_lock(locked.sign("hr").ledger.entries())
    totals = [total_in(locked, made) for made in locks]
    assert totals == [Decimal(80), Decimal(60)]
    assert not locks_told(locked.home.root)


def total_in(firm: Firm, made: LockedPeriod) -> Decimal:
    rows = locked_tables(firm.home.root, made)["scorecard"].to_pylist()
    [total] = [row["total"] for row in rows if row["person_id"] == "M1"]
    return total


def test_who_asked_does_not_approve_the_reopening(locked: Firm) -> None:
    access = (locked.folder / "access.yaml").read_text(encoding="utf-8")
    locked.write("access.yaml", access.replace("BOARD, may: [approve", "BOARD, may: [lock, approve"))
    reopen_period(locked.sign("board", "2026-02-21"), JANUARY, "x")

    assert reopen_period(locked.sign("board", "2026-02-21"), JANUARY, "y").reopened is None
    assert locked.sign("hr").stands(JANUARY).is_locked


def test_a_month_that_is_not_locked_is_not_reopened(approved: Firm) -> None:
    firm = approved
    with pytest.raises(SigningError, match="S111"):
        reopen_period(firm.sign("hr"), JANUARY, "x")


def test_the_published_file_says_how_far_every_card_has_come(locked: Firm) -> None:
    with open_published(locked.home.root) as con:
        assert con.execute("select distinct state from scorecard").fetchall() == [("locked",)]
    reopen(locked)
    shown(locked)
    with open_published(locked.home.root) as con:
        assert con.execute("select distinct state from scorecard").fetchall() == [("approved",)]
        assert con.execute("select count(*) from period_lock").fetchall() == [(0,)]


def test_sheet_and_why_carry_version_day_and_head_of_the_lock(locked: Firm) -> None:
    made = locks_of(locked.home)["2026-01"]
    with open_published(locked.home.root) as con:
        book, told = load_period(con, "2026-01"), explain(con, "M1", "teamwork", "2026-01")

    assert book.lock is not None
    assert (book.lock.version, book.lock.locked_on, book.lock.entry_hash) == (1, made.on, made.entry.hash)
    assert f"locked version 1 2026-02-20 ledger {made.entry.seq} {made.entry.hash}" in told
    assert "已锁定 第 1 版 2026-02-20" in told


def test_another_month_is_scored_and_locked_by_itself(locked: Firm) -> None:
    with pytest.raises(MeritError, match="U310"):
        lock_period(locked.sign("hr", "2026-03-20"), FEBRUARY)
