"""The contract of a stream: in which windows it is read, how one is read, what a record is, and why it is whole.

Belongs here: `Stream` and its parts. Each part holds only what its kind needs, so that a state that may not be cannot be
written: days have no version, a report has no pager, a cursor no look-back. Not here: the platform that a stream is of
(connector.py), pulling (kit/window).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Generic, Literal, TypeVar

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DeclarationWrong
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Pager
from connectors.kit.contract.proofs import Proof
from connectors.kit.contract.redact import Tree, hits, model_tree, path_tree
from connectors.kit.contract.reports import USUAL_PAGE_SIZE, PageSize, Report
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.request_budget import Limit, Rate
from connectors.kit.contract.strict_json import Json

R = TypeVar("R", bound=Row)
MissingPart = Callable[[Json, AccountSettings], FollowUp | None]


@dataclass(frozen=True, kw_only=True)
class BoundedWindows:
    """Windows with two ends, which can be asked for again.

    Args:
        lookback: how far before the asked start to read again.
        lookback_reason: why that far; also zero needs one.
        reread: how far a weekly run reads back, where reading that far every day would cost too much.
        lag: how close to now the platform's data may be trusted.
        max_window_days: local days per window, unless the account's setting of that name says otherwise.
        most_window_days: the most that the setting can make of it, where a platform adds up what is asked at once.
        readable_for: for days that the platform only shows while they last, and for spans it forgets: how long after its end
            a window can still be read.
    """

    lookback: timedelta
    lookback_reason: str
    reread: timedelta | None = None
    lag: timedelta = timedelta(minutes=1)
    max_window_days: int = 1
    most_window_days: int = 366
    readable_for: timedelta | None = None

    def faults(self) -> Iterator[str]:
        """What is missing or cannot be, in the order in which an engineer meets it."""
        # typed as never None, but the draft of `kpi connectors new` is; the checks below compare with it
        if self.lookback is None:
            yield "does not say how far it reads back (lookback)"
            return
        if not self.lookback_reason.strip():
            yield "gives no reason for its look-back (lookback_reason)"
        if self.reread is not None and self.reread <= self.lookback:
            yield "reads back no further in its weekly run than every day (reread)"
        if self.max_window_days < 1:
            yield "has a window shorter than a day (max_window_days)"


@dataclass(frozen=True, kw_only=True)
class ByChange(BoundedWindows, Generic[R]):
    """Windows of time: the records that changed in them, asked for by the instant of their change.

    Args:
        version: the instant that grows with every change of a record.
        max_window_records: records loaded at once; a window with more is halved, so that memory stays flat.
    """

    kind: ClassVar[Literal["time"]] = "time"
    version: Callable[[R], datetime]
    max_window_records: int = 2_000


@dataclass(frozen=True, kw_only=True)
class ByDay(BoundedWindows):
    """Whole local days that are over: what comes is all that these days hold, versioned by the instant of the pull."""

    kind: ClassVar[Literal["day"]] = "day"


@dataclass(frozen=True, kw_only=True)
class ByCursor(Generic[R]):
    """From the last cursor to now: the platform's export brings every change once and only goes forward.

    Args:
        version: the instant that grows with every change of a record.
        lookback_reason: why nothing is read again.
        lag: how close to now the platform's data may be trusted.
    """

    kind: ClassVar[Literal["cursor"]] = "cursor"
    lookback: ClassVar[timedelta] = timedelta(0)
    reread: ClassVar[None] = None
    readable_for: ClassVar[None] = None
    version: Callable[[R], datetime]
    lookback_reason: str
    lag: timedelta = timedelta(minutes=1)

    def faults(self) -> Iterator[str]:
        """What is missing."""
        if not self.lookback_reason.strip():
            yield "gives no reason for its look-back (lookback_reason)"


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A window read page by page.

    Args:
        request: builds the request of a page.
        pager: how pages are chained.
        records: dotted path of the record list.
        page_size: records per page.
        envelope: further envelope paths to keep.
        page_rest: what the records of a page still need, asked for together; None when they are whole.
        prepare: joins side-loaded parts into the records of a page.
        stamp: writes into the records of a page what only the query knows, such as the day of a snapshot.
        follow_up: what a record still needs, None when it is whole.
    """

    request: Callable[[PageQuery], Request]
    pager: Pager
    records: str
    page_size: PageSize = USUAL_PAGE_SIZE
    envelope: Mapping[str, Tree | None] = field(default_factory=dict)
    page_rest: MissingPart | None = None
    prepare: Callable[[Json], None] | None = None
    stamp: Callable[[Json, PageQuery], None] | None = None
    follow_up: MissingPart | None = None

    @property
    def kept(self) -> dict[str, Tree | None]:
        """What of a page is kept beside its records."""
        return {**dict.fromkeys(self.pager.paths), **self.envelope}


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A window read from a report that the platform makes of it; the kit hands its rows over as `rows`.

    Args:
        report: how the report is made and collected.
        follow_up: what a record still needs, None when it is whole.
    """

    records: ClassVar[str] = "rows"
    report: Report
    follow_up: MissingPart | None = None

    @property
    def page_size(self) -> PageSize | None:
        """Rows per page of a listing; a file has no pages."""
        return self.report.listing.page_size if self.report.listing is not None else None

    @property
    def kept(self) -> dict[str, Tree | None]:
        """Nothing beside the rows: how the report came is told by the kit itself."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Record(Generic[R]):
    """What a record is and what of it is kept.

    Args:
        model: what one record looks like on the wire; only its fields are ever stored.
        key: the id of a record.
        day: the instant (or local day) that never changes; its local day prunes the merge.
        payload: the flat record that the warehouse reads.
        pii: known personal fields of a record, dropped before anything is written.
        hashed: kept ids of people outside the company; a pseudonym takes their place before anything is written.
        unused: further documented fields that nobody needs; they are no drift.
    """

    model: type[R]
    key: Callable[[R], str]
    day: Callable[[R], datetime] | Callable[[R], date]
    payload: Callable[[R], dict[str, Json]]
    pii: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def faults(self) -> Iterator[str]:
        """Personal fields that the model would keep, hashed ids that it would not."""
        kept = model_tree(self.model)
        yield from (f"keeps the personal field {path}" for path in self.pii if hits(kept, path))
        yield from (
            f"does not keep the id {path} that it hashes" for path in self.hashed if not hits(kept, path)
        )


@dataclass(frozen=True, kw_only=True)
class Stream(Generic[R]):
    """One stream of a connector.

    Args:
        name: lower case, part of table and file names.
        feeds: canonical tables filled from it.
        windows: in which spans it is read.
        read: how one window is read.
        record: what a record is.
        proof: why a window is complete.
        limit: key of the rate limit; `{shop_id}` is filled in.
        rate: tokens of that key.
        finality_days: days after which a day's figures are not expected to change.
        docs: the platform's page that describes it.
        shaping_settings: settings that change how answers are read; noted in the landing file for the replay.
        only: a flag of the table that every row of this stream carries; a figure that leaves such rows out has no source in it.
        variant: the same records read in another way that the account's settings ask for.
    """

    name: str
    feeds: tuple[str, ...]
    windows: ByChange[R] | ByDay | ByCursor[R]
    read: Paged | Reported
    record: Record[R]
    proof: Proof
    limit: str
    rate: Callable[[AccountSettings], Rate]
    finality_days: int
    docs: str
    shaping_settings: tuple[str, ...] = ()
    only: str = ""
    variant: Callable[["Stream[R]", Mapping[str, str]], "Stream[R]"] | None = None

    def __post_init__(self) -> None:
        for what in self._faults():
            raise DeclarationWrong(f"stream {self.name} {what}")

    def _faults(self) -> Iterator[str]:
        """What is missing, in the order in which `kpi connectors new` leads through it: it leaves these places empty."""
        if self.proof is None:
            yield "does not say how it proves that a window is complete (proof)"
        yield from self.windows.faults()
        if not self.docs.startswith("https://"):
            yield "names no documentation page (docs)"
        if not self.feeds:
            yield "fills no table (feeds)"
        if not self.limit:
            yield "names no rate limit key (limit)"
        yield from self.record.faults()

    def of(self, settings: Mapping[str, str]) -> "Stream[R]":
        """The stream as an account with these settings reads it."""
        return self if self.variant is None else self.variant(self, settings)

    @property
    def report(self) -> Report | None:
        """The report that it is read from, None where it is read page by page."""
        return self.read.report if isinstance(self.read, Reported) else None

    @property
    def is_snapshot(self) -> bool:
        """Whether a day must be read shortly after its end, or never."""
        readable_for = self.windows.readable_for
        # a day or less: when one nightly run has missed it, the next one finds it gone
        return readable_for is not None and readable_for <= timedelta(days=1)

    @property
    def depends_on_now(self) -> bool:
        """Whether the same window, asked at another instant, may be answered otherwise or not at all."""
        return self.windows.kind == "cursor" or self.windows.readable_for is not None

    def tree(self) -> Tree:
        """Everything of a page that may be stored."""
        proven = dict.fromkeys(self.proof.paths)
        # the later wins: a proof names a scalar, the same path in the envelope or the records may be a whole object
        return path_tree({**proven, **self.read.kept, self.read.records: model_tree(self.record.model)})

    def budget(self, connector: str, account: AccountSettings) -> Limit:
        """The request budget of an account."""
        return Limit(f"{connector}/{self.limit.format(shop_id=account.shop_id)}", self.rate(account))
