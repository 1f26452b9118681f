"""What Meta's answers mean: errors, throttling, the states of a report, the end of a listing.

Not here: what is asked for (__init__.py), what a row holds (rows.py).
"""

from collections.abc import Mapping
from typing import Any

from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    Throttled,
    TooLarge,
    Transient,
)
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import PAGE_CAP, Pager, Step
from connectors.kit.contract.reports import JobState, Status
from connectors.kit.contract.strict_json import Json, NotJson, dig, loads

USAGE, INSIGHTS = "x-business-use-case-usage", "x-fb-ads-insights-throttle"
# error codes of the Graph and Marketing API reference (read 2026-11)
AUTH, PERMISSION, PASSING = {102, 190}, {3, 10, 294, *range(200, 300)}, {1, 2}
TOO_MANY = {4, 17, 32, 613, *range(80000, 80015)}
TOO_MUCH = {1487534, 1504018, 1504038}  # too many data points, or timed out: a shorter range helps
_STATES = {
    "Job Not Started": JobState.QUEUED,
    "Job Started": JobState.RUNNING,
    "Job Running": JobState.RUNNING,
    "Job Completed": JobState.READY,
    "Job Failed": JobState.FAILED,
    "Job Skipped": JobState.FAILED,
}


def verdict(status: int, headers: Mapping[str, str], body: Json) -> KitError | None:
    """The trouble an answer tells of; Meta's error object counts whatever the status."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return by_status(status) or error_document(body)
    code, subcode = error.get("code"), error.get("error_subcode")
    known = f"code {_number(code)}/{_number(subcode)}"
    if subcode in TOO_MUCH:
        return TooLarge("the platform cannot answer for that many days at once", actual=known)
    if code in AUTH or code in PERMISSION:
        kind, what = (
            (AuthExpired, "accept the token") if code in AUTH else (Forbidden, "let this app read it")
        )
        return kind(f"the platform does not {what}", actual=known)
    if code in TOO_MANY:
        return Throttled("the platform asks us to slow down", actual=known, retry_after=wish(headers))
    if code in PASSING or error.get("is_transient") is True or status >= 500:
        return Transient("the platform has a trouble of its own", actual=known)
    return BadRequest("the platform refuses the request", actual=known)


def wish(headers: Mapping[str, str]) -> str | None:
    """Seconds until Meta answers again, from the usage header; it states minutes."""
    minutes = [
        n for n in _numbers(_parsed(headers.get(USAGE, "")), "estimated_time_to_regain_access") if n > 0
    ]
    return str(int(max(minutes) * 60)) if minutes else None


def usage(headers: Mapping[str, str]) -> int:
    """The highest used share of any budget that the answer tells of, in percent."""
    names = ("call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct")
    parsed = [_parsed(headers.get(header, "")) for header in (USAGE, INSIGHTS)]
    return int(max([0, *(n for part in parsed for name in names for n in _numbers(part, name))]))


def state(body: Json) -> Status:
    """How far a report is; completed only counts at 100 percent."""
    found = _STATES.get(str(dig(body, "async_status")))
    if found is None:
        raise SchemaDrift("a report is in a state that the connector does not know")
    if found is JobState.READY and dig(body, "async_percent_completion") != 100:
        return Status(JobState.RUNNING)
    why = f"code {_number(body.get('error_code'))}/{_number(body.get('error_subcode'))}"
    return Status(found, why=why if found is JobState.FAILED else "")


class After(Pager):
    """The cursor `paging.cursors.after` while Meta names a next page.

    `paging.next` itself is never followed or kept: it carries the access token. That it is gone is the end, which a lost
    field would look like too: the stream proves the rows by their totals.
    """

    page_cap = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The cursor."""
        return ("paging.cursors.after",)

    def step(self, body: Json, ask: Ask) -> Step:  # noqa: ARG002
        """The next cursor."""
        paging = body.get("paging")
        if not isinstance(paging, dict) or "next" not in paging:
            return Step(None)
        token = dig(paging, "cursors.after")
        if not isinstance(token, str) or not token:
            raise SchemaDrift("the answer promises more pages but names no token", actual=self.paths[0])
        return Step(token)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else "?"


def _parsed(text: str) -> Json:
    try:
        return loads(text.encode())
    except (NotJson, KitError):
        return None


def _numbers(value: Json, name: str) -> list[Any]:
    """Every number under `name`, however deep: accounts and kinds of use are nested."""
    if isinstance(value, list):
        return [n for item in value for n in _numbers(item, name)]
    if not isinstance(value, dict):
        return []
    own = [v for k, v in value.items() if k == name and isinstance(v, int) and not isinstance(v, bool)]
    return own + [n for v in value.values() for n in _numbers(v, name)]
