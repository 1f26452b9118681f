"""Zendesk incremental cursor export of the sample help desk.

Here: cursor paging, ticket and metric set documents, rate limit. Not here: which versions exist (incident_log.py).
"""

import binascii
import bisect
import time
from collections import deque
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox.incident_log import PRIORITY, STATUS, TicketVersion
from connectors.testing.fakes.shopify_shop import utc_text
from connectors.testing.fakes.zendesk import EXPORT, LARGEST_PAGE, cursor_of, place_of
from connectors.testing.reply import Reply

LAST_MINUTE = 60
REDACTED = "redacted in source"


class HelpDesk:
    """Answers the export under a movable clock."""

    def __init__(
        self, tickets: tuple[tuple[TicketVersion, ...], ...], clock: int, requests_per_minute: int
    ) -> None:
        self._tickets = tickets
        self._requests_per_minute = requests_per_minute
        self._recent: deque[float] = deque()
        self.clock = clock
        self._index: list[tuple[int, int, TicketVersion]] = []
        self._reindex()

    def set_clock(self, clock: int) -> None:
        """Show the help desk as it was at `clock`."""
        if clock != self.clock:
            self.clock = clock
            self._reindex()

    def _reindex(self) -> None:
        clock = self.clock
        newest = (_newest(versions, clock) for versions in self._tickets)
        # A ticket changed within the last minute is held back whole, as the platform does.
        shown = [v for v in newest if v is not None and v.at <= clock - LAST_MINUTE]
        self._index = sorted((v.at, v.ticket, v) for v in shown)

    def limited(self) -> Reply | None:
        """The 429 answer when this minute's requests are used up."""
        now = time.monotonic()
        while self._recent and now - self._recent[0] >= 60:
            self._recent.popleft()
        if len(self._recent) >= self._requests_per_minute:
            # rounded up: Retry-After is whole seconds (RFC 9110, 10.2.3)
            return too_many(max(1, int(60 - (now - self._recent[0])) + 1))
        self._recent.append(now)
        return None

    def export(self, base_url: str, parameters: dict[str, str]) -> Reply:
        """One page of the export.

        Args:
            base_url: address of the account, for the next page's address.
            parameters: query string of the request.
        """
        try:
            size = int(parameters.get("per_page", LARGEST_PAGE))
            after, cursor = self._start(parameters)
        except (ValueError, binascii.Error):
            return Reply.json(
                400, {"error": "InvalidPaginationParameter", "description": "cursor or per_page is invalid"}
            )
        if after is None:
            return Reply.json(422, cursor)
        if not 1 <= size <= LARGEST_PAGE:
            return Reply.json(
                400, {"error": "InvalidValue", "description": f"per_page must be 1 to {LARGEST_PAGE}"}
            )
        return Reply.json(200, self._page(base_url, parameters, after, size))

    def _start(self, parameters: dict[str, str]) -> tuple[tuple[int, int] | None, Any]:
        if "cursor" in parameters:
            return place_of(parameters["cursor"]), None
        if "start_time" not in parameters:
            return None, {"error": "InvalidValue", "description": "Missing start_time parameter"}
        start = int(parameters["start_time"])
        if start > self.clock - LAST_MINUTE:
            words = "Too recent start_time. Use a start_time older than 1 minute"
            return None, {"error": "StartTimeTooRecent", "description": words}
        return (start, -1), None  # before every ticket of that second: numbers of tickets are positive

    def _page(
        self, base_url: str, parameters: dict[str, str], after: tuple[int, int], size: int
    ) -> dict[str, Any]:
        start = bisect.bisect_right(self._index, after, key=lambda entry: entry[:2])
        chosen = self._index[start : start + size]
        metrics = "metric_sets" in parameters.get("include", "").split(",")
        end = cursor_of(chosen[-1][:2] if chosen else after)
        kept = {k: v for k, v in parameters.items() if k in ("include", "per_page")}
        return {
            "tickets": [document(version, base_url, metrics=metrics) for _, _, version in chosen],
            "after_url": f"{base_url}{EXPORT}.json?{urlencode({**kept, 'cursor': end})}",
            "before_url": None,
            "after_cursor": end,
            "before_cursor": None,
            "end_of_stream": start + size >= len(self._index),
        }


def _newest(versions: tuple[TicketVersion, ...], clock: int) -> TicketVersion | None:
    position = bisect.bisect_right(versions, clock, key=lambda version: version.at)
    return versions[position - 1] if position else None


def too_many(seconds: int) -> Reply:
    """429 with the seconds to wait."""
    body = {"error": "APIRateLimitExceeded", "description": "Rate limit for incremental exports exceeded"}
    return Reply.json(429, body, Retry_After=str(seconds))


def document(version: TicketVersion, base_url: str, *, metrics: bool) -> dict[str, Any]:
    """One ticket of the export. The source holds no texts: a constant stands in for people's words."""
    ticket = {
        "url": f"{base_url}/api/v2/tickets/{version.ticket}.json",
        "id": version.ticket,
        "external_id": None,
        "via": {"channel": {"Phone": "voice", "Email": "email"}.get(version.contact or "", "web")},
        "created_at": utc_text(version.opened),
        "updated_at": utc_text(version.at),
        "generated_timestamp": version.at,
        "type": "incident",
        "subject": REDACTED,
        "raw_subject": REDACTED,
        "description": REDACTED,
        "priority": PRIORITY.get(version.priority or 0),
        "status": STATUS[version.state],
        "recipient": None,
        "requester_id": version.requester,
        "submitter_id": version.requester,
        "assignee_id": version.assignee,
        "group_id": version.group,
        "tags": [],
        "custom_fields": [],
        "satisfaction_rating": None,
    }
    if metrics:
        ticket["metric_set"] = metric_set(version, base_url)
    return ticket


def metric_set(version: TicketVersion, base_url: str) -> dict[str, Any]:
    """Figures of one ticket; what the log cannot say is null, never 0."""
    resolution = _minutes(version, version.resolved)
    return {
        "url": f"{base_url}/api/v2/ticket_metrics/{version.ticket}.json",
        "id": version.ticket,
        "ticket_id": version.ticket,
        "created_at": utc_text(version.opened),
        "updated_at": utc_text(version.at),
        # the log counts changes of group or agent together; n changes are n + 1 stations
        "group_stations": version.reassigned + 1,
        "assignee_stations": version.reassigned + 1,
        "reopens": version.reopened,
        "replies": None,
        "assignee_updated_at": None,
        "requester_updated_at": None,
        "status_updated_at": None,
        "initially_assigned_at": None,
        "assigned_at": None,
        "solved_at": utc_text(version.resolved) if version.resolved is not None else None,
        "latest_comment_added_at": None,
        # first change away from New, negative where the log has it so
        "reply_time_in_minutes": _minutes(version, version.first_reply),
        # the log keeps the last resolution only; it is the first one where nothing was reopened
        "first_resolution_time_in_minutes": resolution if not version.reopened else _minutes(version, None),
        "full_resolution_time_in_minutes": resolution,
        "agent_wait_time_in_minutes": None,
        "requester_wait_time_in_minutes": None,
        "on_hold_time_in_minutes": None,
    }


def _minutes(version: TicketVersion, until: int | None) -> dict[str, int | None]:
    calendar = None if until is None else (until - version.opened) // 60
    return {"calendar": calendar, "business": None}
