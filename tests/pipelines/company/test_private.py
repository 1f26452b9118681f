"""Who can look below a home: the user who runs the product, whatever the umask says."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.company.home import Home
from pipelines.company.private import keep_private

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534  # the user id that owns nothing (nobody)


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may enter; those of pytest are closed themselves."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _open_to_others(root: Path) -> list[str]:
    found = []
    for path in (root, *root.rglob("*")):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:  # a log of a database, gone again
            continue
        if not stat.S_ISLNK(mode) and mode & 0o077:
            found.append(f"{stat.S_IMODE(mode):o} {path.relative_to(root.parent)}")
    return found


def _run(company: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.commands.cli", "run", "--company", str(company)],
        cwd=ROOT,
        env={**os.environ, "KPI_HOME": str(home), "PYTHONPATH": str(ROOT), "DAGSTER_HOME": ""},
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
    )


def test_nothing_below_a_home_is_ever_open_to_another_user_while_a_run_makes_it(shared: Path) -> None:
    company, home = shared / "company", shared / "home"
    subprocess.run(
        [sys.executable, "-m", "pipelines.commands.cli", "init", str(company)], cwd=ROOT, check=True
    )
    (shared / "note.txt").write_text("open to all", encoding="utf-8")
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            seen.update(_open_to_others(home) if home.exists() else ())

    watcher = threading.Thread(target=watch)
    watcher.start()
    done = _run(company, home)
    ended.set()
    watcher.join()

    made = {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()}
    assert {"warehouse.duckdb", "published", "dagster", "reports"} <= made, done.stderr
    assert seen == set()
    assert _open_to_others(home) == []
    if os.geteuid() == 0:
        assert _readable_by_nobody(shared) >= {"note.txt"}
        assert not _readable_by_nobody(shared) & {path.name for path in home.rglob("*")}


def _readable_by_nobody(folder: Path) -> set[str]:
    """Names of the files that another user can open, as that user finds them."""
    found = subprocess.run(
        # not Python: another user may not enter the folder of the interpreter
        ["/usr/bin/find", str(folder), "-type", "f", "-readable"],
        cwd="/",
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    return {Path(line).name for line in found.stdout.splitlines()}


@pytest.mark.parametrize("open_at_top", [True, False])
def test_a_home_that_was_open_is_closed_to_its_last_file(tmp_path: Path, open_at_top: bool) -> None:
    home = tmp_path / "home"
    for name in (
        "dagster/history/runs.db",
        "landing/shopify/a.jsonl.gz",
        "published/kpi.duckdb.new-7",
        "x.sqlite",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"names and targets")
    home.chmod(0o755 if open_at_top else 0o700)

    Home.of({"KPI_HOME": str(home)})

    assert _open_to_others(home) == []
    assert stat.S_IMODE((home / "x.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "landing" / "shopify").stat().st_mode) == 0o700


def test_what_a_link_leads_to_is_not_changed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "file").write_bytes(b"")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "landing").symlink_to(elsewhere)

    keep_private(tmp_path / "home")

    assert [stat.S_IMODE(path.stat().st_mode) for path in (elsewhere, elsewhere / "file")] == [0o755, 0o644]


def test_a_folder_of_all_users_stays_theirs(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all").chmod(0o1777)

    keep_private(tmp_path / "all")

    assert stat.S_IMODE((tmp_path / "all").stat().st_mode) == 0o1777


def test_a_home_that_a_run_names_in_its_configuration_is_closed_too(tmp_path: Path) -> None:
    (tmp_path / "named").mkdir(mode=0o755)

    Home.at(tmp_path / "named")

    assert _open_to_others(tmp_path / "named") == []
