"""A second right sample: Tidydesk's refunds by asynchronous report (gzipped tab file), rotating tokens.

Belongs here: connector, fake, case, and the mistakes that only reports can have. Not here: pages (sample.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.documents import Delimited, Location
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.fields import Id, Money, Row
from connectors.kit.contract.oauth import Grant, OAuth, in_header, refused
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.proofs import WholeReport
from connectors.kit.contract.reports import JobState, Report, ReportFile, Status
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import TokenCall
from connectors.kit.contract.stream import ByDay, Record, Reported, Stream
from connectors.kit.contract.strict_json import Json, dig
from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.conformance import StreamCase
from connectors.testing.document import ServedFile
from connectors.testing.jobs import FakeReportJob
from connectors.testing.platform import Platform
from connectors.testing.reply import Received as Asked
from connectors.testing.reply import Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord
from tests.connectors.changed import changed

FIRST_TOKEN, APP = "planted-refresh-0000-first", "planted-app-secret-31415"
PACIFIC = ZoneInfo("America/Los_Angeles")
FIRST = date(2026, 3, 5)
COLUMNS = ("refund-id", "refund-date", "amount", "currency", "customer-name")
STATES = {
    "QUEUED": JobState.QUEUED,
    "RUNNING": JobState.RUNNING,
    "DONE": JobState.READY,
    "FAILED": JobState.FAILED,
    "CANCELLED": JobState.FAILED,
}


def _date(value: object) -> date:
    return date.fromisoformat(str(value))


class Refund(Row):
    refund_id: Id
    refund_date: Annotated[date, BeforeValidator(_date)]
    amount: Money
    currency: str

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))


def refund(row: Refund) -> dict[str, Json]:
    return {
        "refund_id": row.refund_id,
        "on": row.refund_date.isoformat(),
        "amount": row.amount,
        "currency": row.currency,
    }


def create(ask: PageQuery) -> Request:
    return Request(
        "POST", "/api/reports", json={"from": ask.first_day.isoformat(), "to": ask.last_day.isoformat()}
    )


def status(ask: PageQuery, report_id: str) -> Request:
    return Request("GET", f"/api/reports/{report_id}")


def echo(ask: PageQuery, head: Json, told: Json) -> bool:
    return (dig(told, "from"), dig(told, "to")) == (ask.first_day.isoformat(), ask.last_day.isoformat())


REPORT = Report(
    create=create,
    created=lambda body: str(dig(body, "id")),
    status=status,
    read=lambda body: Status(STATES[dig(body, "state")], why=str(dig(body, "state"))),
    served=ReportFile(
        format=Delimited(required=COLUMNS[:4], is_quoted=True),
        location=lambda body: Location(dig(body, "url"), is_gzip=True),
    ),
    keeps=("rows",),
    echo=echo,
)
REFUNDS: Stream[Refund] = Stream(
    name="refunds",
    feeds=("refund",),
    windows=ByDay(
        max_window_days=3,
        lookback=timedelta(days=1),
        lookback_reason="refunds of a day are booked until the next evening",
    ),
    read=Reported(report=REPORT),
    record=Record(
        model=Refund,
        key=lambda row: f"{row.refund_date}/{row.refund_id}",
        day=lambda row: row.refund_date,
        payload=refund,
        pii=("customer-name",),
    ),
    proof=WholeReport("rows"),
    limit="{shop_id}",
    rate=lambda _: Rate(30, seconds=60),
    finality_days=7,
    docs="https://developer.example.com/tidydesk/reports",
)


def _exchange(account: AccountSettings, token: str) -> TokenCall:
    form = (
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("secret", account.secret("client_secret")),
    )
    return TokenCall(account.tokens_at("https://tokens.example.com"), form=form)


def _grant(status: int, body: Json) -> Grant:
    if status != 200:
        raise refused(status)
    return Grant(body["access"], body["lives"], body["refresh"])


AUTH = OAuth(call=_exchange, read=_grant, place=in_header("Authorization", "Bearer "), rotates=True)


class Tidyreports(Connector):
    name = "tidyreports"
    platform = "tidydesk"
    auth = AUTH
    streams = (REFUNDS,)

    def classify(self, answer: HttpAnswer) -> KitError | None:
        return usual_trouble(answer)


class TidyreportsFake(Platform):
    """Refunds of ten days."""

    lacks: ClassVar[Mapping[str, str]] = {
        "cancel": "a refund that was paid is not cancelled",
        "throttled_in_200": "Tidydesk says 429",
    }
    exchange_path = "/token"
    planted = ("Jane Planted",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.budgets = {"account": Budget(amount=30, seconds=60)}
        self.tokens = Tokens(clock=clock, refresh=FIRST_TOKEN, rotates=True)
        self.rows = 0
        for number in range(48):
            self._put(number, FIRST + timedelta(days=number % 10))

    def _put(self, number: int, on: date, more: str = "0") -> str:
        amount = str(Decimal("90071992547409.93" if number % 9 == 0 else f"{number}.10") + Decimal(more))
        raw = dict(
            zip(COLUMNS, (f"00{number}", on.isoformat(), amount, "USD", "Jane Planted 退"), strict=True)
        )
        payload = {"refund_id": f"00{number}", "on": on.isoformat(), "amount": amount, "currency": "USD"}
        at = datetime(on.year, on.month, on.day, tzinfo=PACIFIC).astimezone(UTC)
        return self.world.put("refunds", FakeRecord(f"{on}/00{number}", at, on, raw, payload))

    # -- the API

    def answer(self, request: Asked) -> Reply:
        if request.path == self.exchange_path:
            return self._token(request)
        if request.path.startswith("/files/"):
            return self._file(request.path.removeprefix("/files/"))
        assert self.tokens is not None
        if not self.tokens.accepts(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return self.unauthorised()
        if self.creates(request):
            return Reply.json(202, {"id": self.jobs.create(request.json).id})
        job = self.jobs.poll(request.path.removeprefix("/api/reports/"))
        return (
            Reply.json(404, {"error": "no such report"}) if job is None else Reply.json(200, self._told(job))
        )

    def _token(self, request: Asked) -> Reply:
        assert self.tokens is not None
        found = self.tokens.exchange(request.form["refresh_token"]) if request.form["secret"] == APP else None
        if found is None:
            return Reply.json(400, {"error": "invalid_grant"})
        return Reply.json(200, {"access": found[0], "refresh": found[1], "lives": int(self.tokens.lifetime)})

    def _told(self, job: FakeReportJob) -> dict[str, Any]:
        words = {"queued": "QUEUED", "running": "RUNNING", "failed": "FAILED", "cancelled": "CANCELLED"}
        shift = timedelta(days=30 if job.ending == "wrong_range" else 0)
        days = {name: (date.fromisoformat(job.spec[name]) + shift).isoformat() for name in ("from", "to")}
        told = {**days, "state": words.get(job.state, "DONE")}
        if job.state == "ready":
            told |= {
                "rows": len(self._rows(job)),
                "url": f"{self.url}/files/{job.id}?permit=planted-{job.polls}",
            }
        return told

    def _rows(self, job: FakeReportJob) -> list[dict[str, Any]]:
        if self.rows:
            row = {**dict.fromkeys(COLUMNS, "x" * 40), "refund-date": job.spec["from"], "amount": "1.50"}
            return [{**row, "refund-id": str(n)} for n in range(self.rows)]
        start, end = (date.fromisoformat(job.spec[name]) for name in ("from", "to"))
        return [e.raw for e in self.world.entries("refunds", lambda e: start <= e.day <= end)]  # type: ignore[operator]

    def _file(self, job_id: str) -> Reply:
        job = self.jobs.find(job_id)
        if job is None or not self.jobs.may_download(job):
            return Reply(403, "<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
        return Reply.file(ServedFile(rows=self._rows(job), format="tsv", columns=COLUMNS, gzip=True))

    # -- changes and what the suite asks

    def add(self, stream: str) -> str:
        return self._put(200, self.clock.wall().astimezone(PACIFIC).date())

    def change(self, stream: str, key: str | None = None) -> str:
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[-1]
        assert isinstance(entry.day, date)
        return self._put(int(entry.raw["refund-id"]), entry.day, "0.01")

    def remove(self, stream: str) -> str:
        return self.world.remove(stream, self.world.entries(stream)[-1].key)

    def restate(self, stream: str, day: date) -> str:
        return self._put(300, day)

    def error_in_200(self) -> Reply:
        return Reply.json(200, {"error": "busy"})

    def creates(self, request: Asked) -> bool:
        return (request.method, request.path) == ("POST", "/api/reports")

    def costs(self, request: Asked) -> list[tuple[str, float]]:
        return [("account", 1.0)] if request.path.startswith("/api") else []

    def vast(self, rows: int) -> int:
        self.rows = rows // 4
        return rows


REPORT_CASE = StreamCase(
    connector=Tidyreports(),
    stream="refunds",
    make_platform=TidyreportsFake,
    account={
        "shop_id": "desk",
        "zone": PACIFIC.key,
        "secrets": {"refresh_token": FIRST_TOKEN, "client_secret": APP},
        "settings": {},
    },
    span=(datetime(2026, 3, 6, 8, tzinfo=UTC), datetime(2026, 3, 15, 20, tzinfo=UTC)),
)
CASES = (REPORT_CASE,)


def wrong(*, auth: OAuth = AUTH, proof: WholeReport | None = None, **report: Any) -> StreamCase:
    """The sample with another report declaration, another proof, or other tokens."""
    stream = changed(REFUNDS, report=replace(REPORT, **report), proof=proof or REFUNDS.proof)
    members = {"classify": Tidyreports.classify, "auth": auth, "streams": (stream,)}
    return replace(REPORT_CASE, connector=type("Wrong", (Tidyreports,), members)())
