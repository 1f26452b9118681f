"""`kpi verify` says whether the ledger is as it was written, and names its head or its first wrong entry."""

import sqlite3
from pathlib import Path

import pytest

from models.closing.entries import Draft
from pipelines.commands.verify import ledger_told
from warehouse.ledger.engine import LEDGER
from warehouse.ledger.ledger import Ledger


def test_a_home_without_a_ledger_gets_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not ledger_told(tmp_path)

    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_head_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger.of(tmp_path, environment={})
    [entry] = ledger.record("P001", lambda _: [Draft(kind="reviewed", period="2026-01", person="P007")])

    assert not ledger_told(tmp_path)

    assert entry.hash in capsys.readouterr().out


def test_the_first_wrong_entry_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody with the file in hands takes the triggers away first."""
    Ledger.of(tmp_path, environment={}).record("P001", lambda _: [Draft(kind="reviewed")] * 3)
    con = sqlite3.connect(tmp_path / LEDGER)
    con.executescript("drop trigger entry_is_never_changed; update entry set person = 'P008' where seq = 2;")
    con.close()

    assert ledger_told(tmp_path)

    assert "entry 2" in capsys.readouterr().out
