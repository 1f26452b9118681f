"""What Google's answers mean: errors of the Ads API inside Google's own error object, quotas.

Belongs here: kinds and names of errors (developers.google.com/google-ads/api/docs/common-errors). Not here: what is asked for
(requests.py), what a row holds (rows.py).
"""

import re
from collections.abc import Callable, Iterator

from connectors.kit.contract.classify import by_status, usual_trouble
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    SettingWrong,
    Throttled,
    TooLarge,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

_NAME = re.compile(r"[A-Z][A-Z_]{2,80}")
# a duration in JSON of protocol buffers: seconds, perhaps a fraction of up to nine digits, and an s
_DELAY = re.compile(r"([0-9]{1,7})(\.[0-9]{1,9})?s")
_RENEWABLE = {"OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_HEADER_INVALID"}
# Google lists them as trouble with the login, but what is wrong is our setting
_NO_CUSTOMER = {"CUSTOMER_NOT_FOUND", "CLIENT_CUSTOMER_ID_INVALID"}


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    status, body = answer.status, answer.body
    if status < 300 or not isinstance(body, dict) or not isinstance(body.get("error"), dict):
        return usual_trouble(answer)
    for kind, name, delay in _failures(body["error"]):
        meaning = _KINDS.get(kind)
        if meaning is not None:
            return meaning(name, delay)
    return by_status(status)


def _failures(error: dict[str, Json]) -> Iterator[tuple[str, str, str | None]]:
    """Kind, name and wished pause of every error of a GoogleAdsFailure."""
    for detail in _dicts(error.get("details")):
        for one in _dicts(detail.get("errors")):
            code = one.get("errorCode")
            for kind, name in code.items() if isinstance(code, dict) else ():
                yield (
                    kind,
                    name if isinstance(name, str) and _NAME.fullmatch(name) else "UNKNOWN",
                    _wished(one),
                )


def _wished(one: dict[str, Json]) -> str | None:
    """Seconds of `quotaErrorDetails.retryDelay`; Google sends no Retry-After header."""
    details = one.get("details")
    quota = details.get("quotaErrorDetails") if isinstance(details, dict) else None
    found = _DELAY.fullmatch(str(quota.get("retryDelay", ""))) if isinstance(quota, dict) else None
    # rounded up: to cut the fraction off would be to ask too early
    return str(int(found.group(1)) + bool(found.group(2))) if found else None


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _quota(name: str, delay: str | None) -> KitError:
    # a quota error by its kind, but no pause cures it
    if name == "ACCESS_PROHIBITED":
        return Forbidden("the platform prohibits access to this account", actual=name)
    return Throttled("the platform asks us to slow down", actual=name, retry_after=delay)


def _authentication(name: str, _delay: str | None) -> KitError:
    if name in _RENEWABLE:
        return AuthExpired("the platform does not accept the access token", actual=name)
    if name in _NO_CUSTOMER:
        return SettingWrong("the platform knows no such customer (setting customer_id)", actual=name)
    return AuthRevoked("the platform does not accept the credential", actual=name)


def _query(name: str, _delay: str | None) -> KitError:
    if name == "DATE_RANGE_TOO_WIDE":
        return TooLarge("the platform cannot answer for that many days at once", actual=name)
    return BadRequest("the platform refuses the query", actual=name)


_KINDS: dict[str, Callable[[str, str | None], KitError]] = {
    "quotaError": _quota,
    "authenticationError": _authentication,
    "authorizationError": lambda name, _: Forbidden(
        "the platform does not let this app read it", actual=name
    ),
    "internalError": lambda name, _: Transient("the platform has a trouble of its own", actual=name),
    "queryError": _query,
    "requestError": lambda name, _: BadRequest("the platform refuses the request", actual=name),
}
