"""What 抖店's answers mean: code 10000 is data, everything else is a trouble, all in HTTP 200.

Belongs here: codes and sub-codes. Not here: what is asked for (requests.py).
"""

import re

from connectors.kit.contract.classify import usual_trouble
from connectors.kit.contract.errors import (
    AuthExpired,
    AuthRevoked,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer

OK = 10000
# it is shown in messages: a short plain word only, never the platform's free text
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:, -]{0,79}")
_BY_CODE: dict[int, tuple[type[KitError], str]] = {
    20000: (Transient, "the platform has a trouble of its own"),
    20001: (Transient, "the platform did not answer itself in time"),
    30001: (Forbidden, "the app may not call this interface"),
    30002: (Forbidden, "the app does not accept calls from this address"),
    60000: (Throttled, "the platform asks us to slow down"),
    80000: (Forbidden, "the platform refuses the call for safety"),
    90000: (Transient, "the platform has an unknown trouble"),
}
_BY_SUB: dict[str, tuple[type[KitError], str]] = {
    "isv.access-token-expired": (AuthExpired, "the access token has ended"),
    "isv.access-token-no-existed": (AuthExpired, "the access token is not known any more"),
    "isv.access-token-invalid": (AuthRevoked, "the access token belongs to another app"),
    "isv.signature-invalid": (AuthRevoked, "the signature is not accepted"),
    "isv.app-id-invalid": (AuthRevoked, "the app key is not accepted"),
    "isv.app-id-expired": (AuthRevoked, "the app key has ended"),
    "dop.authorization-no-existed": (AuthRevoked, "the shop's authorisation has ended"),
    "dop.authorization-closed": (AuthRevoked, "the shop has switched the authorisation off"),
    "dop.app-forbidden": (Forbidden, "the platform has switched the app off"),
}


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    found, body = usual_trouble(answer), answer.body
    if found is not None or body is None:
        return found
    code, sub = body.get("code"), body.get("sub_code")
    if not isinstance(code, int) or isinstance(code, bool):
        return SchemaDrift("the answer has no code")
    if code == OK:
        return None
    sub = sub if isinstance(sub, str) and _WORD.fullmatch(sub) else ""
    kind, what = _kind(code, sub)
    return kind(what, actual=f"code {code}" + (f", {sub}" if sub else ""))


def _kind(code: int, sub: str) -> tuple[type[KitError], str]:
    # the sub-code first: it is the narrower word, and one code stands for several of them
    if sub in _BY_SUB:
        return _BY_SUB[sub]
    if sub.startswith("dop.token-generate-failed"):
        return AuthRevoked, "the refresh token is not accepted"
    if code in _BY_CODE:
        return _BY_CODE[code]
    if sub.startswith(("isp.", "dop.service-error", "dop.unknown-error")):
        return Transient, "the platform has a trouble of its own"
    return BadRequest, "the platform refuses the request"
