"""A fake of Google Ads REST search: login, GAQL over one small account, pages, quota errors.

True to the published protos (v25): unknown fields, resources and body fields are refused with a GoogleAdsFailure, empty
lists and zero totals are left out as JSON of protocol buffers does. Not here: sockets, faults.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply
from connectors.testing.tokens import Tokens
from connectors.testing.world import FakeRecord

CLIENT, SECRET, REFRESH, DEVELOPER, CUSTOMER, MANAGER = (
    "planted.apps.googleusercontent.com",
    "GOCSPX-planted-secret-4711",
    "1//planted-refresh-0815",
    "planted-developer-token-22",
    "1234567890",
    "9876543210",
)
ZONE = ZoneInfo("America/Los_Angeles")
FIRST, DAYS, PAGE = date(2026, 3, 1), 20, 12  # Google's pages hold 10,000 rows
BODY = {"query", "pageToken", "searchSettings", "validateOnly"}
# the part of GAQL that is spoken here: one resource, one range of days
GAQL = re.compile(
    r"SELECT (?P<fields>[a-z_., ]+) FROM (?P<resource>[a-z_]+)"
    r"(?: WHERE segments\.date BETWEEN '(?P<first>[0-9-]{10})' AND '(?P<last>[0-9-]{10})')?"
    r"(?: ORDER BY [a-z_., ]+)?"
)
METRICS = {
    *("impressions", "clicks", "cost_micros", "conversions", "conversions_value"),
    *("conversions_by_conversion_date", "conversions_value_by_conversion_date"),
}
KNOWN = {
    "campaign": {
        *("customer.id", "customer.currency_code", "customer.time_zone", "campaign.id", "campaign.name"),
        *("campaign.advertising_channel_type", "campaign.status", "segments.date"),
        *(f"metrics.{name}" for name in METRICS),
    },
    "customer": {"customer.id", "customer.currency_code", "customer.time_zone"},
}
QUOTA = "Number of operations for basic access"


class GoogleAdsFake(Platform):
    """One customer with three campaigns on twenty days, over a change of clocks."""

    exchange_path = "/token"
    lacks: ClassVar[Mapping[str, str]] = {
        "cancel": "a campaign's day is restated, never cancelled",
        "remove": "a campaign's day is restated, never deleted",
        "late": "days are read again as a whole",
        "throttled_in_200": "Google says it with status 429 and a GoogleAdsFailure",
        "error_in_200": "Google says trouble with status codes and an error object",
        "empty_page": "search gives full pages until the last one",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens: Tokens = Tokens(clock=clock, refresh=REFRESH, lifetime=3599.0)
        # 15,000 a day with basic access: developers.google.com/google-ads/api/docs/access-levels
        self.budgets = {"developer token": Budget(amount=60, seconds=60, burst=5, per_day=15_000)}
        for day in range(DAYS):
            for campaign in range(3):
                if (day + campaign) % 7 != 3:
                    self._put(FIRST + timedelta(days=day), campaign)

    # -- the truth

    def _put(self, day: date, campaign: int, more: int = 0) -> str:
        # micros of 90071992547409.93, which no binary float holds
        micros = (90071992547409930000 if campaign == 2 else 1_100_000 * (campaign + 1)) + more
        cost = Decimal(micros) / 1_000_000  # Google counts money in millionths
        raw = row_of(day, 20987654321 + campaign, micros)
        payload = {
            "date": day.isoformat(),
            "campaign_id": raw["campaign"]["id"],
            "channel": "SEARCH",
            "currency": "USD",
            "impressions": int(raw["metrics"]["impressions"]),
            "clicks": int(raw["metrics"]["clicks"]),
            "cost": f"{cost:.2f}",
            "conversions": "1.333333",
            "conversions_value": "66.6667",  # money: four decimals of the double are kept
            "conversions_by_conversion_date": "2",
            "conversions_value_by_conversion_date": "100.0000",
        }
        begins = datetime.combine(day, datetime.min.time(), tzinfo=ZONE)
        key = f"{payload['campaign_id']}/{day}"
        return self.world.put("campaigns", FakeRecord(key, begins, day, raw, payload))

    def add(self, _stream: str) -> str:
        """A new campaign gets its first impressions today."""
        return self._put(self.clock.wall().astimezone(ZONE).date(), 7)

    def change(self, stream: str, key: str | None = None) -> str:
        """A campaign's first day is restated."""
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        return self._put(entry.whole_day, int(entry.payload["campaign_id"]) - 20987654321, 10_000)

    def restate(self, _stream: str, day: date) -> str:
        """Figures of a past day change."""
        return self._put(day, 0, 7_770_000)

    # -- the API

    def answer(self, request: Received) -> Reply:
        """One request, checked as Google does."""
        if request.path == self.exchange_path:
            return self._token(request)
        refusal = self._credentials(request)
        if refusal is not None:
            return refusal
        if (request.method, request.path) != ("POST", f"/v25/customers/{CUSTOMER}/googleAds:search"):
            return failure(404, "NOT_FOUND", "requestError", "RESOURCE_NAME_MALFORMED")
        body = request.json
        unknown = sorted(set(body) - BODY) if isinstance(body, dict) else ["body"]
        if unknown:
            return Reply.json(
                400,
                {
                    "error": {
                        "code": 400,
                        "message": f"Unknown name {unknown[0]}",
                        "status": "INVALID_ARGUMENT",
                    }
                },
            )
        return self._search(body)

    def _token(self, request: Received) -> Reply:
        form = request.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return Reply.json(401, {"error": "invalid_client", "error_description": "Unauthorized"})
        found = self.tokens.exchange(form.get("refresh_token", ""))
        if found is None or form.get("grant_type") != "refresh_token":
            return Reply.json(400, {"error": "invalid_grant", "error_description": "Token has been revoked"})
        body = {"access_token": found[0], "expires_in": 3599, "token_type": "Bearer", "scope": "adwords"}
        return Reply.json(200, body)

    def _credentials(self, request: Received) -> Reply | None:
        headers = request.headers
        if not self.tokens.accepts(headers.get("authorization", "").removeprefix("Bearer ")):
            return self.unauthorised()
        if headers.get("developer-token") != DEVELOPER:
            return failure(401, "UNAUTHENTICATED", "authenticationError", "DEVELOPER_TOKEN_INVALID")
        # may be missing: a user can have access without a manager
        if headers.get("login-customer-id", MANAGER) != MANAGER:
            return self.forbidden()
        return None

    def _search(self, body: dict[str, Any]) -> Reply:
        asked = GAQL.fullmatch(body.get("query", ""))
        if asked is None:
            return failure(400, "INVALID_ARGUMENT", "queryError", "UNEXPECTED_INPUT")
        fields = [name.strip() for name in asked["fields"].split(",")]
        if asked["resource"] not in KNOWN or set(fields) - KNOWN[asked["resource"]]:
            return failure(400, "INVALID_ARGUMENT", "queryError", "UNRECOGNIZED_FIELD")
        rows = [_selected(raw, fields) for raw in self._rows(asked)]
        start = int(body.get("pageToken", "page-0").removeprefix("page-"))
        answer: dict[str, Any] = {"fieldMask": ",".join(map(_camel, fields)), "queryResourceConsumption": "7"}
        if rows:  # Google leaves empty lists out
            answer["results"] = rows[start : start + PAGE]
        if start + PAGE < len(rows):
            answer["nextPageToken"] = f"page-{start + PAGE}"
        if rows and (body.get("searchSettings") or {}).get("returnTotalResultsCount"):
            answer["totalResultsCount"] = str(len(rows))
        return Reply.json(200, answer)

    def _rows(self, asked: re.Match[str]) -> list[dict[str, Any]]:
        if asked["resource"] == "customer":
            return [_customer()]
        first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
        found = [entry.raw for entry in self.world.entries("campaigns")]
        return [raw for raw in found if first <= date.fromisoformat(raw["segments"]["date"]) <= last]

    # -- words

    def throttled(self, retry_after: str | None) -> Reply:
        """The token's quota is used up for now; the pause stands in the body."""
        quota: dict[str, str] = {"rateScope": "DEVELOPER", "rateName": QUOTA}
        if retry_after is not None and retry_after.isdigit():
            quota["retryDelay"] = f"{retry_after}s"
        reply = failure(429, "RESOURCE_EXHAUSTED", "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", quota)
        if retry_after is not None:
            reply.headers["Retry-After"] = retry_after  # Google sends none; the suite measures patience by it
        return reply

    def unauthorised(self) -> Reply:
        """The access token is not accepted."""
        return failure(401, "UNAUTHENTICATED", "authenticationError", "OAUTH_TOKEN_INVALID")

    def forbidden(self) -> Reply:
        """The user may not see this customer."""
        return failure(403, "PERMISSION_DENIED", "authorizationError", "USER_PERMISSION_DENIED")

    def server_error(self, status: int = 503) -> Reply:
        """A trouble of Google's own."""
        return failure(status, "INTERNAL", "internalError", "TRANSIENT_ERROR")

    def costs(self, request: Received) -> Iterable[tuple[str, float]]:
        """Searches; tokens are issued elsewhere."""
        return [] if self.exchanges(request) else [("developer token", 1.0)]


def failure(
    status: int, canonical: str, kind: str, name: str, quota: Mapping[str, str] | None = None
) -> Reply:
    """Google's error object with a GoogleAdsFailure inside."""
    one: dict[str, Any] = {"errorCode": {kind: name}, "message": "planted words of the platform"}
    if quota is not None:
        one["details"] = {"quotaErrorDetails": dict(quota)}
    detail = {
        "@type": "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
        "errors": [one],
        "requestId": "planted",
    }
    error = {"code": status, "message": "Request failed", "status": canonical, "details": [detail]}
    return Reply.json(status, {"error": error})


def _customer() -> dict[str, Any]:
    return {
        "customer": {
            "resourceName": f"customers/{CUSTOMER}",
            "id": CUSTOMER,
            "currencyCode": "USD",
            "timeZone": ZONE.key,
        }
    }


def row_of(day: date, campaign: int, micros: int) -> dict[str, Any]:
    """Every field that a query may select."""
    return {
        **_customer(),
        "campaign": {
            "resourceName": f"customers/{CUSTOMER}/campaigns/{campaign}",
            "id": str(campaign),
            "name": "Frühling 春季",
            "status": "ENABLED",
            "advertisingChannelType": "SEARCH",
        },
        "segments": {"date": day.isoformat()},
        "metrics": {
            # JSON of protocol buffers writes 64-bit integers as text
            "impressions": str(1000 + day.toordinal() % 11),
            "clicks": "31",
            "costMicros": str(micros),
            "conversions": Decimal("1.333333"),
            "conversionsValue": Decimal("66.66666666666667"),
            "conversionsByConversionDate": 2,
            "conversionsValueByConversionDate": Decimal("100.00000000000001"),
        },
    }


def _selected(raw: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """The selected fields and, as always, the resource names."""
    row: dict[str, Any] = {}
    for path in fields:
        part, name = path.split(".")
        if "resourceName" in raw[part]:
            row.setdefault(part, {"resourceName": raw[part]["resourceName"]})
        row.setdefault(part, {})[_camel(name)] = raw[part][_camel(name)]
    return row


def _camel(text: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), text)
