"""Pulling one connector and loading landing files again, without computing anything: `kpi connectors pull` and `replay`.

Not here: pulling and loading themselves (pipelines.steps.pull, warehouse.raw).
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from connectors.kit import replay
from connectors.kit.contract.errors import LandingDamaged
from connectors.kit.contract.strict_json import Json
from connectors.kit.window.landing import read_lines, sha256_of
from models.errors import UsageError
from models.loads import FILE_DROP
from models.whole_file import PRIVATE, write_whole
from pipelines.commands.account_check import last_open
from pipelines.commands.table import table
from pipelines.company import clock
from pipelines.company.company import Company
from pipelines.company.home import Home
from pipelines.company.run_scope import RunScope
from pipelines.company.sandbox import surroundings
from pipelines.steps.pull import pull_streams, register_accounts
from warehouse.raw.load import load_window
from warehouse.raw.pulls import pulled_at, recorded_windows
from warehouse.store.connect import open_warehouse

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # parts of a path below landing/


def pull_connector(work: RunScope, connector: str) -> int:
    """Pull every account of a connector for the days of the run and load it; returns 1 when a window failed."""
    known = work.company.connector_names()
    if connector not in known:
        remedy = f"known: {', '.join(known)}"
        raise UsageError("U029", "no such connector", actual=connector[:40], remedy=remedy)
    with surroundings(work.company, work.as_of) as around:
        streams = [(connector, stream.name) for stream in work.company.connector(connector).streams]
        reports = [report for found in pull_streams(work, streams, around).values() for report in found]
    rows = [
        [str(r.ref), str(r.windows), str(r.new_rows), str(r.changed_rows), str(len(r.failures))]
        for r in reports
    ]
    print(table(["account", "windows", "new", "changed", "failed"], rows, right=(1, 2, 3, 4)))
    for failure in (f for r in reports for f in r.failures):
        days = f"{failure.window_from:%Y-%m-%d}..{failure.window_to:%Y-%m-%d}"
        print(f"[{failure.code}] {failure.cause} | at {failure.ref} {days}")
    return 1 if any(r.failures for r in reports) else 0


def replay_files(company: Company, home: Home, files: Sequence[str]) -> int:
    """Read landing files again by the declarations of today; a record that reads as it did changes nothing.

    Args:
        company: whose accounts they are of.
        home: where the warehouse lies.
        files: paths, or names below the landing folder: a file, or a folder for every file of it that was loaded.
    """
    with open_warehouse(home.root) as con, tempfile.TemporaryDirectory() as scratch:
        register_accounts(con, company)
        for name in _loaded_below(con, home, files):
            path = _in_landing(Path(name).resolve(), home) if Path(name).is_file() else home.landing / name
            # The instant of the pull is part of what a load is known by: with it a file that is in already changes nothing.
            as_of = pulled_at(con, _below(path, home)) or clock.as_of(company, last_open(company))
            window = replay(path, root=home.landing, as_of=as_of, spool=Path(scratch), find=company.connector)
            result = load_window(con, window)
            told = f"{window.rows} rows, {result.new_rows} new, {result.changed_rows} changed"
            print(f"{name}: {told}" + (f", {result.gone_rows} gone" if result.gone_rows else ""))
    return 0


def _loaded_below(con: DuckDBPyConnection, home: Home, names: Sequence[str]) -> list[str]:
    """The named files, and for a folder of the landing folder those below it that were loaded, in the order of their loads."""
    found: list[str] = []
    for name in names:
        folder = next((p for p in (Path(name).resolve(), home.landing / name) if p.is_dir()), None)
        if folder is None or not folder.is_relative_to(home.landing.resolve()):
            found.append(name)
            continue
        # others may lie there, of a run that was killed before it loaded them: nobody has said when they were pulled
        landed = [
            w.landing_file for w in recorded_windows(con) if w.landing_file and w.ref.connector != FILE_DROP
        ]
        inside = [file for file in landed if (home.landing.resolve() / file).is_relative_to(folder.resolve())]
        if not inside:
            remedy = "name a folder or file of the landing folder, e.g. CONNECTOR/STREAM"
            raise UsageError(
                "U038", "no landing file of this folder is loaded", actual=name[:80], remedy=remedy
            )
        found += dict.fromkeys(inside)
    return found


def _in_landing(path: Path, home: Home) -> Path:
    """A landing file of another place, such as a recorded fixture, is kept like one of our own before it is loaded."""
    if path.is_relative_to(home.landing):
        return path
    # the name of a landing file ends with the first digits of its digest
    if not sha256_of(path).startswith(path.name.removesuffix(".jsonl.gz").rpartition("_")[2]):
        raise LandingDamaged("a landing file was changed after it was written", actual=path.name)
    head: Json = next(read_lines(path), {})
    names = [str(head.get(name, "")) for name in ("connector", "stream", "shop")]
    # they become folders: a header that somebody wrote by hand must not lead out of landing/
    if not all(_NAME.fullmatch(name) for name in names):
        raise LandingDamaged("a landing file has a damaged header", actual=path.name)
    kept = home.landing.joinpath(*names, path.name)
    return write_whole(kept, path.read_bytes(), mode=PRIVATE)


def _below(path: Path, home: Home) -> str:
    return path.relative_to(home.landing).as_posix() if path.is_relative_to(home.landing) else path.name
