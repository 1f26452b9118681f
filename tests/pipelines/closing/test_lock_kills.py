"""Two who lock at once make one lock, and a lock that is killed anywhere leaves the month wholly open or wholly locked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from models.closing.kinds import EntryKind
from models.closing.manifest import every_lock
from tests.pipelines.closing.conftest import Firm, copied
from tests.pipelines.closing.locking import approve_all, lock
from tests.postgresql import cluster, new_database
from warehouse.ledger.engine import URL_VARIABLE
from warehouse.locked.proof import damages

ROOT = Path(__file__).resolve().parents[3]
PLACES = ("fsync 1", "fsync 30", "fsync 70", "before name", "after name", "after entry")
_NUMBERS = count(1)


def start(firm: Firm, login: str, place: str = "") -> "subprocess.Popen[str]":
    words = [
        sys.executable,
        "-m",
        "tests.pipelines.closing.lock_process",
        str(firm.folder),
        str(firm.home.root),
    ]
    return subprocess.Popen(
        [*words, login, *([place] if place else [])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def locks_entered(firm: Firm) -> int:
    ledger = firm.sign("hr").ledger
    assert ledger.proof() is None
    return len(ledger.entries(kinds=[EntryKind.LOCKED]))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def signed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scored_once: Firm
) -> Firm:
    """January approved, its ledger on either database."""
    if request.param == "sqlite":
        approved: Firm = request.getfixturevalue("approved")
        return approved
    address = request.getfixturevalue("postgresql")
    monkeypatch.setenv(URL_VARIABLE, new_database(address, f"lock_{next(_NUMBERS)}"))
    firm = copied(scored_once, tmp_path)
    approve_all(firm)
    return firm


def test_of_two_who_lock_at_once_one_does_and_the_other_is_told(signed: Firm) -> None:
    both = [start(signed, login) for login in ("hr", "hr2")]

    told = [process.communicate(timeout=300) for process in both]

    assert [process.returncode for process in both] == [0, 0], told
    first, second = sorted(out.strip() for out, _ in told)
    assert second == "new"
    assert first in {"before HR", "before HR2"}
    assert locks_entered(signed) == 1
    [made] = every_lock(signed.sign("hr").ledger.entries())
    assert list(damages(signed.home.root, made)) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_lock_that_is_killed_leaves_the_month_wholly_open_or_wholly_locked(
    approved: Firm, place: str
) -> None:
    killed = start(approved, "hr", place)
    out, err = killed.communicate(timeout=300)
    assert killed.returncode == -9, (out, err)

    entered = locks_entered(approved)
    assert entered == (1 if place == "after entry" else 0)
    again = lock(approved)

    assert again.is_new is (entered == 0)
    assert locks_entered(approved) == 1
    assert list(damages(approved.home.root, again.lock)) == []
    left = {path.name for path in (approved.home.root / "locked").iterdir()}
    assert left == {".lock", "2026-01", *([".aside"] if place == "after name" else [])}


def test_a_lock_that_is_killed_after_its_name_is_made_anew_on_postgresql_too(signed: Firm) -> None:
    killed = start(signed, "hr", "after name")
    killed.communicate(timeout=300)

    assert locks_entered(signed) == 0
    assert lock(signed).is_new
    assert locks_entered(signed) == 1
