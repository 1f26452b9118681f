"""Answers from the platform: asked, reduced to what may be stored, landed.

Belongs here: the live half of `reading.AnswerSource`. Not here: the other half, answers from a landing file (replay.py).
"""

import logging
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.kit.contract.connector import Connector
from connectors.kit.contract.documents import unpack
from connectors.kit.contract.errors import Incomplete, NotReady, SchemaDrift, Transient
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Guard
from connectors.kit.contract.proofs import exact
from connectors.kit.contract.redact import Tree, model_tree, project, veil
from connectors.kit.contract.reports import JobState, Listing, Report, ReportFile, kept_status
from connectors.kit.contract.request import Request
from connectors.kit.contract.stream import Stream
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.transport.client import Client
from connectors.kit.transport.retry import RETRY_AFTER_CAP, wished_pause
from connectors.kit.transport.runtime import Runtime
from connectors.kit.window.landing import LandingWriter
from connectors.kit.window.report_collector import ReportCollector

LOG = logging.getLogger("meritline.connectors")
ROWS = 1000  # rows of a report that are landed and read at once
_DOWNLOADS = 3
# a key of any other form may be data, such as a mail address as a key: no log may hold it
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_. ()/-]{0,120}")


class LiveAnswers:
    """One attempt at one window."""

    def __init__(
        self,
        connector: Connector,
        stream: Stream[Any],
        client: Client,
        *,
        runtime: Runtime,
        writer: LandingWriter,
        drift: Counter[str],
        scratch: Path,
    ) -> None:
        self._connector, self._stream, self._client = connector, stream, client
        self._runtime, self._writer, self._drift, self._scratch = runtime, writer, drift, scratch
        self._collector: ReportCollector | None = None

    def fetch(self, kind: str, request: Request, tree: Tree) -> Json:
        """The answer to a request, landed."""
        body = self._client.call(request, self._stream.budget(self._connector.name, self._client.account))
        return self._land(kind, body, tree, request)

    def report(self, declared: Report, query: PageQuery, tree: Tree) -> Iterator[Json]:
        """The rows of a report, landed in pieces, then how the file came."""
        names = (self._connector.name, self._stream.name, query.account.shop_id)
        caller = self._caller()
        self._collector = ReportCollector(
            report=declared, query=query, caller=caller, state=self._runtime.state, names=names
        )
        state, status = self._collector.collect()
        told: dict[str, Json] = {
            "status": kept_status(status, declared.keeps),
            "state": str(state),
            "lines": 0,
        }
        if state is JobState.EMPTY:
            told |= {"bytes": 0, "checked": f"empty: {declared.empty_reason}"}
        elif isinstance(declared.served, Listing):
            told |= {"bytes": None, "pages": 0}
            echoed = self._echo(declared, query, status, {})
            rows = self._known(declared, _listed(declared.served, query, status, told, caller))
            for piece in _pieces(_rows(declared, rows, query, told)):
                yield self._land("page", {"rows": piece}, tree)
            told["checked"] = f"{told['pages']} pages to the end{echoed}"
        else:
            with tempfile.TemporaryDirectory(dir=self._scratch, prefix=".report-") as folder:
                path = Path(folder) / "file"
                told["bytes"] = self._download(declared, declared.served, query, status, path)
                file = declared.served.format.of(query.account)
                told["checked"] = "whole file" + self._echo(declared, query, status, file.head(path))
                for piece in _pieces(_rows(declared, self._known(declared, file.rows(path)), query, told)):
                    yield self._land("page", {"rows": piece}, tree)
        # the proof reads this line, and a replay finds the end of the report by it
        last = {"rows": [], "report": told}
        self._writer.line({"kind": "page", "body": last})
        yield last

    def _caller(self) -> "_Caller":
        budget = self._stream.budget(self._connector.name, self._client.account)
        return _Caller(self._client, budget)

    def refused(self) -> None:
        """What was read is not whole: the same report need not be looked at again."""
        if self._collector is not None:
            self._collector.refused()

    def collected(self) -> None:
        """The window is on disk: the report need not be asked for again."""
        if self._collector is not None:
            self._collector.collected()

    def _download(
        self, declared: Report, served: ReportFile, query: PageQuery, status: Json, path: Path
    ) -> int:
        """The file unpacked at `path`; a location that has expired is asked for anew."""
        packed, caller = path.with_suffix(".packed"), self._caller()
        for left in reversed(range(_DOWNLOADS)):
            answer = status if served.document is None else caller.call(served.document(query, status))
            location = served.location(answer)
            try:
                with packed.open("wb") as file:
                    self._client.download(location, file)
                with packed.open("rb") as source, path.open("wb") as target:
                    return unpack(source, target, is_gzip=location.is_gzip)
            except (Transient, Incomplete) as error:
                if not left:
                    raise
                caller.pause(max(declared.poll[0], self._wish(error)))
            self._client.effort.retries += 1
            # where the status names the URL, a fresh status is a fresh URL
            if served.document is None and self._collector is not None and self._collector.job is not None:
                status = caller.call(declared.status(query, self._collector.job.id or ""))
        raise AssertionError  # the loop returns or raises

    def _wish(self, error: Transient | Incomplete) -> float:
        """The pause that the file's place asks for."""
        header = error.retry_after if isinstance(error, Transient) else None
        wish = wished_pause(header, self._client.now()) or 0.0
        if wish > RETRY_AFTER_CAP:
            raise NotReady(
                "the report's file asks for a longer pause than a run waits", actual=f"{wish:.0f} s"
            )
        return wish

    def _echo(self, declared: Report, query: PageQuery, status: Json, head: Json) -> str:
        if declared.echo is None:
            return ""
        if not declared.echo(query, head, status):
            # reading again would not settle it: the same report id is answered with the same range
            raise Incomplete("the report is for another range than was asked")
        return ", asked range echoed"

    def _known(self, declared: Report, rows: Iterator[dict[str, Json]]) -> Iterator[dict[str, Json]]:
        """The rows with the fields of `wire` only; what else they hold is drift."""
        if declared.wire is None:
            yield from rows
            return
        tree = model_tree(declared.wire)
        for row in rows:
            dropped: Counter[str] = Counter()
            yield project(row, tree, dropped, self._stream.read.records)
            self._note_drift(dropped)

    def _land(self, kind: str, body: Json, tree: Tree, request: Request | None = None) -> Json:
        dropped: Counter[str] = Counter()
        kept = project(body, tree, dropped)
        for path in self._stream.record.hashed:
            veil(kept, f"{self._stream.read.records}.{path}".split("."))
        if kind != "proof":  # a proof keeps less than a page on purpose
            self._note_drift(dropped)
        told = {} if request is None else {"request": request.describe()}
        self._writer.line({"kind": kind, **told, "body": kept})
        return kept

    def _note_drift(self, dropped: Counter[str]) -> None:
        records = f"{self._stream.read.records}."
        known = {records + path for path in (*self._stream.record.pii, *self._stream.record.unused)}
        for path, times in dropped.items():
            field = path.removeprefix(records)
            # the envelope is ours to choose; only records drift
            if not path.startswith(records) or path in known or not _FIELD_NAME.fullmatch(field):
                continue
            self._drift[field] += times
            mark = f"{self._connector.name}.{self._stream.name}: {path}"
            if mark not in self._runtime.drift_told:
                self._runtime.drift_told.add(mark)
                LOG.warning("unknown field ignored: %s", mark)


class _Caller:
    """What a collector may do: ask within a budget, wait, look at the clock."""

    def __init__(self, client: Client, budget: Any) -> None:
        self._client, self._budget = client, budget
        self.pause, self.now = client.idle, client.now

    def call(self, request: Request) -> Json:
        return self._client.call(request, self._budget)


def _rows(
    declared: Report, found: Iterator[dict[str, Json]], query: PageQuery, told: dict[str, Json]
) -> Iterator[Json]:
    """The records of a report; `told` counts its lines and adds up its sums on the way."""
    if declared.sums:
        told["sums"] = dict.fromkeys(declared.sums, Decimal(0))

    def counted() -> Iterator[dict[str, Json]]:
        for row in found:
            told["lines"] += 1
            for name in declared.sums:
                told["sums"][name] += exact(row.get(name))
            yield row

    if declared.assemble is None:
        return counted()
    return _shaped(declared.assemble(counted(), query))


def _listed(
    listing: Listing, query: PageQuery, status: Json, told: dict[str, Json], caller: "_Caller"
) -> Iterator[dict[str, Json]]:
    """The rows of every page; an empty page is not the end, only the pager says so."""
    guard, here = Guard(listing.pager.page_cap), query
    while True:
        body = caller.call(listing.request(query, status, here.token))
        found = dig(body, listing.records)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise SchemaDrift("the rows of the report are no list of objects", actual=listing.records)
        told["pages"] += 1
        yield from found
        following = listing.pager.step(body, here)
        if following.token is None:
            return
        guard.follow(following.token)
        total = listing.pager.total(body) if here.total is None else here.total
        here = replace(here, token=following.token, total=total)


def _shaped(rows: object) -> Iterator[Json]:
    if not isinstance(rows, Iterable):
        raise SchemaDrift("the rows of the report cannot be joined into records")
    yield from rows


def _pieces(rows: Iterator[Json]) -> Iterator[list[Json]]:
    while piece := list(islice(rows, ROWS)):
        yield piece
