"""Pulls a stream window by window: proven windows and failed windows, nothing in between.

Not here: loading (warehouse) and deciding what to pull (pipelines).
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import DayGone, Incomplete, KitError, PageTooLarge, TooLarge
from connectors.kit.contract.stream import BoundedWindows, ByChange, Stream
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window, clip, iso, split, whole_days
from connectors.kit.transport.client import Client
from connectors.kit.transport.runtime import SHARED, Runtime
from connectors.kit.window.landing import FORMAT, Landing, stamp
from connectors.kit.window.live import LiveAnswers
from connectors.kit.window.reading import Frame, WindowResult, read_window
from connectors.kit.window.spool import Spool
from models.loads import FailedWindow, PulledWindow, StreamRef

WHOLE_FILE = 1  # the page size of a report that comes as a file: it has no pages


@dataclass(frozen=True)
class Progress:
    """Where a pull is, for people who wait."""

    ref: StreamRef
    window: Window
    pages: int


def pull(
    connector: Connector,
    stream: Stream[Any] | str,
    account: AccountSettings,
    *,
    span_from: datetime,
    as_of: datetime,
    landing: Landing,
    spool: Path,
    cursor: str | None = None,
    runtime: Runtime = SHARED,
    progress: Callable[[Progress], None] | None = None,
    is_held: Callable[[Window], bool] = lambda _: False,
) -> Iterator[PulledWindow | FailedWindow]:
    """One result per window from `span_from` (less the stream's look-back) to `as_of` (less its lag).

    A window that fails does not stop the next ones, unless the trouble would only repeat (credential,
    permission, long pause): then every remaining window is reported as failed with the same cause. Troubles
    of a platform never raise.

    Args:
        connector: the platform.
        stream: the stream or its name.
        account: the account.
        span_from: first instant asked for; for a cursor stream the instant its cursor stands for.
        as_of: the clock.
        landing: where raw answers are kept.
        spool: folder for the record files.
        cursor: opaque cursor of the last pull (cursor streams only).
        runtime: waits and rate limits, shared by the pulls of a process.
        progress: called after every page.
        is_held: whether a window is proven already; one that its platform no longer shows is passed over then.
    """
    declared = connector.stream(stream) if isinstance(stream, str) else stream
    pulling = _Pull(
        connector=connector,
        stream=declared,
        account=account,
        as_of=as_of,
        cursor=cursor,
        landing=landing,
        spool=spool,
        runtime=runtime,
        progress=progress,
        is_held=is_held,
    )
    yield from pulling.run(span_from)


@dataclass(kw_only=True)
class _Pull:
    connector: Connector
    stream: Stream[Any]
    account: AccountSettings
    as_of: datetime
    cursor: str | None
    landing: Landing
    spool: Path
    runtime: Runtime
    progress: Callable[[Progress], None] | None
    is_held: Callable[[Window], bool]

    def __post_init__(self) -> None:
        self.ref = StreamRef(self.connector.name, self.stream.name, self.account.shop_id)
        self.client = Client(self.connector, self.account, self.runtime)
        self.page_size: int | None = None
        self.longest: timedelta | None = None  # learned: longer windows held too many records
        self.drift: Counter[str] = Counter()

    def run(self, span_from: datetime) -> Iterator[PulledWindow | FailedWindow]:
        try:
            self.stream = self.stream.of(self.account.settings)
            pending = deque(self._windows(span_from))
        except KitError as error:
            pending = deque()
            yield self._failed(Window(span_from, self.as_of), error)
        blocked: KitError | None = None
        try:
            while pending:
                window = pending.popleft()
                # a blocked pull reports each window as planned
                if not blocked and self.longest and len(parts := window.parts(self.longest)) > 1:
                    pending.extendleft(reversed(parts))  # extendleft turns the order round
                    continue
                gone = self._gone(window)
                if gone is not None and self.is_held(window):
                    continue
                result = blocked or gone or self._window(window)
                if isinstance(result, TooLarge) and (smaller := self._smaller(window, result)):
                    pending.extendleft(reversed(smaller))
                    continue
                if isinstance(result, TooLarge) and window.halves() is None:
                    # one second holds no such crowd: it is a listing without end, and the next would cost as much
                    result.stops_stream = True
                blocked = result if isinstance(result, KitError) and result.stops_stream else None
                yield self._failed(window, result) if isinstance(result, KitError) else result
                self.client.new_effort()
        finally:
            self.client.close()

    def _windows(self, span_from: datetime) -> Iterator[Window]:
        how = self.stream.windows
        until = self.as_of - how.lag  # what is younger may still be on its way inside the platform
        if not isinstance(how, BoundedWindows):
            # an export by cursor knows no end but now: clipping it would only refuse what it brings
            whole = clip(span_from, until, self.account, is_open_ended=True)
            yield from [whole] if whole else []
            return
        whole = clip(span_from - how.lookback, until, self.account)
        if whole and how.kind == "day":
            whole = whole_days(whole, self.account.tz)
        days = self.account.whole_number("max_window_days", how.max_window_days, most=366)
        days = min(days, how.most_window_days)
        yield from split(whole, self.account.tz, days) if whole else []

    def _gone(self, window: Window) -> DayGone | None:
        """A day that the platform no longer shows is not asked for: it would answer with another day, or with nothing."""
        limit = self.stream.windows.readable_for
        if limit is None or self.as_of <= window.end + limit:
            return None
        return DayGone(
            "the platform no longer shows this day", actual=f"readable until {iso(window.end + limit)}"
        )

    def _smaller(self, window: Window, error: TooLarge) -> tuple[Window, ...]:
        if isinstance(error, PageTooLarge):
            if not self.page_size or self.page_size < 2:
                return ()
            self.page_size //= 2
            return (window,)
        if self.stream.windows.kind == "day":
            # a day of 23 hours counts 0 here, and one day is not halved
            days = (window.end - window.start).days
            return tuple(split(window, self.account.tz, max(1, days // 2))) if days > 1 else ()
        halves = window.halves() if self.stream.windows.kind == "time" else None
        if halves is not None:
            self.longest = halves[0].end - halves[0].start
        return halves or ()

    def _window(self, window: Window) -> PulledWindow | KitError:
        self.client.start_window()
        for attempt in range(1, self.runtime.window_attempts + 1):
            try:
                return self._attempt(window)
            except Incomplete as error:
                # records may have left the window while it was read: reading all of it again settles that
                if not error.may_settle or attempt == self.runtime.window_attempts:
                    return error
                self.client.effort.retries += 1
            except KitError as error:
                return error
        raise AssertionError  # the loop always returns

    def _attempt(self, window: Window) -> PulledWindow:
        self.drift.clear()  # counted anew by every attempt
        if self.page_size is None:
            self.page_size = self._asked_page_size()
        frame = Frame(
            stream=self.stream,
            account=self.account,
            window=window,
            start_cursor=self.cursor,
            page_size=self.page_size,
            read_at=self.as_of,
        )
        writer = self.landing.writer(self.ref, window)
        source = LiveAnswers(
            self.connector,
            self.stream,
            self.client,
            runtime=self.runtime,
            writer=writer,
            drift=self.drift,
            scratch=self.spool,
        )
        try:
            writer.line(header(self.ref, frame))
            with Spool(self.spool) as spool:
                result = read_window(frame, source, spool, lambda n: self._page_done(window, n, spool))
                writer.line(footer(result))
                # the records first: a landing file that has its name is always one whose records were written
                records = spool.write(spool_name(self.ref, window))
            landed, sha256 = writer.commit()
            source.collected()  # not before: after a kill here the report would count as used
        except Incomplete:
            source.refused()
            raise
        finally:
            writer.discard()
        effort = self.client.effort
        return pulled(
            self.ref,
            frame,
            result,
            records=records,
            landed=(landed, sha256),
            as_of=self.as_of,
            requests=effort.requests,
            retries=effort.retries,
            waited_seconds=effort.waited_seconds,
            drift=dict(self.drift),
        )

    def _asked_page_size(self) -> int:
        size = self.stream.read.page_size
        if size is None:
            return WHOLE_FILE
        return self.account.whole_number(size.setting, size.default, most=size.most)

    def _failed(self, window: Window, error: KitError) -> FailedWindow:
        effort = self.client.effort
        return FailedWindow(
            ref=self.ref,
            window_from=window.start,
            window_to=window.end,
            kind=self.stream.windows.kind,
            code=error.code,
            cause=error.cause,
            as_of=self.as_of,
            requests=effort.requests,
            retries=effort.retries,
            waited_seconds=effort.waited_seconds,
        )

    def _page_done(self, window: Window, pages: int, spool: Spool) -> None:
        # the warehouse holds a window in memory while it loads it: a busy shop is read in shorter windows
        how = self.stream.windows
        # days are replaced whole: only windows of time can be cut anywhere
        is_crowded = isinstance(how, ByChange) and spool.count() > how.max_window_records
        if is_crowded and window.halves() is not None:
            raise TooLarge("the window holds more records than are loaded at once")
        if self.progress is not None:
            self.progress(Progress(self.ref, window, pages))


def header(ref: StreamRef, frame: Frame) -> dict[str, Json]:
    """First line of a landing file: everything a replay needs besides the answers."""
    return {
        "kind": "header",
        "format": FORMAT,
        "connector": ref.connector,
        "stream": ref.stream,
        "shop": ref.shop_id,
        "zone": frame.account.zone,
        "window_from": iso(frame.window.start),
        "window_to": iso(frame.window.end),
        "window_kind": frame.stream.windows.kind,
        "start_cursor": frame.start_cursor,
        "settings": {n: v for n, v in frame.account.settings.items() if n in frame.stream.shaping_settings},
        # only where it differs from the declared size, which replay.py takes otherwise
        **({"page_size": frame.page_size} if frame.page_size != usual_page_size(frame.stream) else {}),
        # only rows of days are versioned by it: elsewhere the same answers would give another file at every pull
        **({"read_at": iso(frame.read_at)} if frame.stream.windows.kind == "day" else {}),
    }


def usual_page_size(stream: Stream[Any]) -> int:
    """Records per page unless the account says otherwise; a landing file notes only another one."""
    return stream.read.page_size.default if stream.read.page_size is not None else WHOLE_FILE


def footer(result: WindowResult) -> dict[str, Json]:
    """Last line of a landing file; a file without it is not whole."""
    return {
        "kind": "end",
        "pages": result.pages,
        "rows": result.rows,
        "proof": result.proof,
        "cursor": result.cursor,
    }


def spool_name(ref: StreamRef, window: Window) -> str:
    """File name of the records of a window."""
    return f"{ref.connector}-{ref.stream}-{ref.shop_id}-{stamp(window)}.ndjson"


def pulled(
    ref: StreamRef,
    frame: Frame,
    result: WindowResult,
    *,
    records: Path,
    landed: tuple[str, str],
    as_of: datetime,
    **effort: Any,
) -> PulledWindow:
    """The window as the warehouse takes it."""
    return PulledWindow(
        ref=ref,
        window_from=frame.window.start,
        window_to=frame.window.end,
        kind=frame.stream.windows.kind,
        records_path=records,
        rows=result.rows,
        landing_file=landed[0],
        landing_sha256=landed[1],
        proof=result.proof,
        as_of=as_of,
        cursor=result.cursor,
        pages=result.pages,
        replaces=frame.days if frame.stream.windows.kind == "day" else None,
        **effort,
    )
