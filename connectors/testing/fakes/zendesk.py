"""Zendesk Support for the conformance suite: the incremental cursor export of tickets over a small world.

Here: the API as the Support specification says (incremental_exports, tickets, metric sets). Not here: the sample
company's help desk (connectors/sandbox/help_desk.py), which replays real incidents.

The account asks for satisfaction by CSAT surveys (developer.zendesk.com, "CSAT survey responses"), which are read beside the
export; the ticket's own rating is that of the older kind.
"""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, Reply
from connectors.testing.world import FakeRecord

EMAIL, TOKEN = "agent@example.com", "planted-zendesk-token-0815"
EXPORT = "/api/v2/incremental/tickets/cursor"
SURVEYS = "/api/v2/guide/survey_responses"
SURVEY_PAGE = 3  # smaller than the platform's, so that pages follow each other
FIRST, NOW = datetime(2026, 3, 6, 5, tzinfo=UTC), datetime(2026, 3, 10, 14, 30, tzinfo=UTC)
LARGEST_PAGE = 1000  # developer.zendesk.com, "Incremental Exports", per_page
LAST_MINUTE = timedelta(minutes=1)  # "the most recent minute is excluded"
KNOWN = {"cursor", "start_time", "include", "per_page", "exclude_deleted", "support_type_scope"}
PLANTED = "Jane Planted"


class ZendeskFake(Platform):
    """Forty tickets; deleted ones stay in the export with the status `deleted`."""

    lacks: ClassVar[Mapping[str, str]] = {
        "late": "the export is ordered by generated_timestamp, which the platform sets itself",
        "throttled_in_200": "Zendesk says 429",
        "empty_page": "the documentation promises no empty page before end_of_stream",
        "count": "the export names no count, only end_of_stream",
    }

    planted = (PLANTED,)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.budgets = {
            # 10 a minute without the high-volume add-on; survey responses count against the account's own limit
            "incremental exports": Budget(amount=10, seconds=60),
            "account": Budget(amount=200, seconds=60, burst=20),
        }
        for number in range(40):
            at = (
                FIRST + timedelta(hours=9)
                if number % 4 == 0
                else FIRST + timedelta(hours=2 * number, minutes=7)
            )
            self._put(number, at, status="closed" if number % 3 else "open")

    def _put(self, number: int, at: datetime, **changes: Any) -> str:
        created = at - timedelta(hours=number % 30)
        raw = _ticket(7000 + number, number, created, at) | changes
        return self.world.put("tickets", _entry(raw, at, created))

    # -- the API

    def answer(self, request: Received) -> Reply:
        """The export and the survey responses; anything else does not exist."""
        pair = f"{EMAIL}/token:{TOKEN}".encode()
        if request.headers.get("authorization") != "Basic " + base64.b64encode(pair).decode():
            return self.unauthorised()
        if request.path == SURVEYS and request.method == "GET":
            return self._surveys(request.parameters)
        if request.path.removesuffix(".json") == EXPORT and request.method == "GET":
            return self._export(request.parameters)
        return Reply.json(404, {"error": "RecordNotFound", "description": "Not found"})

    def _export(self, asked: Mapping[str, str]) -> Reply:
        size = asked.get("per_page", str(LARGEST_PAGE))
        if set(asked) - KNOWN or not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
            return Reply.json(400, {"error": "InvalidValue", "description": "unknown or wrong parameter"})
        try:
            # -1: before every ticket of that second
            after = place_of(asked["cursor"]) if "cursor" in asked else (int(asked["start_time"]), -1)
        except (KeyError, ValueError, binascii.Error):
            return Reply.json(400, {"error": "InvalidPaginationParameter", "description": "invalid cursor"})
        if after[0] > (self.clock.wall() - LAST_MINUTE).timestamp():
            words = "Too recent start_time. Use a start_time older than 1 minute"
            return Reply.json(422, {"error": "StartTimeTooRecent", "description": words})
        return Reply.json(200, self._page(asked, after, int(size)))

    def _page(self, asked: Mapping[str, str], after: tuple[int, int], size: int) -> dict[str, Any]:
        found = self.world.entries("tickets", lambda e: e.at <= self.clock.wall() - LAST_MINUTE)
        start = bisect_right(found, after, key=_key)
        chosen = found[start : start + size]
        end = cursor_of(_key(chosen[-1]) if chosen else after)
        page: dict[str, Any] = {
            # metrics and surveys are kept with a ticket here, but served beside it
            "tickets": [{k: v for k, v in e.raw.items() if k not in ("metrics", "surveys")} for e in chosen],
            "after_cursor": end,
            "after_url": f"{self.url}{EXPORT}.json?cursor={end}",
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": start + size >= len(found),
        }
        if "metric_sets" in asked.get("include", "").split(","):
            page["metric_sets"] = [e.raw["metrics"] for e in chosen if e.raw["status"] != "deleted"]
        return page

    def _surveys(self, asked: Mapping[str, str]) -> Reply:
        """Responses about the named tickets, oldest first."""
        names = asked.get("filter[subject_zrns]", "").split(",")
        size, after = asked.get("page[size]", "100"), asked.get("page[after]", "0")
        known = {"filter[subject_zrns]", "page[size]", "page[after]"}
        if set(asked) - known or not size.isdigit() or not 1 <= int(size) <= 100 or not after.isdigit():
            return Reply.json(
                400, {"errors": [{"code": "BadRequest", "status": "400", "title": "Bad request"}]}
            )
        shown = self.world.entries("tickets", lambda e: f"zen:ticket:{e.key}" in names)
        found = [response for entry in shown for response in entry.raw["surveys"]]
        end = int(after) + min(int(size), SURVEY_PAGE)
        more = end < len(found)
        meta = {"has_more": more, "after_cursor": str(end) if more else None, "before_cursor": None}
        return Reply.json(200, {"survey_responses": found[int(after) : end], "meta": meta})

    def costs(self, request: Received) -> Iterable[tuple[str, float]]:
        """Exports have a budget of their own beside that of the account."""
        return [("account" if request.path == SURVEYS else "incremental exports", 1.0)]

    # -- changes

    def add(self, stream: str) -> str:
        """A new ticket."""
        return self._put(200 + len(self.world.entries(stream)), _second(self.clock.wall()))

    def change(self, stream: str, key: str | None = None) -> str:
        """A ticket waits for its requester."""
        return self._changed(stream, key, "pending")

    def cancel(self, stream: str) -> str:
        """A ticket is closed."""
        return self._changed(stream, None, "closed")

    def remove(self, stream: str) -> str:
        """A ticket is deleted: it stays in the export, without its metrics."""
        return self._changed(stream, None, "deleted")

    def _changed(self, stream: str, key: str | None, status: str) -> str:
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        at = _second(self.clock.wall())
        raw = entry.raw | {
            "status": status,
            "updated_at": _text(at),
            "generated_timestamp": int(at.timestamp()),
        }
        return self.world.put(stream, replace(_entry(raw, at, entry.instant), key=entry.key))

    # -- words

    def throttled(self, retry_after: str | None) -> Reply:
        """429 with the seconds to wait."""
        reply = super().throttled(retry_after)
        reply.document = {"error": "APIRateLimitExceeded", "description": "Rate limit exceeded"}
        return reply

    def error_in_200(self) -> Reply:
        """An error document, as a proxy in between sends it."""
        return Reply.json(200, {"error": "TooBusy", "description": "try later"})

    def unauthorised(self) -> Reply:
        """As the platform words it."""
        return Reply.json(401, {"error": "Couldn't authenticate you"})


def _ticket(ticket: int, number: int, created: datetime, at: datetime) -> dict[str, Any]:
    waits = {"calendar": 17 * number, "business": None if number % 2 else 5 * number}
    return {
        "id": ticket,
        "url": f"https://desk.example.com/api/v2/tickets/{ticket}.json",
        "created_at": _text(created),
        "updated_at": _text(at - timedelta(minutes=number % 3)),
        "generated_timestamp": int(at.timestamp()),
        "status": "open",
        "priority": (None, "low", "normal", "urgent")[number % 4],
        "type": "incident",
        "subject": PLANTED,
        "raw_subject": PLANTED,
        "description": f"{PLANTED} 退货",
        "via": {"channel": "email", "source": {"from": {"address": "jane.planted@example.com"}}},
        "requester_id": 900_000 + number,
        "submitter_id": 900_000 + number,
        "group_id": 70 + number % 3,
        "assignee_id": None if number % 5 == 0 else 80 + number % 3,
        "satisfaction_rating": {"id": 5, "score": "good", "comment": PLANTED} if number % 3 else None,
        "tags": [PLANTED],
        "surveys": _responses(ticket, at) if number % 3 == 1 else [],
        "metrics": {
            "id": 10_000 + ticket,
            "ticket_id": ticket,
            "solved_at": _text(at) if number % 3 else None,
            "reopens": number % 2,
            "replies": number % 4,
            "assignee_stations": 1,
            "group_stations": 2,
            "reply_time_in_minutes": waits,
            "first_resolution_time_in_minutes": waits,
            "full_resolution_time_in_minutes": waits if number % 3 else {"calendar": None, "business": None},
            "agent_wait_time_in_minutes": waits,
            "requester_wait_time_in_minutes": waits,
            "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        },
    }


def _responses(ticket: int, at: datetime) -> list[dict[str, Any]]:
    """Two surveys of one ticket, the later one worse."""
    return [_response(ticket, at - timedelta(hours=2), 5, "good"), _response(ticket, at, 1, "bad")]


def _response(ticket: int, at: datetime, rating: int, category: str) -> dict[str, Any]:
    asked = {"created_at": _text(at), "updated_at": _text(at)}
    question = {"id": "Q1", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
    comment = {"id": "Q2", "type": "open_ended", "alias": "comment"}
    return {
        "id": f"01J{ticket}{rating}",
        "responder_id": 900_000,
        "expires_at": _text(at),
        "subject_zrns": [f"zen:ticket:{ticket}"],
        "subjects": [{"id": str(ticket), "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
        "survey": {"id": "S1", "state": "enabled", "version": 3},
        "answers": [
            {
                **asked,
                "type": "rating_scale",
                "question": question,
                "rating": rating,
                "rating_category": category,
            },
            {**asked, "type": "open_ended", "question": comment, "value": PLANTED},
        ],
    }


def _entry(raw: dict[str, Any], at: datetime, created: datetime) -> FakeRecord:
    plain = ("created_at", "updated_at", "generated_timestamp", "status", "priority", "type")
    # a survey is sent when a ticket is solved
    is_surveyed = raw["surveys"] and raw["status"] in ("solved", "closed")
    metrics = {name: value for name, value in raw["metrics"].items() if name not in ("id", "ticket_id")}
    payload = {name: raw[name] for name in plain} | {
        "id": str(raw["id"]),
        "group_id": str(raw["group_id"]),
        "assignee_id": None if raw["assignee_id"] is None else str(raw["assignee_id"]),
        "satisfaction": "bad"
        if is_surveyed
        else raw["satisfaction_rating"] and raw["satisfaction_rating"]["score"],
        "metric_set": None if raw["status"] == "deleted" else metrics,
    }
    return FakeRecord(str(raw["id"]), at, created, raw, payload)


def _key(entry: FakeRecord) -> tuple[int, int]:
    return int(entry.at.timestamp()), int(entry.key)


def cursor_of(place: tuple[int, int]) -> str:
    """The place after a ticket, shaped as the platform's own: seconds, two bars, ticket, bar."""
    return base64.urlsafe_b64encode(f"{place[0]}.0||{place[1]}|".encode()).decode()


def place_of(cursor: str) -> tuple[int, int]:
    """Inverse of `cursor_of`."""
    seconds, ticket = base64.urlsafe_b64decode(cursor.encode()).decode().removesuffix("|").split("||")
    return int(seconds.removesuffix(".0")), int(ticket)


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
