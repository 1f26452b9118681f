"""Zendesk Support: tickets with their metrics by the incremental cursor export.

Belongs here: what Zendesk's answers mean and what is asked for. The kit does the rest. See README.md.
"""

from collections.abc import Mapping
from datetime import timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import Basic
from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import Incomplete, KitError
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Cursor
from connectors.kit.contract.proofs import Flag
from connectors.kit.contract.redact import model_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.contract.strict_json import Json
from connectors.zendesk.follow_ups import SETTING, survey_ratings
from connectors.zendesk.rows import MetricSet, Ticket, flat_ticket

PATH = "/api/v2/incremental/tickets/cursor"
REQUESTS_PER_MINUTE = 10  # of every plan without the high-volume add-on

_PERSONAL = (
    *(
        "subject",
        "raw_subject",
        "description",
        "via",
        "requester_id",
        "submitter_id",
        "recipient",
        "url",
        "external_id",
    ),
    *(
        "collaborator_ids",
        "follower_ids",
        "email_cc_ids",
        "organization_id",
        "tags",
        "custom_fields",
        "fields",
    ),
    *(
        "satisfaction_rating.comment",
        "satisfaction_rating.reason",
        "satisfaction_rating.id",
        "sharing_agreement_ids",
    ),
)

_UNUSED = (
    *(
        "allow_attachments",
        "allow_channelback",
        "brand_id",
        "custom_status_id",
        "due_at",
        "forum_topic_id",
        "followup_ids",
    ),
    *(
        "from_messaging_channel",
        "has_incidents",
        "is_public",
        "problem_id",
        "result_type",
        "satisfaction_probability",
    ),
    *(
        "sharing_agreement_ids",
        "ticket_form_id",
        "encoded_id",
        "email_cc_ids",
        "collaborators",
        "followers",
        "macro_ids",
    ),
    *(
        f"metric_set.{field}"
        for field in ("id", "url", "created_at", "updated_at", "assigned_at", "initially_assigned_at")
    ),
    *(f"metric_set.{stem}_updated_at" for stem in ("assignee", "requester", "status", "custom_status")),
    *("metric_set.latest_comment_added_at", "metric_set.reply_time_in_seconds"),
)


def _tickets(ask: Ask) -> Request:
    token = ask.token or ask.start_cursor
    params = [("cursor", token)] if token else [("start_time", str(int(ask.window.start.timestamp())))]
    params.append(("include", "metric_sets"))
    if "per_page" in ask.account.settings:
        params.append(("per_page", str(ask.page_size)))
    return Request("GET", PATH, params=tuple(params))


def _rate(account: AccountSettings) -> Rate:
    return Rate(account.whole_number("requests_per_minute", REQUESTS_PER_MINUTE, most=100_000), seconds=60)


def _join_metrics(body: Json) -> None:
    """Put each side-loaded metric set into its ticket; a live ticket without one would look unanswered."""
    sets = {str(metrics["ticket_id"]): metrics for metrics in body.get("metric_sets") or []}
    for ticket in body["tickets"]:
        found = ticket.get("metric_set") or sets.get(str(ticket["id"]))
        if found is None and ticket.get("status") != "deleted":
            raise Incomplete("a ticket came without its metric set")
        ticket["metric_set"] = found


class Zendesk(Connector):
    """A Zendesk account, read with an admin's API token."""

    name = "zendesk"
    platform = "zendesk"
    auth = Basic("{email}/token")
    settings = ("requests_per_minute",)
    streams = (
        Stream(
            name="tickets",
            model=Ticket,
            key=lambda ticket: ticket.id,
            day=lambda ticket: ticket.created_at,
            version=lambda ticket: ticket.generated_timestamp,
            payload=flat_ticket,
            feeds=("ticket",),
            request=_tickets,
            pager=Cursor("after_cursor", "end_of_stream"),
            records="tickets",
            cursor_kind="cursor",
            lookback=timedelta(0),
            lookback_reason="the cursor follows generated_timestamp, which grows with every change",
            lag=timedelta(minutes=1),  # the export leaves out the last minute
            limit="{shop_id}/incremental",
            rate=_rate,
            proof=Flag("end_of_stream", expected=True),
            finality_days=28,
            pii=_PERSONAL,
            unused=_UNUSED,
            docs="https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/",
            page_size=("per_page", 1000, 1000),
            envelope={"metric_sets": model_tree(MetricSet)},
            prepare=_join_metrics,
            page_rest=survey_ratings,
            shaping_settings=(SETTING,),
        ),
    )

    def classify(self, status: int, headers: Mapping[str, str], body: Json) -> KitError | None:  # noqa: ARG002
        """Zendesk uses status codes; an `error` document in a success is never "no tickets"."""
        return by_status(status) or error_document(body)
