"""What Amazon's answers mean: `errors` beside or instead of data, an expired token that comes as 403.

Belongs here: Amazon's codes (developer-docs.amazon.com/sp-api/docs/response-codes). Not here: what is asked for (the stream
modules).
"""

from connectors.kit.contract.classify import by_status, error_document
from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

_CODES: dict[str, type[KitError]] = {
    "QuotaExceeded": Throttled,
    "Unauthorized": Forbidden,
    "AccessDenied": Forbidden,
    "InternalFailure": Transient,
    "ServiceUnavailable": Transient,
}


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of; `errors` is never "no data", neither filled nor empty."""
    body = answer.body
    errors = body.get("errors") if isinstance(body, dict) else None
    # before the status: Amazon says 403 for an expired token too, which by itself would mean "not allowed"
    if answer.status == 403 and _is_expired(errors):
        return AuthExpired("the platform does not accept the access token any more")
    found = by_status(answer.status)
    if found is not None:
        found.actual = _code(errors)
        return found
    if errors:
        # a code that is not listed counts as a wrong request, which is not sent again
        code = _code(errors)
        return _CODES.get(code, BadRequest)("Amazon answered with errors instead of data", actual=code)
    if isinstance(body, dict) and "errors" in body and len(body) == 1:
        return Transient("Amazon answered with an empty list of errors instead of data")
    return error_document(body)


def _is_expired(errors: Json) -> bool:
    """Whether Amazon's details of "Access to requested resource is denied" are about the token: expired, revoked, malformed."""
    told = (
        [str(e.get("details") or "") for e in errors if isinstance(e, dict)]
        if isinstance(errors, list)
        else []
    )
    return any("access token" in text.lower() for text in told)


def _code(errors: Json) -> str:
    """Amazon's own code; never its text."""
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, dict) else None
    # it is shown in messages: a plain word only, so that no text of an answer gets there
    return code if isinstance(code, str) and code.isascii() and code.isidentifier() and len(code) < 60 else ""
