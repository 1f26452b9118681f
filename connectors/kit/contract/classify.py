"""What HTTP status codes mean unless a platform says otherwise (RFC 9110, section 15).

A connector calls this first and adds its own codes. Not here: any platform's codes (its errors.py).
"""

from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json


def by_status(status: int) -> KitError | None:
    """The trouble a status code stands for, None for success."""
    if 200 <= status < 300:
        return None
    if status == 401:
        return AuthExpired("the platform does not accept the credential")
    # unpaid, forbidden, locked (RFC 4918, section 11.3): only a person can end these, waiting cannot
    if status in (402, 403, 423):
        return Forbidden("the platform does not allow this app to read the data")
    if status == 429:
        return Throttled("the platform asks us to slow down")
    # 408 and 425 (RFC 8470) are the two other codes of the 4xx that ask for the same request again
    if status >= 500 or status in (408, 425):
        return Transient("the platform has a trouble of its own")
    # the rest of 4xx, and 3xx: no redirect is followed
    return BadRequest("the platform refuses the request")


def error_document(body: Json) -> KitError | None:
    """The trouble of an answer that says `error` where data was asked for, whatever its status."""
    if body is None:
        return None  # not JSON: the kit reports that itself
    if not isinstance(body, dict):
        return SchemaDrift("the answer is JSON but no object")
    if "error" in body:
        return Transient("the platform sent an error document instead of data")
    return None


def usual_trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble of a platform that uses status codes and, at worst, an `error` document in a success."""
    return by_status(answer.status) or error_document(answer.body)
