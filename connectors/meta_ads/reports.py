"""How Meta makes a report: asynchronous insights, by ad and day, served page by page when they are ready.

Belongs here: asking, states, the listing. Not here: what a row holds and how ads become campaigns (rows.py). How it works:
developers.facebook.com/docs/marketing-api/insights/best-practices (asynchronous jobs)
"""

from connectors.kit.contract.errors import SchemaDrift
from connectors.kit.contract.field_lists import field_lists
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.reports import JobState, Listing, PageSize, Report, Status
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig, dumps
from connectors.meta_ads.errors import shown_number
from connectors.meta_ads.paging import After
from connectors.meta_ads.requests import TOTALS, VERSION, ad_account, time_range
from connectors.meta_ads.rows import WINDOWS, MetaAdDay, attribution, campaign_days, purchase_action

LISTS = field_lists(__file__)
_ASKED_OF_STATUS = (
    "id,account_id,async_status,async_percent_completion,date_start,date_stop,error_code,error_subcode"
)
_STATES = {
    "Job Not Started": JobState.QUEUED,
    "Job Started": JobState.RUNNING,
    "Job Running": JobState.RUNNING,
    "Job Completed": JobState.READY,
    "Job Failed": JobState.FAILED,
    "Job Skipped": JobState.FAILED,
}


def _create(query: PageQuery) -> Request:
    settings = query.account.settings
    windows = WINDOWS[attribution(settings)][0]
    purchase_action(settings)  # a slip there must not cost a report
    statuses = list(LISTS["ad_statuses"].asked)
    # all statuses are named: `level=ad` alone leaves deleted ads out although they cost money
    deleted_too: list[Json] = [{"field": "ad.effective_status", "operator": "IN", "value": statuses}]
    form = (
        ("level", "ad"),  # purchases vanish at campaign level while they are there at ad level
        ("time_increment", "1"),  # a row per day instead of one for the range
        ("time_range", time_range(query.first_day, query.last_day)),
        ("fields", ",".join(LISTS["insights"].asked)),
        ("action_attribution_windows", dumps(list(windows))),
        ("filtering", dumps(deleted_too)),
    )
    return Request("POST", f"{ad_account(query.account)}/insights", form=form)


def _created(body: Json) -> str:
    found = dig(body, "report_run_id")
    return str(found) if isinstance(found, int | str) else ""


def _status(_query: PageQuery, run: str) -> Request:
    return Request("GET", f"{VERSION}/{run}", params=(("fields", _ASKED_OF_STATUS),))


def _state(body: Json) -> Status:
    """How far a report is; completed only counts at 100 percent."""
    found = _STATES.get(str(dig(body, "async_status")))
    if found is None:
        raise SchemaDrift("a report is in a state that the connector does not know")
    if found is JobState.READY and dig(body, "async_percent_completion") != 100:
        return Status(JobState.RUNNING)
    why = f"code {shown_number(body.get('error_code'))}/{shown_number(body.get('error_subcode'))}"
    return Status(found, why=why if found is JobState.FAILED else "")


def _echo(query: PageQuery, _head: Json, status: Json) -> bool:
    days = (dig(status, "date_start"), dig(status, "date_stop"))
    mine = ad_account(query.account).endswith(f"/act_{dig(status, 'account_id')}")
    return mine and days == (query.first_day.isoformat(), query.last_day.isoformat())


def _page(query: PageQuery, status: Json, token: str | None) -> Request:
    run = dig(status, "id")
    # it becomes part of a path: digits only
    if not isinstance(run, str) or not run.isdigit():
        raise SchemaDrift("a report names no id of its own")
    params = [("limit", str(query.page_size))]
    if token:
        params.append(("after", token))
    return Request("GET", f"{VERSION}/{run}/insights", params=tuple(params))


INSIGHTS = Report(
    create=_create,
    created=_created,
    status=_status,
    read=_state,
    served=Listing(request=_page, pager=After(), records="data", page_size=PageSize(default=500)),
    echo=_echo,
    keeps=("account_id", "date_start", "date_stop"),
    wire=MetaAdDay,
    assemble=campaign_days,
    sums=TOTALS,
    moves=True,  # Meta refreshes figures every quarter of an hour
    poll=(10.0, 60.0),
)
