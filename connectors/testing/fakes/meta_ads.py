"""A fake of Meta's insights: asynchronous runs at ad level, their pages, account totals, the account itself.

True to the published parameters and fields (facebook-business-sdk-codegen) and to Meta's error objects: an unknown
parameter is refused with code 100, deleted ads come only when asked for by status. Not here: sockets, faults.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.jobs import FakeReportJob
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply
from connectors.testing.world import FakeRecord

TOKEN, ACCOUNT = "EAAB-planted-system-user-token-4711", "1029384756"
PAGING_TOKEN = "planted-token-inside-paging-next"  # noqa: S105 - what the fake plants
ZONE = ZoneInfo("America/Los_Angeles")
FIRST, DAYS = date(2026, 3, 1), 20
CREATE = {
    "action_attribution_windows",
    "fields",
    "filtering",
    "level",
    "time_increment",
    "time_range",
    "use_unified_attribution_setting",
}
FIELDS = {
    *("account_id", "account_currency", "account_name", "campaign_id", "campaign_name", "ad_id", "ad_name"),
    *("impressions", "clicks", "spend", "actions", "action_values"),
}
# without 7d_view and 28d_view, which Meta took away on 2026-01-12
WINDOWS = {"1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "dda", "default"}
DELETED = "23990"  # ids of ads that were deleted begin so
STATES = {
    "queued": "Job Not Started",
    "running": "Job Running",
    "failed": "Job Failed",
    "cancelled": "Job Skipped",
}


class MetaAdsFake(Platform):
    """One ad account: two campaigns of three ads, one of them deleted, on twenty days over a change of clocks."""

    lacks: ClassVar[Mapping[str, str]] = {
        "cancel": "an ad's day is restated, never cancelled",
        "remove": "an ad's day is restated, never deleted",
        "late": "days are read again as a whole",
        "throttled_in_200": "Graph answers trouble with status 400 and an error object",
        "empty_page": "Graph ends a listing with the page that names no next one",
        "move": "a run is one snapshot",
        "expired_url": "the run itself serves its rows",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        # 600 an hour: the lowest access tier, before what each active ad adds
        self.budgets = {"account": Budget(amount=600, seconds=3600, burst=10)}
        for day in range(DAYS):
            for campaign in range(2):
                if (day + campaign) % 6 != 4:  # what did not run has no row
                    self._put(FIRST + timedelta(days=day), campaign)

    # -- the truth

    def _put(self, day: date, campaign: int, more: Decimal = Decimal(0)) -> str:
        number = str(120210000000000000 + campaign)
        spends = [Decimal("0.10") + more, Decimal(f"{12 + campaign}.34"), Decimal("90071992547397.49")]
        ads = [_ad(day, number, place, spend) for place, spend in enumerate(spends)]
        payload = {
            "date": day.isoformat(),
            "campaign_id": number,
            "currency": "USD",
            "ads": 3,
            "impressions": sum(int(ad["impressions"]) for ad in ads),
            "clicks": sum(int(ad["clicks"]) for ad in ads),
            "spend": str(sum(spends)),
            "attribution": "7d_click",
            "attribution_days": 7,
            "purchase_action": "omni_purchase",
            "purchases": 3,
            "purchase_value": "149.70",
        }
        begins = datetime.combine(day, datetime.min.time(), tzinfo=ZONE)
        entry = FakeRecord(f"{number}/{day}/7d_click", begins, day, {"ads": ads}, payload)
        return self.world.put("insights", entry)

    def add(self, _stream: str) -> str:
        """A new campaign runs today."""
        return self._put(self.clock.wall().astimezone(ZONE).date(), 7)

    def change(self, stream: str, key: str | None = None) -> str:
        """A campaign's first day is restated."""
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        return self._put(
            entry.whole_day, int(entry.payload["campaign_id"]) - 120210000000000000, Decimal("0.01")
        )

    def restate(self, _stream: str, day: date) -> str:
        """Figures of a past day change."""
        return self._put(day, 0, Decimal("7.77"))

    def _ads(self, since: date, until: date) -> Iterator[dict[str, Any]]:
        for entry in self.world.entries("insights"):
            for ad in entry.raw["ads"]:
                if since <= date.fromisoformat(ad["date_start"]) <= until:
                    yield ad

    # -- the API

    def answer(self, request: Received) -> Reply:
        """One request, checked as Graph does."""
        # Graph would take it there as well; in an address it would stand in every log
        if "access_token" in request.parameters or "access_token" in request.form:
            return _error(400, 100, "The access token belongs into the header here")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.unauthorised()
        path = request.path.removeprefix("/v25.0/")
        if self.creates(request):
            return self._create(request.form)
        if request.method == "GET" and path == f"act_{ACCOUNT}":
            return Reply.json(
                200, {"id": path, "currency": "USD", "timezone_name": ZONE.key, "timezone_id": 1}
            )
        if request.method == "GET" and path == f"act_{ACCOUNT}/insights":
            return self._totals(request.parameters)
        return self._run(path, request.parameters)

    def _create(self, form: dict[str, str]) -> Reply:
        wrong = _wrong(form)
        # ids of Graph are digits: the R of a report becomes 60
        return wrong or Reply.json(200, {"report_run_id": self.jobs.create(form).id.replace("R", "60")})

    def _run(self, path: str, asked: dict[str, str]) -> Reply:
        number, _, edge = path.partition("/")
        name = f"R{number.removeprefix('60')}"
        job = self.jobs.find(name) if edge else self.jobs.poll(name)
        if job is None or edge not in ("", "insights"):
            return _error(400, 100, "Unsupported get request. Object does not exist")
        return self._page(job, asked) if edge else self._state(job, number)

    def _state(self, job: FakeReportJob, number: str) -> Reply:
        span = json.loads(job.spec["time_range"])
        state = STATES.get(job.state, "Job Completed")
        body = {
            "id": number,
            "account_id": ACCOUNT,
            "async_status": state,
            "async_percent_completion": 100 if state == "Job Completed" else 50,
            "date_start": span["since"],
            "date_stop": span["until"],
        }
        if state == "Job Failed":
            # 1487534: too many data points, a shorter range helps
            body |= {"error_code": 2, "error_subcode": 1487534, "error_message": "Please reduce the data"}
        return Reply.json(200, body)

    def _page(self, job: FakeReportJob, asked: dict[str, str]) -> Reply:
        if set(asked) - {"limit", "after"} or not asked.get("limit", "25").isdigit():
            return _error(400, 100, "Invalid parameter")
        rows = list(self._rows(job))
        size, start = int(asked.get("limit", "25")), int(asked.get("after", "QVF0")[3:])
        body: dict[str, Any] = {"data": rows[start : start + size]}
        if rows:
            body["paging"] = {"cursors": {"before": f"QVF{start}", "after": f"QVF{start + size}"}}
        if start + size < len(rows):
            # Graph writes the token into the address of the next page: nobody may store that address
            query = f"access_token={PAGING_TOKEN}&limit={size}&after=QVF{start + size}"
            body["paging"]["next"] = f"{self.url}/v25.0/{job.id.replace('R', '60')}/insights?{query}"
        return Reply.json(200, body)

    def _rows(self, job: FakeReportJob) -> Iterator[dict[str, Any]]:
        if job.ending == "empty":
            return
        span = json.loads(job.spec["time_range"])
        filters: list[dict[str, Any]] = json.loads(job.spec.get("filtering", "[]"))
        statuses = filters[0]["value"] if filters else []
        windows = json.loads(job.spec["action_attribution_windows"])
        # further back than any range that is asked for
        shift = timedelta(days=-40) if job.ending == "wrong_range" else timedelta(0)
        for ad in self._ads(date.fromisoformat(span["since"]), date.fromisoformat(span["until"])):
            if ad["ad_id"].startswith(DELETED) and "DELETED" not in statuses:
                continue
            day = (date.fromisoformat(ad["date_start"]) + shift).isoformat()
            row = {name: ad[name] for name in job.spec["fields"].split(",") if name in ad}
            for name in ("actions", "action_values"):
                if name in row:
                    row[name] = [_windowed(entry, windows) for entry in row[name]]
            yield {**row, "date_start": day, "date_stop": day}

    def _totals(self, asked: dict[str, str]) -> Reply:
        if set(asked) - {"level", "time_range", "fields"} or asked.get("level") != "account":
            return _error(400, 100, "Invalid parameter")
        span = json.loads(asked["time_range"])
        ads = list(self._ads(date.fromisoformat(span["since"]), date.fromisoformat(span["until"])))
        names = asked["fields"].split(",")
        row = {name: str(sum(int(ad[name]) for ad in ads)) for name in names}
        dates = {"date_start": span["since"], "date_stop": span["until"]}
        return Reply.json(200, {"data": [{**row, **dates}] if ads else [], "paging": {}})

    # -- words

    def throttled(self, retry_after: str | None) -> Reply:
        """The account's insights budget is used up."""
        usage = {ACCOUNT: [{"type": "ads_insights", "call_count": 100, "estimated_time_to_regain_access": 0}]}
        headers = {"X_Business_Use_Case_Usage": json.dumps(usage)}
        if retry_after is not None:
            headers["Retry_After"] = retry_after
        # 80000 and up are limits of a business use case; the minutes to wait stand in the header
        return _error(400, 80000, "There have been too many calls to this ad-account", **headers)

    def error_in_200(self) -> Reply:
        """Graph's error object with a status that says success."""
        return _error(200, 2, "An unexpected error has occurred. Please retry your request later")

    def unauthorised(self) -> Reply:
        """The token is dead."""
        return _error(400, 190, "Error validating access token")

    def forbidden(self) -> Reply:
        """The app lacks ads_read."""
        return _error(403, 200, "Ad account owner has NOT grant ads_management or ads_read permission")

    def server_error(self, status: int = 503) -> Reply:
        """A trouble of Meta's own."""
        return _error(status, 1, "An unknown error occurred")

    def creates(self, request: Received) -> bool:
        """A run begins."""
        return request.method == "POST" and request.path == f"/v25.0/act_{ACCOUNT}/insights"

    def costs(self, _request: Received) -> Iterable[tuple[str, float]]:
        """Every call."""
        return [("account", 1.0)]

    def secrets(self) -> tuple[str, ...]:
        """The token that stands in every `paging.next`."""
        return (PAGING_TOKEN,)


def _ad(day: date, campaign: str, place: int, spend: Decimal) -> dict[str, Any]:
    shift = day.toordinal() % 11
    purchases = {
        "action_type": "omni_purchase",
        # the sum of the windows: the asked one says 1, so that taking this one shows
        "value": "2",
        "7d_click": "1",
        "28d_click": "2",
        "1d_view": "1",
    }
    values = {name: "49.90" if name != "action_type" else text for name, text in purchases.items()}
    return {
        "account_id": ACCOUNT,
        "account_currency": "USD",
        "account_name": "planted account name",
        "campaign_id": campaign,
        "ad_id": f"{DELETED if place == 2 else '23880'}{campaign[-3:]}{place}",
        "date_start": day.isoformat(),
        "impressions": str(1000 + 17 * place + shift),
        "clicks": str(10 + place),
        "spend": str(spend),
        "actions": [{"action_type": "link_click", "value": "9", "7d_click": "9"}, purchases],
        "action_values": [values],
    }


def _windowed(entry: dict[str, Any], windows: list[str]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name in ("action_type", "value", *windows)}


def _wrong(form: dict[str, str]) -> Reply | None:
    """Why a question is refused."""
    if set(form) - CREATE:
        return _error(400, 100, f"Unknown parameter {sorted(set(form) - CREATE)[0]}")
    if form.get("level") not in ("account", "campaign", "adset", "ad") or form.get("time_increment") != "1":
        return _error(400, 100, "level or time_increment is invalid")
    unknown = set(form["fields"].split(",")) - FIELDS
    wrong_windows = set(json.loads(form["action_attribution_windows"])) - WINDOWS
    if unknown or wrong_windows:
        return _error(400, 100, f"Tried accessing nonexisting field ({sorted(unknown | wrong_windows)[0]})")
    return None


def _error(status: int, code: int, message: str, **headers: str) -> Reply:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "planted"}
    return Reply.json(status, {"error": error}, **headers)
