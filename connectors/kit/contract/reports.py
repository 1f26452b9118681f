"""Reports that a platform makes while we wait: how one is asked for, looked after and served.

Belongs here: the declaration of a report. Not here: the file (documents.py), the steps from asking to its rows
(window/report_collector.py), what a row means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.kit.contract.documents import Format, Location
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Pager
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json


class JobState(StrEnum):
    """Where a report is, in words that every platform's own map onto."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    EMPTY = "EMPTY"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Status:
    """What a status answer says; `why` is a code of the platform, never its free text."""

    state: JobState
    why: str = ""


@dataclass(frozen=True)
class PageSize:
    """Records per page: the account's setting of that name, its default, and the most that the platform serves."""

    setting: str = "page_size"
    default: int = 100
    most: int = 1000


USUAL_PAGE_SIZE = PageSize()


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """Rows of a ready report that come as one file.

    Args:
        format: how rows lie in the file.
        location: where the file is, in the status answer or in that of `document`.
        document: a further request that tells where the file is; None when the status says so.
    """

    format: Format
    location: Callable[[Json], Location]
    document: Callable[[PageQuery, Json], Request] | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows of a ready report that are served page by page instead of as a file.

    Args:
        request: a page, from the query, the status answer and the page's token (None for the first).
        pager: how pages are chained.
        records: dotted path of the rows.
        page_size: rows per page.
    """

    request: Callable[[PageQuery, Json, str | None], Request]
    pager: Pager
    records: str
    page_size: PageSize = USUAL_PAGE_SIZE


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a platform makes a report.

    Args:
        create: the request that asks for it.
        created: its id in the answer.
        status: the request that asks how far it is.
        read: the state in that answer.
        served: how its rows come: as a file, or page by page.
        keeps: scalar fields of the status answer that are stored and that a proof may read.
        echo: whether the file's head and status fit what was asked; called with (query, head, status answer).
        find: looks a report up whose id was lost in a kill: the request and its id in the answer (None = not there).
        cool_down: how long a failed report is not asked for again.
        empty_reason: why an EMPTY report proves that there is nothing; needed where the platform has such a state.
        doubts_empty: a report that claims to be empty is asked for once more before that is believed.
        reuse: a collected report answers the same question again for this long, so that a kill before loading costs nothing.
        lives: a report asked for longer ago than this is asked for anew.
        poll: first and longest pause between two looks, seconds.
        patience: seconds after which a run leaves the report to the next one.
        assemble: joins rows of the file into records, where one record is several rows.
        wire: what a row is on the wire, where `assemble` makes other records of it: nothing else gets that far.
        sums: numeric fields that are added up over the rows, for a proof that knows their totals.
        moves: figures move while they are read, so that a report that does not add up is asked for anew.
    """

    create: Callable[[PageQuery], Request]
    created: Callable[[Json], str]
    status: Callable[[PageQuery, str], Request]
    read: Callable[[Json], Status]
    served: ReportFile | Listing
    keeps: tuple[str, ...] = ()
    echo: Callable[[PageQuery, Json, Json], bool] | None = None
    find: tuple[Callable[[PageQuery, datetime], Request], Callable[[Json, PageQuery], str | None]] | None = (
        None
    )
    cool_down: timedelta = timedelta(minutes=30)
    empty_reason: str = ""
    doubts_empty: bool = False
    reuse: timedelta = timedelta(minutes=30)
    lives: timedelta = timedelta(hours=20)
    poll: tuple[float, float] = (5.0, 60.0)
    patience: float = 900.0
    assemble: Callable[..., object] | None = None
    wire: type[Row] | None = None
    sums: tuple[str, ...] = ()
    moves: bool = False

    @property
    def listing(self) -> Listing | None:
        """How rows are served page by page, None where they come as a file."""
        return self.served if isinstance(self.served, Listing) else None


def kept_status(body: Json, keeps: tuple[str, ...]) -> Mapping[str, Json]:
    """The declared scalar fields of a status answer, flat by their last name."""
    found: dict[str, Json] = {}
    for path in keeps:
        value = body
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, dict | list):
            found[path.rpartition(".")[2]] = value
    return found
