"""What Meta's answers mean: errors, throttling, how much of a budget is used.

Belongs here: codes and usage headers. Not here: the states of a report (reports.py), what a row holds (rows.py).
"""

from collections.abc import Mapping
from typing import Any

from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    Throttled,
    TooLarge,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json, NotJson, loads

USAGE, INSIGHTS = "x-business-use-case-usage", "x-fb-ads-insights-throttle"
# developers.facebook.com/docs/graph-api/guides/error-handling and .../docs/marketing-api/error-reference (read 2026-11)
AUTH, PERMISSION, PASSING = {102, 190}, {3, 10, 294, *range(200, 300)}, {1, 2}
TOO_MANY = {4, 17, 32, 613, *range(80000, 80015)}
TOO_MUCH = {1487534, 1504018, 1504038}  # too many data points, or timed out: a shorter range helps


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of; Meta's error object counts whatever the status."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    if not isinstance(error, dict):
        return usual_trouble(answer)
    code, subcode = error.get("code"), error.get("error_subcode")
    known = f"code {shown_number(code)}/{shown_number(subcode)}"
    # before the code: with these subcodes it is 100, which alone would be a wrong request
    if subcode in TOO_MUCH:
        return TooLarge("the platform cannot answer for that many days at once", actual=known)
    if code in AUTH or code in PERMISSION:
        kind, what = (
            (AuthExpired, "accept the token") if code in AUTH else (Forbidden, "let this app read it")
        )
        return kind(f"the platform does not {what}", actual=known)
    if code in TOO_MANY:
        return Throttled("the platform asks us to slow down", actual=known, retry_after=wish(answer.headers))
    if code in PASSING or error.get("is_transient") is True or answer.status >= 500:
        return Transient("the platform has a trouble of its own", actual=known)
    return BadRequest("the platform refuses the request", actual=known)


def wish(headers: Mapping[str, str]) -> str | None:
    """Seconds until Meta answers again, from the usage header; it states minutes."""
    minutes = [
        n for n in _numbers(_parsed(headers.get(USAGE, "")), "estimated_time_to_regain_access") if n > 0
    ]
    # the longest: each use case that the header lists has a pause of its own
    return str(int(max(minutes) * 60)) if minutes else None


def usage(headers: Mapping[str, str]) -> int:
    """The highest used share of any budget that the answer tells of, in percent."""
    names = ("call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct")
    parsed = [_parsed(headers.get(header, "")) for header in (USAGE, INSIGHTS)]
    return int(max([0, *(n for part in parsed for name in names for n in _numbers(part, name))]))


def shown_number(value: Any) -> str:
    """A code of Meta as it may be told; anything else is not."""
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else "?"


def _parsed(text: str) -> Json:
    try:
        # the header is only a hint: one that cannot be read must not cost the answer that it came with
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
