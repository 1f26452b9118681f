"""Ratings of the newer CSAT surveys, put into the tickets that they are about.

Belongs here: asking for the survey responses of a page's tickets together, and which answer counts. Not here: the older
rating, which stands in the ticket itself (rows.py).

Names of fields: developer.zendesk.com, "CSAT survey responses" (read 2026-11); the trimmed specification has only the older
ratings. A response updates its ticket, so that the ticket comes again in the export ("Getting the CSAT ratings of tickets").
"""

from datetime import datetime

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SchemaDrift, SettingWrong
from connectors.kit.contract.redact import Tree, model_tree, path_tree
from connectors.kit.contract.request import FollowUp, Request
from connectors.kit.contract.request_budget import Limit, Rate
from connectors.kit.contract.strict_json import Json
from connectors.zendesk.rows import SurveyResponse

PATH = "/api/v2/guide/survey_responses"
SETTING = "csat"
TOGETHER = 50  # tickets asked for at once: their names fit into a URL
# the most that cursor paging gives: developer.zendesk.com/api-reference/introduction/pagination/
PAGE_SIZE = 100
# the smallest account limit (these are no incremental exports): developer.zendesk.com/api-reference/introduction/rate-limits/
PER_MINUTE = 200
_RATED = ("solved", "closed")  # a survey is sent when a ticket is solved
_ASKED, _AFTER, _DONE = "survey_asked", "survey_after", "survey_done"


def survey_ratings(body: Json, account: AccountSettings) -> FollowUp | None:
    """The next request for the ratings of a page's tickets; None in accounts with the older rating, and when all are there."""
    if account.settings.get(SETTING, "ticket") != "survey":
        if account.settings.get(SETTING, "ticket") != "ticket":
            raise SettingWrong("setting csat must be ticket (the older rating) or survey")
        return None
    asked = body.get(_ASKED) or _next_tickets(body["tickets"])
    if not asked:
        return None
    body[_ASKED], after = asked, body.get(_AFTER)
    names = ",".join(f"zen:ticket:{ticket}" for ticket in asked)
    params = [("filter[subject_zrns]", names), ("page[size]", str(PAGE_SIZE))]
    if after:
        params.append(("page[after]", after))
    limit = Limit(f"zendesk/{account.shop_id}/account", Rate(PER_MINUTE, seconds=60))
    request = Request("GET", PATH, params=tuple(params), limit=limit)
    return FollowUp(request, _kept(), f"{asked[0]}/{after or ''}", lambda answer: _merge(body, asked, answer))


def _kept() -> Tree:
    return path_tree(
        {"survey_responses": model_tree(SurveyResponse), "meta.has_more": None, "meta.after_cursor": None}
    )


def _next_tickets(tickets: Json) -> list[str]:
    waiting = [str(t["id"]) for t in tickets if t.get("status") in _RATED and not t.get(_DONE)]
    return waiting[:TOGETHER]


def _merge(body: Json, asked: list[str], answer: Json) -> None:
    tickets = {str(ticket["id"]): ticket for ticket in body["tickets"]}
    for raw in answer["survey_responses"]:
        response = SurveyResponse.model_validate(raw)
        for subject in response.subjects:
            if subject.type == "ticket" and subject.id in asked:
                _rate(tickets[subject.id], response)
    more, after = answer["meta"]["has_more"], answer["meta"].get("after_cursor")
    if not isinstance(more, bool) or (more and not isinstance(after, str)):
        raise SchemaDrift("the paging fields have another type", actual="meta.has_more")
    if more:
        body[_AFTER] = after
        return
    body[_ASKED] = body[_AFTER] = None
    for ticket in asked:
        tickets[ticket][_DONE] = True


def _rate(ticket: Json, response: SurveyResponse) -> None:
    """The newest answer to the satisfaction question stands, also over that of an earlier survey."""
    for answer in response.answers:
        is_rating = answer.type == "rating_scale" and answer.question.sub_type == "customer_satisfaction"
        if not is_rating:
            continue
        if answer.rating_category is None:
            raise SchemaDrift("a survey's rating says neither good nor bad", actual="rating_category")
        known = ticket.get("survey_rating")
        if known is None or datetime.fromisoformat(known["updated_at"]) < answer.updated_at:
            ticket["survey_rating"] = {
                "category": answer.rating_category,
                "rating": answer.rating,
                "updated_at": answer.updated_at.isoformat(),
            }
