"""A fake of Amazon Ads reporting version 3: login, profile, and campaign reports that are made while one waits.

True to ReportingVersion3.json and AccountsProfiles.json: unknown fields, columns, ranges and headers are refused, a
question that is still being worked on is answered 425 with the report's id. Not here: sockets, faults.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.document import ServedFile
from connectors.testing.fakes.amazon_login import renew
from connectors.testing.jobs import FakeReportJob
from connectors.testing.platform import Platform, PlatformCall
from connectors.testing.reply import Received, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord

CLIENT, SECRET, REFRESH, PROFILE = (
    "amzn1.application-oa2-client.planted",
    "planted-client-secret-4711",
    "Atzr|planted-refresh-0815",
    "3312456789012345",
)
ZONE = ZoneInfo("America/Los_Angeles")
FIRST, DAYS = date(2026, 3, 1), 20  # over 8 March, when this zone's clocks change
CREATE = "application/vnd.createasyncreportrequest.v3+json"
KINDS = {
    # last: days back that a report may begin, by product (reporting v3, "Retention")
    "spCampaigns": ("SPONSORED_PRODUCTS", "sponsored_products", 95),
    "sbCampaigns": ("SPONSORED_BRANDS", "sponsored_brands", 60),
    "sdCampaigns": ("SPONSORED_DISPLAY", "sponsored_display", 65),
}
BASE = {"date", "campaignId", "campaignBudgetCurrencyCode", "campaignStatus", "impressions", "clicks", "cost"}
# Sponsored Products attribute within days after a click; Brands and Display to clicks and views, or to clicks alone
COLUMNS = {
    "spCampaigns": BASE | {f"{what}{days}d" for what in ("purchases", "sales") for days in (1, 7, 14, 30)},
    "sbCampaigns": BASE
    | {f"{what}{end}" for what in ("purchases", "sales", "newToBrandPurchases") for end in ("", "Clicks")},
}
COLUMNS["sdCampaigns"] = COLUMNS["sbCampaigns"]
NEEDED = {"adProduct", "columns", "format", "groupBy", "reportTypeId", "timeUnit"}
# reporting v3 knows no cancelled report
STATES = {"queued": "PENDING", "running": "PROCESSING", "failed": "FAILED", "cancelled": "FAILED"}


class AmazonAdsFake(Platform):
    """One profile with three campaigns of each kind on twenty days, over a change of clocks."""

    exchange_path = "/auth/o2/token"
    lacks: ClassVar[Mapping[str, str]] = {
        "cancel": "a campaign's day is restated, never cancelled",
        "remove": "a campaign's day is restated, never deleted",
        "late": "days are read again as a whole",
        "throttled_in_200": "Amazon Ads says it with status 429 (ReportingVersion3.json)",
        "error_in_200": "Amazon Ads says trouble with status codes (ReportingVersion3.json)",
        "empty_page": "a report is one file",
        "move": "a report is one file",
        "count": "Amazon states the size of the file, not its rows; a shorter file of the stated size is undocumented",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, lifetime=3600.0)
        # Amazon names no number, its limits are dynamic: this is the connector's own default
        self.budgets = {"profile": Budget(amount=60, seconds=60, burst=5)}
        for stream in ("sponsored_products", "sponsored_brands", "sponsored_display"):
            for day in range(DAYS):
                for campaign in range(3):
                    if (day + campaign) % 7 != 3:  # a campaign without an impression has no row that day
                        self._put(stream, FIRST + timedelta(days=day), campaign)

    # -- the truth

    def _put(self, stream: str, day: date, campaign: int, more: Decimal = Decimal(0)) -> str:
        raw = _row(day, 158410630682987 + campaign, Decimal(f"{campaign + 1}.10") + more)
        if campaign == 2 and not more:
            raw["cost"] = Decimal("90071992547409.93")  # no binary float holds it
        prefix = {"sponsored_products": "SP", "sponsored_brands": "SB", "sponsored_display": "SD"}[stream]
        attribution = "7d-click" if prefix == "SP" else "14d-click-view"
        payload = {
            "date": raw["date"],
            "campaign_id": str(raw["campaignId"]),
            "currency": "USD",
            "impressions": raw["impressions"],
            "clicks": raw["clicks"],
            "cost": str(raw["cost"]),
            "attribution": attribution,
            "attribution_days": 7 if prefix == "SP" else 14,
            "orders": raw["purchases7d" if prefix == "SP" else "purchases"],
            "sales": str(raw["sales7d" if prefix == "SP" else "sales"]),
            "new_buyer_orders": None if prefix == "SP" else raw["newToBrandPurchases"],
        }
        key = f"{prefix}/{raw['campaignId']}/{day}/{attribution}"
        begins = datetime.combine(day, datetime.min.time(), tzinfo=ZONE)
        return self.world.put(stream, FakeRecord(key, begins, day, raw, payload))

    def add(self, stream: str) -> str:
        """A new campaign gets its first impressions today."""
        return self._put(stream, self.clock.wall().astimezone(ZONE).date(), 7)

    def change(self, stream: str, key: str | None = None) -> str:
        """A campaign's first day is restated."""
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        return self._put(
            stream, entry.whole_day, int(entry.raw["campaignId"]) - 158410630682987, Decimal("0.01")
        )

    def restate(self, stream: str, day: date) -> str:
        """Conversions of a past day are attributed later."""
        return self._put(stream, day, 0, Decimal("7.77"))

    # -- the API

    def answer(self, request: Received) -> Reply:
        """One request, checked as Amazon does."""
        if request.path == self.exchange_path:
            return renew(request, self.tokens, (CLIENT, SECRET), expires_in=3600)
        # before the credentials: the address of a file is signed and needs no token
        if request.path.startswith("/files/"):
            return self._file(request.path.removeprefix("/files/"))
        refusal = self._credentials(request)
        if refusal is not None:
            return refusal
        return self._api(request) or _error(404, "No such resource")

    def _api(self, request: Received) -> Reply | None:
        if (request.method, request.path) == ("GET", f"/v2/profiles/{PROFILE}"):
            profile = {"profileId": int(PROFILE), "countryCode": "US", "accountInfo": {"type": "seller"}}
            return Reply.json(200, {**profile, "currencyCode": "USD", "timezone": ZONE.key})
        if self.creates(request):
            return self._create(request)
        job = self.jobs.poll(request.path.removeprefix("/reporting/reports/"))
        return Reply.json(200, self._told(job)) if job and request.method == "GET" else None

    def _credentials(self, request: Received) -> Reply | None:
        headers = request.headers
        is_known = self.tokens.accepts(headers.get("authorization", "").removeprefix("Bearer "))
        if not is_known or headers.get("amazon-advertising-api-clientid") != CLIENT:
            return self.unauthorised()
        if headers.get("amazon-advertising-api-scope") != PROFILE:
            return self.forbidden()
        return None

    def _create(self, request: Received) -> Reply:
        if request.headers.get("content-type") != CREATE:
            return _error(415, "Cannot consume content type")
        wrong = _wrong(request.json, self.clock.wall().astimezone(ZONE).date())
        if wrong:
            return _error(400, wrong)
        running = (job for job in self.jobs.made if job.spec == request.json)
        for job in running:
            if job.state in ("queued", "running") and job.ending != "never":
                return _error(425, f"The Request is a duplicate of : {job.id}")
        return Reply.json(200, self._told(self.jobs.create(request.json)))

    def _told(self, job: FakeReportJob) -> dict[str, Any]:
        is_ready = job.state in ("ready", "empty")
        return {
            **{name: job.spec[name] for name in ("startDate", "endDate")},
            "configuration": {**job.spec["configuration"], "filters": None},
            "reportId": job.id,
            "status": STATES.get(job.state, "COMPLETED"),
            "createdAt": "2026-03-21T00:00:00.000Z",
            "updatedAt": "2026-03-21T00:00:00.000Z",
            "generatedAt": "2026-03-21T00:00:00.000Z" if is_ready else None,
            "failureReason": "Internal error" if job.state in ("failed", "cancelled") else None,
            "fileSize": self._size(self._document(job)) if is_ready else None,
            "url": f"{self.url}/files/{job.id}?signature=planted-{job.polls}" if is_ready else None,
            "urlExpiresAt": None,
            "name": None,
        }

    def _document(self, job: FakeReportJob) -> ServedFile:
        start, end = (date.fromisoformat(job.spec[name]) for name in ("startDate", "endDate"))
        configuration = job.spec["configuration"]
        stream = KINDS[configuration["reportTypeId"]][1]
        # further back than any range that may be asked for, which has 31 days
        shift = timedelta(days=-40) if job.ending == "wrong_range" else timedelta(0)
        rows = []
        for entry in self.world.entries(stream, lambda e: start <= date.fromisoformat(e.raw["date"]) <= end):
            row = {name: entry.raw[name] for name in configuration["columns"]}
            rows.append({**row, "date": (date.fromisoformat(entry.raw["date"]) + shift).isoformat()})
        return ServedFile(rows=[] if job.ending == "empty" else rows, format="json", gzip=True)

    def _size(self, document: ServedFile) -> int:
        """The size of the file as it will be served: rows that an ordered fault changes count as the platform's own."""
        reply = Reply.file(document)
        if self.fault is not None:
            # a copy counts the look, so that the fault still meets the file itself
            spoilt = copy(self.fault).after(PlatformCall(0, 0.0, Received("GET", "/", {}, b"")), reply)
            reply = spoilt if isinstance(spoilt.document, ServedFile) else reply
        return len(reply.body())

    def _file(self, job_id: str) -> Reply:
        job = self.jobs.find(job_id)
        if job is None or not self.jobs.may_download(job):
            return Reply(403, "<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
        return Reply.file(self._document(job))

    # -- words

    def throttled(self, retry_after: str | None) -> Reply:
        """Too many requests."""
        headers = {} if retry_after is None else {"Retry_After": retry_after}
        return Reply.json(429, {"code": "429", "detail": "Too Many Requests"}, **headers)

    def unauthorised(self) -> Reply:
        """The token is not accepted."""
        return _error(401, "Not authorized to access this resource")

    def forbidden(self) -> Reply:
        """The profile is not this user's."""
        return _error(403, "Not authorized to manage this profile")

    def server_error(self, status: int = 503) -> Reply:
        """A trouble of Amazon's own."""
        return _error(status, "Internal Server Error")

    def creates(self, request: Received) -> bool:
        """A report begins."""
        return request.method == "POST" and request.path == "/reporting/reports"

    def costs(self, request: Received) -> Iterable[tuple[str, float]]:
        """Calls of the API; files and tokens are served elsewhere."""
        return [("profile", 1.0)] if request.path.startswith(("/reporting", "/v2")) else []


def _row(day: date, campaign: int, cost: Decimal) -> dict[str, Any]:
    """Every column that a campaign report can hold."""
    shift = day.toordinal() % 11
    row: dict[str, Any] = {
        "date": day.isoformat(),
        "campaignId": campaign,
        "campaignBudgetCurrencyCode": "USD",
        "campaignStatus": "ENABLED",
        "impressions": 2216 + shift,
        "clicks": 13 + shift,
        "cost": cost,
    }
    for number, days in enumerate((1, 7, 14, 30), 1):
        row[f"purchases{days}d"] = number
        row[f"sales{days}d"] = Decimal(f"{number * 20 + shift}.50") + cost
    for ending in ("", "Clicks"):
        row[f"purchases{ending}"] = 5 - len(ending) // 6
        row[f"sales{ending}"] = Decimal(f"{99 - len(ending)}.90") + cost
        row[f"newToBrandPurchases{ending}"] = 2
    return row


def _error(status: int, detail: str) -> Reply:
    return Reply.json(status, {"code": str(status), "detail": detail})


def _wrong(body: Any, today: date) -> str:
    """Why a question is refused; nothing when it is not."""
    if not isinstance(body, dict) or set(body) - {"name", "startDate", "endDate", "configuration"}:
        return "Unknown fields in the request"
    start, end = date.fromisoformat(body["startDate"]), date.fromisoformat(body["endDate"])
    # both days belong to the range: 30 apart are 31 days
    if not start <= end <= today or (end - start).days > 30:
        return "startDate to endDate must not span more than 31 days, nor reach into the future"
    return _misconfigured(body.get("configuration") or {}, (today - start).days)


def _misconfigured(asked: dict[str, Any], age: int) -> str:
    if not set(asked) >= NEEDED or set(asked) - NEEDED - {"filters"}:
        return "configuration has unknown or missing fields"
    ad_product, _, retention = KINDS.get(asked["reportTypeId"], ("", "", 0))
    if asked["adProduct"] != ad_product or asked["groupBy"] != ["campaign"] or asked["format"] != "GZIP_JSON":
        return "configuration adProduct, groupBy or format is invalid for this reportTypeId"
    unknown = set(asked["columns"]) - COLUMNS[asked["reportTypeId"]]
    if unknown or asked["timeUnit"] != "DAILY" or "date" not in asked["columns"]:
        return f"configuration columns includes invalid values: ({', '.join(sorted(unknown))})"
    return f"startDate is earlier than the retention of {retention} days" if age > retention else ""
