"""Zendesk Support: tickets with their metrics by the incremental cursor export.

Belongs here: the stream, why it is whole, what Zendesk's answers mean. Not here: ratings of surveys (follow_ups.py), what is
kept of a ticket (rows.py), fields that are not (fields.yaml). See README.md.
"""

from datetime import timedelta

from connectors.kit.contract.auth import Basic
from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import Incomplete, KitError
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Cursor
from connectors.kit.contract.proofs import Flag
from connectors.kit.contract.redact import model_tree
from connectors.kit.contract.reports import PageSize
from connectors.kit.contract.request import HttpAnswer, Request
from connectors.kit.contract.request_budget import per_minute
from connectors.kit.contract.stream import ByCursor, Paged, Record, Stream
from connectors.kit.contract.strict_json import Json
from connectors.zendesk.follow_ups import SETTING, survey_ratings
from connectors.zendesk.rows import MetricSet, Ticket, flat_ticket

PATH = "/api/v2/incremental/tickets/cursor"
# of every plan without the high-volume add-on: developer.zendesk.com/api-reference/introduction/rate-limits/
REQUESTS_PER_MINUTE = 10
# the most that the export serves: developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
MOST_TICKETS = 1000
FIELDS = field_lists(__file__)["tickets"]


def _tickets(query: PageQuery) -> Request:
    token = query.token or query.start_cursor
    params = [("cursor", token)] if token else [("start_time", str(int(query.window.start.timestamp())))]
    params.append(("include", "metric_sets"))
    if "per_page" in query.account.settings:
        params.append(("per_page", str(query.page_size)))
    return Request("GET", PATH, params=tuple(params))


def _join_metrics(body: Json) -> None:
    """Put each side-loaded metric set into its ticket; a live ticket without one would look unanswered."""
    sets = {str(metrics["ticket_id"]): metrics for metrics in body.get("metric_sets") or []}
    for ticket in body["tickets"]:
        # Zendesk sends metrics inside the ticket or in a list beside the tickets
        found = ticket.get("metric_set") or sets.get(str(ticket["id"]))
        if found is None and ticket.get("status") != "deleted":
            raise Incomplete("a ticket came without its metric set")
        ticket["metric_set"] = found


class Zendesk(Connector):
    """A Zendesk account, read with an admin's API token."""

    name = "zendesk"
    platform = "zendesk"
    auth = Basic("{email}/token")  # `/token` says that the password is an API token
    settings = ("requests_per_minute",)
    streams = (
        Stream(
            name="tickets",
            feeds=("ticket",),
            windows=ByCursor(
                version=lambda ticket: ticket.generated_timestamp,
                lookback_reason="the cursor follows generated_timestamp, which grows with every change",
                lag=timedelta(minutes=1),  # the export leaves out the last minute
            ),
            read=Paged(
                request=_tickets,
                pager=Cursor("after_cursor", "end_of_stream"),
                records="tickets",
                page_size=PageSize("per_page", MOST_TICKETS, MOST_TICKETS),
                envelope={"metric_sets": model_tree(MetricSet)},
                page_rest=survey_ratings,
                prepare=_join_metrics,
            ),
            record=Record(
                model=Ticket,
                key=lambda ticket: ticket.id,
                day=lambda ticket: ticket.created_at,
                payload=flat_ticket,
                pii=FIELDS.personal,
                unused=FIELDS.unused,
            ),
            proof=Flag("end_of_stream", expected=True),
            limit="{shop_id}/incremental",  # exports are counted apart from other requests
            rate=per_minute(REQUESTS_PER_MINUTE),
            finality_days=28,  # Zendesk closes a solved ticket after 28 days at the latest, and a closed one never changes
            docs=FIELDS.docs,
            shaping_settings=(SETTING,),
        ),
    )

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """Zendesk uses status codes; an `error` document in a success is never "no tickets"."""
        return usual_trouble(answer)
