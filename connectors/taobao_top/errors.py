"""What TOP's answers mean: almost all troubles come as `error_response` in HTTP 200.

Belongs here: TOP's codes and sub-codes. Not here: what is asked for (requests.py), what a record means (rows.py).
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
    TooLarge,
    Transient,
)
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.strict_json import Json

# TOP's table of platform errors (open.taobao.com/doc.htm?docId=114&docType=1): codes below 100 are call limits of user, session,
# partner, app; missing permissions; credentials
_LIMITED = frozenset({4, 5, 6, 7, 8})
_KINDS: dict[int, tuple[type[KitError], str]] = {
    10: (Transient, "the platform has a trouble of its own"),
    **dict.fromkeys((26, 27), (AuthExpired, "the session key is not accepted")),
    **dict.fromkeys((24, 25, 28, 29), (AuthRevoked, "the app key or its signature is not accepted")),
    **dict.fromkeys((11, 12, 13, 42), (Forbidden, "the app or the user may not call this interface")),
    **dict.fromkeys((30, 31), (BadRequest, "the platform does not accept this machine's clock")),
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
# how long a ban lasts stands only in the text of the error
_BAN = re.compile(r"ban will last for ([0-9]{1,7}) more second")


def trouble(answer: HttpAnswer) -> KitError | None:
    """The trouble an answer tells of, None for data."""
    found, body = usual_trouble(answer), answer.body
    if found is not None or body is None:
        return found
    if "error_response" in body:
        return _told(body["error_response"])
    # each interface names its answer after itself (trades_sold_increment_get_response)
    data = next((v for k, v in body.items() if k.endswith("_response")), None)
    if not isinstance(data, dict):
        return SchemaDrift("the answer has neither data nor an error")
    return _report(data)


def _told(error: Json) -> KitError:
    if not isinstance(error, dict):
        return Transient("the platform sent an error without a code")
    code, sub = error.get("code"), error.get("sub_code")
    sub = sub if isinstance(sub, str) and _WORD.fullmatch(sub) else ""
    actual = f"code {code if isinstance(code, int) else 'missing'}" + (f", {sub}" if sub else "")
    if code in _LIMITED or sub.startswith("accesscontrol.limited-by"):
        ban = _BAN.search(str(error.get("sub_msg")))
        wish = ban[1] if ban else None
        return Throttled("the platform asks us to slow down", actual=actual, retry_after=wish)
    kind, what = _kind(code, sub)
    return kind(what, actual=actual)


def _kind(code: Json, sub: str) -> tuple[type[KitError], str]:
    # before the other isp. sub-codes: asking for the same again would fail again, a smaller window helps
    if sub.startswith("isp.runtime-max-limit"):
        return TooLarge, "the platform cannot give so much at once"
    if sub.startswith("isp."):
        return Transient, "the platform has a trouble of its own"
    known = _KINDS.get(code) if isinstance(code, int) else None
    return known or (BadRequest, "the platform refuses the request")


def _report(data: Json) -> KitError | None:
    """万相台 wraps its own verdict into a success."""
    result = data.get("result")
    info = result.get("info") if isinstance(result, dict) else None
    # the other interfaces give no verdict of their own: they have no `info`
    if not isinstance(info, dict) or info.get("ok") in (True, None):
        return None
    code = info.get("error_code")
    actual = code if isinstance(code, str) and _WORD.fullmatch(code) else "no code"
    return BadRequest("the ad report was refused", actual=actual)
