"""Small streams and the platforms behind them, to try the kit's parts one by one over real HTTP.

Belongs here: what several test_kit files share. Not here: scripted answers (bench.py), real platforms' fakes
(connectors/sandbox/platforms).
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.kit import AccountSettings, Runtime
from connectors.kit.contract.auth import Auth, HeaderToken
from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.documents import Delimited, Location
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.fields import Amount, Day, Id, Instant, Row
from connectors.kit.contract.oauth import Grant, OAuth, in_header, refused
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Cursor
from connectors.kit.contract.proofs import Flag, WholeReport
from connectors.kit.contract.reports import JobState, Report, Status
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import TokenCall
from connectors.kit.contract.stream import ByChange, ByCursor, ByDay, Paged, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json
from connectors.kit.transport.state import State
from connectors.testing.clock import Clock
from tests.connectors.bench import TOKEN, Call, Reply
from tests.connectors.changed import changed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIRST_DAY = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = [date(2026, 11, day) for day in (20, 21, 22)]
FIRST_REFRESH, APP_SECRET = "planted-refresh-0000", "planted-app-secret-0123456789"


class Item(Row):
    """A record of a time stream."""

    id: Id
    at: Instant


class DayLine(Row):
    """A row of a day stream; reports name it by the header `id day amount`."""

    id: Id
    day: Day
    amount: Amount


def request(ask: PageQuery) -> Request:
    """A page of the window, by token and size."""
    span = (("from", ask.first_day.isoformat()), ("to", ask.last_day.isoformat()))
    page = (("page", ask.token),) if ask.token else ()
    return Request("GET", "/things", params=(*span, ("size", str(ask.page_size)), *page))


_COMMON: dict[str, Any] = {
    "name": "things",
    "feeds": ("ad",),
    "limit": "{shop_id}",
    "rate": lambda _: Rate(1_000_000, seconds=1),
    "finality_days": 3,
    "docs": "https://developer.example.com/things",
}
_BOUNDED: dict[str, Any] = {
    "lookback": timedelta(0),
    "lookback_reason": "nothing is written late here",
    "lag": timedelta(0),
}
_PAGES = Paged(request=request, pager=Cursor("next", "last"), records="items")


def time_stream(**changes: Any) -> Stream[Item]:
    """Items by their instant of change."""
    stream: Stream[Item] = Stream(
        **_COMMON,
        windows=ByChange(version=lambda item: item.at, max_window_days=30, **_BOUNDED),
        read=_PAGES,
        record=Record(
            model=Item,
            key=lambda item: item.id,
            day=lambda item: item.at,
            payload=lambda item: {"id": item.id},
        ),
        proof=Flag("last", expected=True),
    )
    return changed(stream, **changes)


def cursor_stream(**changes: Any) -> Stream[Item]:
    """Items by an export that only goes forward."""
    windows: ByCursor[Item] = ByCursor(
        version=lambda item: item.at, lookback_reason="nothing is written late here", lag=timedelta(0)
    )
    return changed(time_stream(windows=windows), **changes)


_LINES: Record[DayLine] = Record(
    model=DayLine,
    key=lambda line: f"{line.id}/{line.day}",
    day=lambda line: line.day,
    payload=lambda line: {"id": line.id, "day": line.day.isoformat(), "amount": line.amount},
)


def day_stream(**changes: Any) -> Stream[DayLine]:
    """Figures by whole local days, one day per window."""
    stream: Stream[DayLine] = Stream(
        **_COMMON, windows=ByDay(**_BOUNDED), read=_PAGES, record=_LINES, proof=Flag("last", expected=True)
    )
    return changed(stream, **changes)


def kit(*streams: Stream[Any], auth: Auth | None = None, lists: bool = False) -> Connector:
    """A connector of these streams; `lists`: an answer may be a bare list."""

    def classify(self: object, answer: HttpAnswer) -> KitError | None:
        is_list = lists and isinstance(answer.body, list)
        return by_status(answer.status) or (None if is_list else error_document(answer.body))

    members = {
        "name": "sample",
        "platform": "sample",
        "auth": auth or HeaderToken("X-Key"),
        "streams": streams,
        "classify": classify,
    }
    made = type("Sample", (Connector,), members)()
    assert isinstance(made, Connector)
    return made


def runtime(clock: Clock, state: State | None = None, **settings: Any) -> Runtime:
    """A runtime on a clock that moves by sleeping; without a state everything is forgotten."""
    return Runtime(
        sleep=clock.sleep,
        chance=lambda: 0.5,
        monotonic=clock.monotonic,
        wall=clock.wall,
        state=state or State(),
        **settings,
    )


def account(url: str, **changes: Any) -> AccountSettings:
    """An account at the scripted platform, with every secret that a sample needs."""
    secrets = {"token": TOKEN, "refresh_token": FIRST_REFRESH, "client_secret": APP_SECRET}
    base = {"shop_id": "uk", "zone": "Europe/London", "base_url": url, "secrets": secrets}
    return AccountSettings.model_validate({**base, **changes})


# -- reports


def _asked(ask: PageQuery) -> dict[str, str]:
    return {"from": ask.first_day.isoformat(), "to": ask.last_day.isoformat()}


_STATES = {
    "queued": JobState.QUEUED,
    "done": JobState.READY,
    "none": JobState.EMPTY,
    "dead": JobState.FAILED,
}

FIND = (
    lambda ask, _: Request("GET", "/reports", params=tuple(_asked(ask).items())),
    lambda body, _: body["id"],
)


def report(**changes: Any) -> Report:
    """A tab file by days, asked for with POST."""
    base: dict[str, Any] = {
        "create": lambda ask: Request("POST", "/reports", json=_asked(ask)),
        "created": lambda body: body["id"],
        "status": lambda _, report_id: Request("GET", f"/reports/{report_id}"),
        "read": lambda body: Status(_STATES[body["state"]], why="E7" if body["state"] == "dead" else ""),
        "location": lambda body: Location(body["url"], is_gzip=body["gzip"], size=body["size"]),
        "format": Delimited(required=("id", "day", "amount")),
        "echo": lambda ask, _, status: {k: status[k] for k in ("from", "to")} == _asked(ask),
        "keeps": ("rows",),
        "patience": 60.0,
    }
    return Report(**{**base, **changes})


def report_stream(declared: Report | None = None, **changes: Any) -> Stream[DayLine]:
    """The days of a window from one report."""
    read = Reported(report=declared or report())
    return changed(day_stream(read=read, proof=WholeReport("rows"), max_window_days=30), **changes)


@dataclass
class Reports:
    """A platform that makes reports.

    Args:
        ending: the state after two looks.
        lost_creates: so many creates are taken, but nobody hears the answer.
        dead_urls: so many downloads are refused.
        moved: days by which the report misses the asked range.
    """

    url: str
    ending: str = "done"
    lost_creates: int = 0
    dead_urls: int = 0
    moved: int = 0
    amounts: tuple[str, ...] = ("1.10", "90071992547409.93")
    log: list[str] = field(default_factory=list)
    made: list[dict[str, str]] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    spoil: Callable[[bytes], bytes] = lambda data: data

    def __call__(self, call: Call) -> Reply:
        """The answer; `log` gets the stage."""
        path = urlsplit(call.path).path
        stage = "file" if path.startswith("/files/") else "status" if path != "/reports" else "find"
        stage = "create" if call.method == "POST" else stage
        self.log.append(stage)
        if stage == "create":
            return self._create(call)
        if stage == "find":
            asked = {k: v[0] for k, v in parse_qs(urlsplit(call.path).query).items()}
            found = [f"R{n}" for n, spec in enumerate(self.made, 1) if spec == asked]
            return Reply({"id": found[-1] if found else None})
        report_id = path.rpartition("/")[2]
        return self._file(report_id) if stage == "file" else self._status(report_id)

    @property
    def creates(self) -> int:
        """How many reports were begun."""
        return len(self.made)

    def _create(self, call: Call) -> Reply:
        self.made.append(call.json)
        if self.lost_creates:
            self.lost_creates -= 1
            return Reply(reset=True)
        return Reply({"id": f"R{len(self.made)}"})

    def _status(self, report_id: str) -> Reply:
        looks = self.looks[report_id] = self.looks.get(report_id, 0) + 1
        spec = self.made[int(report_id[1:]) - 1]
        moved = timedelta(days=self.moved)
        told = {name: (date.fromisoformat(day) + moved).isoformat() for name, day in spec.items()}
        file = {"url": f"{self.url}/files/{report_id}", "gzip": True, "size": None}
        state = self.ending if looks > 2 else "queued"
        return Reply({"state": state, "rows": len(self._rows(spec)), **told, **file})

    def _rows(self, spec: dict[str, str]) -> list[str]:
        first, last = (date.fromisoformat(spec[name]) for name in ("from", "to"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [f"C{n}\t{day}\t{amount}" for day in days for n, amount in enumerate(self.amounts)]

    def _file(self, report_id: str) -> Reply:
        if self.dead_urls:
            self.dead_urls -= 1
            return Reply(status=403, raw=b"<Error>Request has expired</Error>")
        lines = ["id\tday\tamount", *self._rows(self.made[int(report_id[1:]) - 1])]
        packed = gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
        return Reply(raw=self.spoil(packed), headers={"Content-Type": "application/octet-stream"})


# -- tokens


def _call(account: AccountSettings, refresh: str) -> TokenCall:
    body: dict[str, Json] = {"refresh": refresh, "secret": account.secret("client_secret")}
    return TokenCall(account.base_url + "/token", json=body)


def _grant(status: int, body: Json) -> Grant:
    if status != 200:
        raise refused(status)
    return Grant(body["access"], body["seconds"], body.get("refresh"))


OAUTH = OAuth(call=_call, read=_grant, place=in_header("X-Token"))
ROTATING = OAuth(call=_call, read=_grant, place=in_header("X-Token"), rotates=True)


@dataclass
class Tokens:
    """A platform that issues tokens and answers one item to who holds a good one."""

    rotates: bool = False
    refresh: str = FIRST_REFRESH
    good: set[str] = field(default_factory=set)
    exchanges: list[str] = field(default_factory=list)  # refresh tokens as they were presented
    refusals: int = 0  # so many data requests are refused whatever token they carry

    def __call__(self, call: Call) -> Reply:
        """The answer."""
        if call.path == "/token":
            return self._exchange(call.json["refresh"])
        if self.refusals:
            self.refusals -= 1
            return Reply(status=401, body={})
        if call.headers.get("X-Token") not in self.good:
            return Reply(status=401, body={})
        return Reply({"items": [{"id": 1, "at": "2026-11-20T10:00:00Z"}], "next": None, "last": True})

    def _exchange(self, presented: str) -> Reply:
        self.exchanges.append(presented)
        if presented != self.refresh:
            return Reply(status=400, body={"error": "invalid_grant", "error_description": presented})
        access = f"planted-access-{len(self.exchanges):04d}"
        if self.rotates:
            self.refresh = f"planted-refresh-{len(self.exchanges):04d}"
            self.good.clear()  # the old pair is dead as a whole
        self.good.add(access)
        body = {"access": access, "seconds": 3600, "refresh": self.refresh}
        return Reply(body)


def all_bytes(folder: Path) -> bytes:
    """Everything below a folder, unpacked where it is packed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    read = [path.read_bytes() for path in files]
    return b"\n".join(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in read)
