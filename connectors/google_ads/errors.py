"""What Google's answers mean: errors of the Ads API inside Google's own error object, quotas, empty answers.

Not here: what is asked for (__init__.py), what a row holds (rows.py).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    SettingWrong,
    Throttled,
    TooLarge,
    Transient,
)
from connectors.kit.contract.strict_json import Json

_NAME = re.compile(r"[A-Z][A-Z_]{2,80}")
_DELAY = re.compile(r"([0-9]{1,7})(\.[0-9]{1,9})?s")
_RENEWABLE = {"OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_HEADER_INVALID"}
_NO_CUSTOMER = {"CUSTOMER_NOT_FOUND", "CLIENT_CUSTOMER_ID_INVALID"}


def verdict(status: int, body: Json) -> KitError | None:
    """The trouble an answer tells of."""
    if status < 300 or not isinstance(body, dict) or not isinstance(body.get("error"), dict):
        return by_status(status) or error_document(body)
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
                    _delay(one),
                )


def _delay(one: dict[str, Json]) -> str | None:
    """Seconds of `quotaErrorDetails.retryDelay`; Google sends no Retry-After header."""
    details = one.get("details")
    quota = details.get("quotaErrorDetails") if isinstance(details, dict) else None
    found = _DELAY.fullmatch(str(quota.get("retryDelay", ""))) if isinstance(quota, dict) else None
    return str(int(found.group(1)) + bool(found.group(2))) if found else None


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _quota(name: str, delay: str | None) -> KitError:
    if name == "ACCESS_PROHIBITED":
        return Forbidden("the platform prohibits access to this account", actual=name)
    return Throttled("the platform asks us to slow down", actual=name, retry_after=delay)


def _authentication(name: str, delay: str | None) -> KitError:  # noqa: ARG001
    if name in _RENEWABLE:
        return AuthExpired("the platform does not accept the access token", actual=name)
    if name in _NO_CUSTOMER:
        return SettingWrong("the platform knows no such customer (setting customer_id)", actual=name)
    return AuthRevoked("the platform does not accept the credential", actual=name)


def _query(name: str, delay: str | None) -> KitError:  # noqa: ARG001
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


def filled(body: Json) -> None:
    """Put back what JSON of protocol buffers leaves out when it is empty; the field mask shows that this is an answer.

    Raises:
        SchemaDrift: it is no answer to a query.
    """
    if not isinstance(body, dict) or not isinstance(body.get("fieldMask"), str):
        raise SchemaDrift("the answer does not say which fields it holds", actual="fieldMask")
    if "results" not in body and body.get("totalResultsCount", "0") == "0" and not body.get("nextPageToken"):
        body["results"], body["totalResultsCount"] = [], "0"


def books(body: Json) -> tuple[Any, Any]:
    """Zone and currency of the only customer in an answer."""
    rows = _dicts(body.get("results")) if isinstance(body, dict) else []
    customer = rows[0].get("customer") if len(rows) == 1 else None
    if not isinstance(customer, dict):
        raise SchemaDrift("the answer does not hold the one customer that was asked for")
    return customer.get("timeZone"), customer.get("currencyCode")
