"""Golden rows: Zendesk tickets into canonical tickets."""

from datetime import UTC, date, datetime
from typing import Any

from tests.warehouse.feeding import canonical

MINUTES = {"calendar": 7, "business": None}
OVERNIGHT = {"calendar": 735, "business": 12}  # written at 20:45, answered 12 minutes after opening
TICKET: dict[str, Any] = {
    "id": "35436",
    "created_at": "2026-03-08T07:30:00Z",
    "updated_at": "2026-03-09T11:29:00Z",
    "generated_timestamp": 1773055740,
    "status": "solved",
    "priority": "urgent",
    "type": "incident",
    "group_id": "70",
    "assignee_id": "89",
    "satisfaction": "bad",
    "metric_set": {
        "solved_at": "2026-03-09T06:59:00Z",
        "reopens": 1,
        "assignee_stations": 2,
        "reply_time_in_minutes": MINUTES,
        "full_resolution_time_in_minutes": {"calendar": 1409, "business": 300},
    },
}


def _rows(*payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return canonical("zendesk", "tickets", payloads, "ticket", zone="America/Los_Angeles")


def test_a_solved_ticket_with_its_survey_rating_on_local_days_around_a_change_of_clocks() -> None:
    assert _rows(TICKET) == [
        {
            "platform": "zendesk", "shop_id": "shop", "source_row_id": "35436", "ticket_id": "35436", "agent_id": "89",
            "queue_id": "70", "status": "solved", "priority": "urgent",
            "opened_at": datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "opened_on": date(2026, 3, 7),
            "resolved_at": datetime(2026, 3, 9, 6, 59, tzinfo=UTC), "resolved_on": date(2026, 3, 8),
            "first_reply_minutes": 7, "resolution_minutes": 1409, "reopens": 1, "assignee_stations": 2, "satisfaction": "bad",
        }
    ]  # fmt: skip


def test_a_night_is_in_the_calendar_minutes_and_not_in_those_of_business_hours() -> None:
    overnight = TICKET | {"metric_set": TICKET["metric_set"] | {"reply_time_in_minutes": OVERNIGHT}}
    at_once = {"calendar": 600, "business": 0}  # closed all the while
    asleep = TICKET | {"id": "3", "metric_set": TICKET["metric_set"] | {"reply_time_in_minutes": at_once}}

    rows = {row["ticket_id"]: row for row in _rows(overnight, asleep)}

    told = {
        key: (row["first_reply_minutes"], row["first_reply_business_minutes"]) for key, row in rows.items()
    }
    assert told == {"35436": (735, 12), "3": (600, 0)}
    # no schedule, no business minutes: absent, not 0
    assert "first_reply_business_minutes" not in _rows(TICKET)[0]


def test_a_deleted_ticket_is_no_ticket_and_an_unrated_one_has_no_rating() -> None:
    deleted = TICKET | {"id": "1", "status": "deleted", "metric_set": None}
    unrated = TICKET | {"id": "2", "satisfaction": None}

    (row,) = _rows(deleted, unrated)

    assert row["ticket_id"] == "2"
    assert "satisfaction" not in row
