"""The contract of a connector: what it must declare before the kit runs it.

A connector without `classify`, or a stream without proof or reason for its look-back, does not load. Not
here: running it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

from connectors.kit.contract.account import OF_EVERY_ACCOUNT, AccountSettings
from connectors.kit.contract.auth import Auth
from connectors.kit.contract.errors import DeclarationWrong, KitError
from connectors.kit.contract.fields import Row
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Pager
from connectors.kit.contract.proofs import Proof
from connectors.kit.contract.redact import Tree, hits, model_tree, path_tree
from connectors.kit.contract.reports import Report
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.request_budget import Bucket, Limit, Rate
from connectors.kit.contract.strict_json import Json

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, kw_only=True)
class Stream(Generic[R]):
    """One stream of a connector.

    Args:
        name: lower case, part of table and file names.
        model: what one record looks like on the wire; only its fields are ever stored.
        key: the id of a record.
        day: the instant (or local day) that never changes; its local day prunes the merge.
        version: the instant that grows with every change; day streams have none, they are versioned by the pull.
        payload: the flat record that the warehouse reads.
        feeds: canonical tables filled from it.
        request: builds the request of a page; with `pager`, for streams that are read page by page.
        pager: how pages are chained.
        report: how the platform makes a report of the window, for streams that are read from files.
        records: dotted path of the record list; `rows` for reports.
        cursor_kind: `time` windows are asked by modification and can be asked for again; a `cursor` only goes forward; `day`
            windows are whole local days, and what comes is all that these days hold.
        readable_for: for days that the platform only shows while they last, and for spans it forgets: how long after its end
            a window can still be read.
        max_window_days: local days per window, unless the account's setting of that name says otherwise.
        most_window_days: the most that the setting can make of it, where a platform adds up what is asked at once.
        max_window_records: records loaded at once; a window with more is halved, so that memory stays flat.
        lookback: how far before the asked start to read again.
        lookback_reason: why that far; also zero needs one.
        reread: how far a weekly run reads back, where reading that far every day would cost too much.
        lag: how close to now the platform's data may be trusted.
        limit: key of the rate limit; `{shop_id}` is filled in.
        rate: tokens of that key.
        proof: why a window is complete.
        finality_days: days after which a day's figures are not expected to change.
        pii: known personal fields of a record, dropped before anything is written.
        hashed: kept ids of people outside the company; a pseudonym takes their place before anything is written.
        unused: further documented fields that nobody needs; they are no drift.
        docs: the platform's page that describes it.
        page_size: setting name, default and largest records per page.
        shaping_settings: settings that change how answers are read; noted in the landing file for the replay.
        envelope: further envelope paths to keep.
        prepare: joins side-loaded parts into the records of a page.
        stamp: writes into the records of a page what only the question knows, such as the day of a snapshot.
        follow_up: what a record still needs, None when it is whole.
        variant: the same records read in another way that the account's settings ask for.
        page_rest: what the records of a page still need, asked for together; None when they are whole.
    """

    name: str
    model: type[R]
    key: Callable[[R], str]
    day: Callable[[R], datetime] | Callable[[R], date]
    version: Callable[[R], datetime] | None = None
    payload: Callable[[R], dict[str, Json]]
    feeds: tuple[str, ...]
    request: Callable[[Ask], Request] | None = None
    pager: Pager | None = None
    report: Report | None = None
    records: str = "rows"
    cursor_kind: Literal["time", "cursor", "day"]
    readable_for: timedelta | None = None
    max_window_days: int = 1
    most_window_days: int = 366
    max_window_records: int = 2_000
    lookback: timedelta | None = None
    lookback_reason: str = ""
    reread: timedelta | None = None
    lag: timedelta = timedelta(minutes=1)
    limit: str
    rate: Callable[[AccountSettings], Rate]
    proof: Proof | None = None
    finality_days: int
    pii: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    docs: str
    page_size: tuple[str, int, int] = ("page_size", 100, 1000)
    shaping_settings: tuple[str, ...] = ()
    envelope: Mapping[str, Tree | None] = field(default_factory=dict)
    prepare: Callable[[Json], None] | None = None
    stamp: Callable[[Json, Ask], None] | None = None
    follow_up: Callable[[Json, AccountSettings], FollowUp | None] | None = None
    page_rest: Callable[[Json, AccountSettings], FollowUp | None] | None = None
    variant: Callable[["Stream[R]", Mapping[str, str]], "Stream[R]"] | None = None

    def __post_init__(self) -> None:
        wrong = [
            (self.proof is None, "does not say how it proves that a window is complete (proof)"),
            (self.lookback is None, "does not say how far it reads back (lookback)"),
            (not self.lookback_reason.strip(), "gives no reason for its look-back (lookback_reason)"),
            (not self.docs.startswith("https://"), "names no documentation page (docs)"),
            (not self.feeds, "fills no table (feeds)"),
            (not self.limit, "names no rate limit key (limit)"),
            (
                self.reread is not None and self.lookback is not None and self.reread <= self.lookback,
                "reads back no further in its weekly run than every day (reread)",
            ),
            (self.max_window_days < 1, "has a window shorter than a day (max_window_days)"),
            (
                (self.version is None) is not (self.cursor_kind == "day"),
                "needs a version unless it is read by days",
            ),
            ((self.report is None) is (self.request is None), "is read by pages or by reports, one of them"),
            ((self.request is None) is not (self.pager is None), "needs request and pager together"),
            (self.report is not None and self.records != "rows", "is a report: its records are `rows`"),
            (self.report is not None and self.cursor_kind == "cursor", "is a report: it knows no cursor"),
            (
                self.readable_for is not None and self.cursor_kind == "cursor",
                "follows a cursor, which knows no windows (readable_for)",
            ),
        ]
        for is_wrong, what in wrong:
            if is_wrong:
                raise DeclarationWrong(f"stream {self.name} {what}")
        kept = model_tree(self.model)
        for path in self.pii:
            if hits(kept, path):
                raise DeclarationWrong(f"stream {self.name} keeps the personal field {path}")
        for path in self.hashed:
            if not hits(kept, path):
                raise DeclarationWrong(f"stream {self.name} does not keep the id {path} that it hashes")

    def of(self, settings: Mapping[str, str]) -> "Stream[R]":
        """The stream as an account with these settings reads it."""
        return self if self.variant is None else self.variant(self, settings)

    @property
    def is_snapshot(self) -> bool:
        """Whether a day must be read shortly after its end, or never."""
        return self.readable_for is not None and self.readable_for <= timedelta(days=1)

    def tree(self) -> Tree:
        """Everything of a page that may be stored."""
        assert self.proof is not None  # noqa: S101 - checked at declaration
        pager = self.pager.paths if self.pager is not None else ()
        paths: dict[str, Tree | None] = dict.fromkeys((*pager, *self.proof.paths))
        return path_tree({**paths, **self.envelope, self.records: model_tree(self.model)})

    def budget(self, connector: str, account: AccountSettings) -> Limit:
        """The request budget of an account."""
        return Limit(f"{connector}/{self.limit.format(shop_id=account.shop_id)}", self.rate(account))


class Connector(ABC):
    """One platform: how to sign, how to read its answers, which streams it has.

    `settings` names what an account may set beside what its streams declare (page size, what shapes an answer): a name that is
    in none of them is a slip of the pen, and sources.yaml is refused.
    """

    name: ClassVar[str]
    platform: ClassVar[str]
    auth: ClassVar[Auth]
    streams: ClassVar[tuple[Stream[Any], ...]]
    headers: ClassVar[Mapping[str, str]] = {}
    settings: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for attribute in ("name", "platform", "auth", "streams"):
            if not hasattr(cls, attribute):
                raise DeclarationWrong(f"connector {cls.__name__} declares no {attribute}")
        if "classify" not in vars(cls):
            raise DeclarationWrong(f"connector {cls.__name__} does not say what an answer means (classify)")

    @abstractmethod
    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:
        """What an answer means: None for "use it". `body` is the parsed JSON, or None when it is not JSON."""

    def learn(self, bucket: Bucket, now: float, headers: Mapping[str, str], body: Json) -> None:  # noqa: B027 - optional
        """Tell the limiter what the answer says about the remaining budget."""

    @property
    def known_settings(self) -> frozenset[str]:
        """Every setting that an account of this connector may have."""
        of_streams = {name for s in self.streams for name in (s.page_size[0], *s.shaping_settings)}
        return frozenset({*OF_EVERY_ACCOUNT, *of_streams, *self.auth.settings, *self.settings})

    def stream(self, name: str) -> Stream[Any]:
        """The stream called `name`."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise DeclarationWrong(f"connector {self.name} has no stream {name}")
