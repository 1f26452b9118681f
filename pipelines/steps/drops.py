"""Fact files into the warehouse: what facts.yaml declares and has changed is read, proven and replaced.

Not here: reading and proving a file (connectors/file_drop), storing it (warehouse).
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from connectors.file_drop import Drop, DropPlace, drop_digest, failed_drop, read_drop
from models.errors import CompanyError, WarehouseError
from models.loads import FILE_DROP, FailedWindow, PulledWindow
from models.periods import day_bounds
from pipelines.company.company import Company
from pipelines.company.run_scope import RunScope, tell
from pipelines.steps.pull import register_accounts
from warehouse.raw.drops import WITHDRAWN, KnownDrop, known_drops, note_drop, withdraw
from warehouse.raw.load import load_window, record_failure
from warehouse.store.connect import open_warehouse

_RETRIED = ("W205", "C147")  # another file, or time alone, may mend them
_SHARED = "~"  # before the digest of a file whose rows stand in another file of its shop too
_NAMED = 5  # missing files of one entry that are named
_AT_ONCE = 16  # files read before the warehouse is opened for them: opening costs more than a small file


@dataclass(frozen=True)
class _Taken:
    """A drop that was read, with its digest."""

    drop: Drop
    digest: str
    window: PulledWindow | FailedWindow
    shared_rows: int = 0

    def known(self) -> KnownDrop:
        """What to remember of it."""
        drop = self.drop
        known = KnownDrop(
            ref=drop.ref,
            first=drop.first,
            last=drop.last,
            zone=drop.zone,
            file=drop.file,
            digest=_SHARED + self.digest if self.shared_rows else self.digest,
            status="proven",
        )
        if isinstance(self.window, PulledWindow):
            return known
        # without a digest the next run reads the file again
        digest = "" if self.window.code in _RETRIED else self.digest
        code, cause = self.window.code, self.window.cause
        return replace(known, digest=digest, status="failed", cause_code=code, cause=cause)


def load_facts(work: RunScope) -> dict[str, int]:
    """Bring the declared fact files in; returns how many were declared, read, refused and withdrawn.

    A file whose declaration and bytes are those of the last time is not read again. A refused one loads nothing; its days
    count as not proven, with the cause.
    """
    drops = {_range(drop): drop for drop in _due(work.company, work.as_of)}
    known = _known(work)
    if not drops and not known:
        return {"fact_files": 0}
    digests = {key: drop_digest(drop, work.company.folder) for key, drop in drops.items()}
    declared = {_range(drop) for drop in work.company.drops}
    gone = [drop for key, drop in known.items() if key not in declared]
    changed = [
        drop
        for key, drop in drops.items()
        if key not in known or known[key].digest.removeprefix(_SHARED) != digests[key]
    ]
    # first: a row may stand in one file only, and its new file may be among those to load
    _withdraw(work, gone)
    _load_all(work, changed, digests)
    # A row may have been left to a file that holds it no longer: those that share rows are read once more, now that all are in.
    touched = {drop.ref for drop in changed} | {drop.ref for drop in gone}
    sharing = {d.ref for d in _known(work).values() if d.digest.startswith(_SHARED)}
    sharing |= {d.ref for d in known.values() if d.digest.startswith(_SHARED)}
    _load_all(work, [drop for drop in drops.values() if drop.ref in sharing & touched], digests)
    refused = [drop for drop in _known(work).values() if drop.status == "failed"]
    for drop in refused:
        tell("facts", f"refused: {drop.cause}")
    tell("facts", f"{len(drops)} files declared, {len(changed)} read, {len(refused)} refused")
    return {
        "fact_files": len(drops),
        "fact_files_read": len(changed),
        "fact_files_refused": len(refused),
        "fact_files_withdrawn": len(gone),
    }


def absent_files(company: Company) -> list[CompanyError]:
    """Declared fact files that are not there: their days would be missing. One error per entry of facts.yaml."""
    found: dict[str, list[Drop]] = {}
    for drop in _due(company, datetime.now(UTC)):
        if not os.path.lexists(company.folder / drop.file):
            found.setdefault(drop.where, []).append(drop)
    return [_absent(where, drops) for where, drops in found.items()]


def _absent(where: str, drops: list[Drop]) -> CompanyError:
    files = [drop.file for drop in drops]
    more = f" and those of {len(files) - _NAMED} more days" if len(files) > _NAMED else ""
    return CompanyError(
        "C101",
        "the file is missing" if len(files) == 1 else f"the files of {len(files)} days are missing",
        where=where,
        actual=", ".join(files[:_NAMED]) + more,
        remedy=f"put {files[0]} into the company folder, or take the entry out of facts.yaml"
        if not drops[0].pattern
        else "download them into the company folder, or let the entry speak for the days that have a file",
    )


def _due(company: Company, as_of: datetime) -> Iterable[Drop]:
    """The declared files without those of one file a day whose day is not over: nobody can have them yet."""
    is_live = company.clock == "now"
    return [drop for drop in company.drops if not (drop.pattern and is_live and drop.span[1] > as_of)]


def _known(work: RunScope) -> dict[tuple[object, ...], KnownDrop]:
    with open_warehouse(work.home.root) as con:
        return {drop.range: drop for drop in known_drops(con, FILE_DROP)}


def _range(drop: Drop) -> tuple[object, ...]:
    return drop.table, drop.shop_id, drop.first, drop.last


def _load_all(work: RunScope, drops: list[Drop], digests: dict[tuple[object, ...], str]) -> None:
    """Read and load; a row that still stands in another file is tried again once that one is in."""
    again = [drop for part in _parts(drops) for drop in _take(work, part, digests, final=False)]
    for part in _parts(again):
        _take(work, part, digests, final=True)


def _parts(drops: list[Drop]) -> list[list[Drop]]:
    return [drops[n : n + _AT_ONCE] for n in range(0, len(drops), _AT_ONCE)]


def _take(
    work: RunScope, drops: list[Drop], digests: dict[tuple[object, ...], str], *, final: bool
) -> list[Drop]:
    """Read without the warehouse, then open it for a moment; returns what is to be tried again."""
    taken = [_Taken(drop, digests[_range(drop)], _read(work, drop)) for drop in drops]
    with open_warehouse(work.home.root) as con:
        register_accounts(con, work.company)
        return [each.drop for each in taken if not _store(con, work, each, final=final)]


def _read(work: RunScope, drop: Drop) -> PulledWindow | FailedWindow:
    if work.company.clock == "now" and drop.span[1] > work.as_of:
        early = CompanyError(
            "C147", "the file claims days that are not over", where=drop.where, actual=f"to {drop.last}",
            remedy="end the range with the last whole day",
        )  # fmt: skip
        return failed_drop(drop, work.as_of, early)
    spool = work.home.spool / str(os.getpid())
    return read_drop(drop, DropPlace(work.company.folder, work.home.landing, spool, work.as_of))


def _store(con: DuckDBPyConnection, work: RunScope, taken: _Taken, *, final: bool) -> bool:
    window = taken.window
    if isinstance(window, PulledWindow):
        try:
            taken = replace(taken, shared_rows=load_window(con, window).shared_rows)
        except WarehouseError as error:
            if error.code == "W205" and not final:
                return False
            taken = replace(taken, window=failed_drop(taken.drop, work.as_of, error))
        finally:  # loaded or refused, the records are in the landing file
            window.records_path.unlink(missing_ok=True)
    if isinstance(taken.window, FailedWindow):
        record_failure(con, taken.window)
    note_drop(con, taken.known())
    return True


def _withdraw(work: RunScope, gone: list[KnownDrop]) -> None:
    """Rows whose file is no longer declared count for nothing."""
    for drop in gone:
        start, end = day_bounds(drop.first, drop.zone)[0], day_bounds(drop.last, drop.zone)[1]
        cause = f"facts.yaml no longer lists {drop.file} for {drop.first} to {drop.last}"
        with open_warehouse(work.home.root) as con:
            withdraw(
                con,
                drop,
                FailedWindow(
                    ref=drop.ref,
                    window_from=start,
                    window_to=end,
                    kind="time",
                    code=WITHDRAWN,
                    cause=cause,
                    as_of=work.as_of,
                ),
            )
