"""What Zendesk sends for a ticket, and the flat ticket the warehouse reads (shape: README.md).

Only the fields declared here are ever written to disk: no subject, text, requester or tag. Not here:
requests.
"""

from typing import Literal

from connectors.kit.contract.fields import EpochSeconds, Id, Instant, Row
from connectors.kit.contract.strict_json import Json


class Minutes(Row):
    """One duration on the wall clock and within business hours."""

    calendar: int | None = None
    business: int | None = None


class MetricSet(Row):
    """The side-loaded metrics of a ticket."""

    ticket_id: Id
    solved_at: Instant | None
    reopens: int
    replies: int | None = None
    assignee_stations: int
    group_stations: int | None = None
    reply_time_in_minutes: Minutes | None
    first_resolution_time_in_minutes: Minutes | None = None
    full_resolution_time_in_minutes: Minutes | None
    agent_wait_time_in_minutes: Minutes | None = None
    requester_wait_time_in_minutes: Minutes | None = None
    on_hold_time_in_minutes: Minutes | None = None


class Satisfaction(Row):
    """The customer's rating without the comment."""

    score: str | None = None


class SurveyRating(Row):
    """The rating of a CSAT survey; follow_ups.py puts it into the ticket."""

    category: str


class SurveyQuestion(Row):
    """What was asked; only the satisfaction question counts."""

    sub_type: str | None = None


class SurveyAnswer(Row):
    """One answer without its text."""

    type: str
    question: SurveyQuestion
    rating: int | None = None
    rating_category: Literal["good", "bad"] | None = None
    updated_at: Instant


class SurveySubject(Row):
    """What a response is about."""

    id: Id
    type: str


class SurveyResponse(Row):
    """One response to a survey."""

    answers: list[SurveyAnswer]
    subjects: list[SurveySubject]


class Ticket(Row):
    """One ticket at its newest state."""

    id: Id
    created_at: Instant
    updated_at: Instant
    generated_timestamp: EpochSeconds
    status: str
    priority: str | None
    type: str | None = None
    group_id: Id | None
    assignee_id: Id | None
    satisfaction_rating: Satisfaction | None = None
    metric_set: MetricSet | None = None
    survey_rating: SurveyRating | None = None


def flat_ticket(ticket: Ticket) -> dict[str, Json]:
    """The payload of `raw_zendesk_tickets`."""
    rating, survey, metrics = ticket.satisfaction_rating, ticket.survey_rating, ticket.metric_set
    score = rating.score if rating else None
    return {
        "id": ticket.id,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "generated_timestamp": int(ticket.generated_timestamp.timestamp()),
        "status": ticket.status,
        "priority": ticket.priority,
        "type": ticket.type,
        "group_id": ticket.group_id,
        "assignee_id": ticket.assignee_id,
        # only one of the two can be on in an account: a survey's answer means that it is the survey
        "satisfaction": survey.category if survey else score,
        "metric_set": metrics.model_dump(exclude={"ticket_id"}) if metrics else None,
    }
