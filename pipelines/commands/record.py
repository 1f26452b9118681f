"""`kpi connectors record`: days of one live account as a fixture: its landing files, already redacted, and a manifest.

Belongs here: choosing the days, the manifest, what is told. Not here: what is kept of an answer (contract/redact.py of the kit),
loading (`kpi connectors replay`).
"""

import gzip
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.kit import Landing, pull
from connectors.kit.contract.stream import Stream
from connectors.kit.window.landing import sha256_of
from models.errors import PullError, UsageError
from models.loads import FailedWindow, PulledWindow, StreamRef
from models.periods import day_bounds
from models.whole_file import give_name, write_whole
from pipelines.commands.table import table
from pipelines.company.run_scope import RunScope, tell
from pipelines.company.sandbox import Surroundings, surroundings
from pipelines.company.sources import DeclaredAccount
from pipelines.steps.pull import shared_runtime

MANIFEST = "manifest.json"
_FORMAT = 1  # of the manifest; a reader of a later one can tell


@dataclass
class Recording:
    """What was recorded so far."""

    windows: list[PulledWindow] = field(default_factory=list)
    failures: list[FailedWindow] = field(default_factory=list)
    drift: Counter[str] = field(default_factory=Counter)


def record_days(work: RunScope, ref: StreamRef, into: Path) -> int:
    """Record the days of the run; returns 1 when a window failed: only proven windows are in the fixture.

    Args:
        work: company, days, and as of when.
        ref: connector, stream and shop_id to record.
        into: a folder that is not there yet, or is empty.

    Raises:
        UsageError: U031 when the folder holds something, U032 when the company pulls no such stream.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError("U031", "there is something in that folder already", actual=str(into))
    source, stream = _source(work, ref)
    into.parent.mkdir(parents=True, exist_ok=True)
    # beside its later name: only within one file system can a folder be renamed in one step (rename(2))
    part = Path(tempfile.mkdtemp(prefix=f".{into.name}.", dir=into.parent))
    try:
        with surroundings(work.company, work.as_of) as around:
            recording = _recorded(work, source, stream, around, part)
        if recording.windows:
            manifest = _manifest(work, source, stream, recording, part)
            write_whole(part / MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode())
            part.chmod(0o755)  # mkdtemp gives 0700, and a fixture is there to be shared
            give_name(part, into, durable=False)  # a folder; an empty one of that name may be there
            _tell(into, manifest)
    finally:
        # it is gone already where it was given its name
        shutil.rmtree(part, ignore_errors=True)
    for failure in recording.failures:
        where = f"{failure.ref} {failure.window_from:%Y-%m-%d}..{failure.window_to:%Y-%m-%d}"
        print(PullError(failure.code, failure.cause, where=where).render())
    return 1 if recording.failures or not recording.windows else 0


def _source(work: RunScope, ref: StreamRef) -> tuple[DeclaredAccount, Stream[Any]]:
    """The account and the stream by their names."""
    known = [(s.connector, s.shop_id, name) for s in work.company.sources for name in s.stream_names]
    wanted = (ref.connector, ref.shop_id, ref.stream)
    if wanted not in known:
        listed = "; ".join(" ".join(names) for names in known)[:300] or "no accounts in sources.yaml"
        raise UsageError(
            "U032",
            "the company pulls no such stream",
            actual=" ".join(name[:40] for name in wanted),
            remedy=f"known connector, shop and stream: {listed}",
        )
    source = next(s for s in work.company.sources if (s.connector, s.shop_id) == wanted[:2])
    return source, source.kit.stream(ref.stream).of(source.settings)


def _recorded(
    work: RunScope, source: DeclaredAccount, stream: Stream[Any], around: Surroundings, part: Path
) -> Recording:
    found = Recording()
    with tempfile.TemporaryDirectory() as scratch:
        for window in _windows(work, source, stream, around, landing=part, spool=Path(scratch)):
            span = f"{window.window_from:%Y-%m-%d %H:%M}..{window.window_to:%m-%d %H:%M}"
            if isinstance(window, FailedWindow):
                found.failures.append(window)
                tell("record", f"{span} failed [{window.code}] {window.cause}")
                continue
            found.windows.append(window)
            found.drift.update(window.drift)
            # a fixture holds answers; the records made of them come again with every replay
            window.records_path.unlink()
            tell("record", f"{span} {window.rows:,} rows, {window.proof}")
    return found


def _windows(
    work: RunScope,
    source: DeclaredAccount,
    stream: Stream[Any],
    around: Surroundings,
    *,
    landing: Path,
    spool: Path,
) -> Iterator[PulledWindow | FailedWindow]:
    """The windows of the asked days and no others."""
    start, end = day_bounds(work.first, source.zone)[0], day_bounds(work.last, source.zone)[1]
    # the clock may only be set back where the platform's answer does not depend on it
    windows = pull(
        source.kit,
        stream.name,
        source.account(around.environment, around.sandbox_url),
        span_from=start + stream.windows.lookback,
        as_of=work.as_of if stream.depends_on_now else min(work.as_of, end + stream.windows.lag),
        landing=Landing(landing),
        spool=spool,
        runtime=around.runtime or shared_runtime(work.home.root),
    )
    for window in windows:
        # behind the asked days, pulled only because the clock could not be set back
        if stream.windows.kind != "cursor" and window.window_from >= end:
            if isinstance(window, PulledWindow):
                (landing / window.landing_file).unlink()
            return
        yield window


def _manifest(
    work: RunScope, source: DeclaredAccount, stream: Stream[Any], recording: Recording, part: Path
) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "connector": source.connector,
        "stream": stream.name,
        "shop_id": source.shop_id,
        "zone": source.zone,
        "days": [work.first.isoformat(), work.last.isoformat()],
        "as_of": work.as_of.isoformat(),
        "documentation": stream.docs,
        "fields": sorted(_fields(part, recording.windows)),
        "unknown_fields_left_out": dict(sorted(recording.drift.items())),
        "personal_fields_left_out": list(stream.record.pii),
        "files": [_file(part, window) for window in recording.windows],
        "failed": [
            {"from": _iso(f.window_from), "to": _iso(f.window_to), "code": f.code, "cause": f.cause}
            for f in recording.failures
        ],
    }


def _file(part: Path, window: PulledWindow) -> dict[str, Any]:
    path = part / window.landing_file
    return {
        "file": window.landing_file,
        "sha256": sha256_of(path),
        "bytes": path.stat().st_size,
        "from": _iso(window.window_from),
        "to": _iso(window.window_to),
        "rows": window.rows,
        "pages": window.pages,
        "proof": window.proof,
    }


def _fields(part: Path, windows: list[PulledWindow]) -> set[str]:
    """Every field path that any answer in the files holds: what a reader has to look through before sharing them."""
    found: set[str] = set()
    for window in windows:
        with gzip.open(part / window.landing_file, "rt", encoding="utf-8") as file:
            for line in file:
                _walk(json.loads(line).get("body"), "", found)
    return found


def _walk(value: Any, at: str, found: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _walk(item, at, found)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _walk(inner, f"{at}.{name}" if at else name, found)
    elif at:
        found.add(at)


def _tell(into: Path, manifest: dict[str, Any]) -> None:
    """What is in the fixture, so that somebody looks before it is shared."""
    rows = [[f["from"], f["to"], str(f["rows"]), str(f["bytes"]), f["proof"]] for f in manifest["files"]]
    print(table(["from", "to", "rows", "bytes", "proof"], rows, right=(2, 3)))
    left_out = [*manifest["unknown_fields_left_out"], *manifest["personal_fields_left_out"]]
    print(f"\nfields in the files 文件中的字段: {', '.join(manifest['fields'])}")
    print(f"left out 未保留: {', '.join(left_out) or 'nothing'}")
    print(f"written: {into / MANIFEST}\nread it: kpi connectors replay {into / manifest['files'][0]['file']}")


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
