"""Rebuilds the records of a window from its landing file: no network, same records, same proof.

Not here: choosing which files to replay (pipelines).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError, LandingDamaged
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.redact import Tree
from connectors.kit.contract.reports import Report
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window
from connectors.kit.window.landing import FORMAT, read_lines, sha256_of
from connectors.kit.window.pull import footer, pulled, spool_name, usual_page_size
from connectors.kit.window.reading import Frame, read_window
from connectors.kit.window.spool import Spool
from models.loads import PulledWindow, StreamRef

NO_REQUEST = Request("GET", "/")
NOWHERE = "https://replay.invalid"  # a reserved name (RFC 2606): a replay cannot reach a platform by accident


class _LandedAnswers:
    """Answers from the file, in the order in which they were written."""

    def __init__(self, lines: Iterator[Json]) -> None:
        self._lines = lines

    def fetch(self, kind: str, _request: Request, _tree: Tree) -> Json:
        """The next answer of the file."""
        line = next(self._lines, None)
        if line is None or dig(line, "kind") != kind:
            raise LandingDamaged("a landing file does not hold what the connector asks for", actual=kind)
        return dig(line, "body")

    def report(self, _declared: Report, _query: PageQuery, tree: Tree) -> Iterator[Json]:
        """The pieces of a report, up to the one that says how it came."""
        body: Json = {}
        while "report" not in body:
            body = self.fetch("page", NO_REQUEST, tree)
            yield body


def replay(
    landing_file: Path,
    *,
    root: Path,
    as_of: datetime,
    spool: Path,
    find: Callable[[str], Connector],
    sha256: str | None = None,
) -> PulledWindow:
    """The window exactly as it was pulled.

    Args:
        landing_file: path of the file, absolute or below `root`.
        root: the landing folder.
        as_of: the clock to note on the window.
        spool: folder for the record file.
        find: the connector of a name: `connectors.registry.get`, or what a company adds to it.
        sha256: hash noted when the file was loaded; without it the part in the file's name must agree.

    Raises:
        LandingDamaged: the file is not what was written.
        KitError: the connector of today cannot read it any more.
    """
    path = root / landing_file
    found = _verified(path, sha256)
    lines = read_lines(path)
    head = next(lines, None)
    if head is None or dig(head, "kind") != "header" or dig(head, "format") != FORMAT:
        raise LandingDamaged("a landing file has no header this version knows", actual=path.name)
    frame, ref = _frame(head, find(dig(head, "connector")), as_of)
    with Spool(spool) as records:
        result = read_window(frame, _LandedAnswers(lines), records, lambda _: None)
        # the end line counts rows and names the proof; a line too many is no end line either
        if next(lines, None) != footer(result):
            raise LandingDamaged("a landing file gives other records than it did", actual=path.name)
        written = records.write(spool_name(ref, frame.window))
    landed = (path.relative_to(root).as_posix(), found)
    return pulled(ref, frame, result, records=written, landed=landed, as_of=as_of)


def _verified(path: Path, sha256: str | None) -> str:
    try:
        found = sha256_of(path)
    except OSError as error:
        raise LandingDamaged(
            "a landing file cannot be read", actual=f"{path.name}: {type(error).__name__}"
        ) from None
    named = path.name.removesuffix(".jsonl.gz").rpartition("_")[2]
    if not found.startswith(named) or (sha256 is not None and found != sha256):
        raise LandingDamaged("a landing file was changed after it was written", actual=path.name)
    return found


def _frame(head: Json, connector: Connector, as_of: datetime) -> tuple[Frame, StreamRef]:
    try:
        ref = StreamRef(head["connector"], head["stream"], head["shop"])
        account = AccountSettings(
            shop_id=ref.shop_id, zone=head["zone"], base_url=NOWHERE, settings=head["settings"]
        )
        window = Window(
            datetime.fromisoformat(head["window_from"]), datetime.fromisoformat(head["window_to"])
        )
        stream = connector.stream(ref.stream).of(account.settings)
        # only day streams note it: others do not read it
        read_at = datetime.fromisoformat(head["read_at"]) if "read_at" in head else as_of
        frame = Frame(
            stream=stream,
            account=account,
            window=window,
            start_cursor=head["start_cursor"],
            page_size=int(head.get("page_size", usual_page_size(stream))),  # page numbers count in it
            read_at=read_at,
        )
        return frame, ref
    # says more than "damaged": a stream that is gone, a setting that does not fit any more
    except KitError:
        raise
    except (KeyError, ValueError, TypeError) as error:
        raise LandingDamaged("a landing file has a damaged header", actual=type(error).__name__) from None
