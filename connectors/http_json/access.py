"""How a declared platform is entered and what its answers mean: auth, the error rule, the request budget.

Belongs here: `auth`, `errors`, `limit` of a declaration. Not here: streams (streams.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.http_json.reading import as_name, as_path, as_whole, wrong
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.auth import Auth, Basic, HeaderToken
from connectors.kit.contract.classify import by_status
from connectors.kit.contract.errors import (
    AuthExpired,
    BadRequest,
    Forbidden,
    KitError,
    SchemaDrift,
    Throttled,
    Transient,
)
from connectors.kit.contract.oauth import Grant, OAuth, in_header, refused
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Rate
from connectors.kit.contract.signing_context import TokenCall
from connectors.kit.contract.strict_json import Json
from models.definitions.reading import Fields, as_choice, as_items, as_mapping, as_text
from models.definitions.strict_yaml import Node, Scalar

_DAY = 86_400
# the kit or the HTTP library writes these itself: a token in their place would be lost or break the request
_OURS = (
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "accept",
    "user-agent",
    "cookie",
)
_FORMS = ("header", "bearer", "basic", "oauth")
_KINDS: Mapping[str, tuple[type[KitError], str]] = {
    "throttled": (Throttled, "the platform asks us to slow down"),
    "expired": (AuthExpired, "the platform does not accept the credential"),
    "forbidden": (Forbidden, "the platform does not allow this app to read the data"),
    "refused": (BadRequest, "the platform refuses the request"),
}


@dataclass(frozen=True)
class ErrorRule:
    """What a success must hold in one field; nothing to look at where `path` is empty.

    Args:
        path: the field.
        good: its values, as text, when all is well; empty = it must be absent, null or empty.
        kinds: other values with a meaning of their own.
    """

    path: str = ""
    good: frozenset[str] = frozenset()
    kinds: Mapping[str, str] | None = None

    def judge(self, answer: HttpAnswer) -> KitError | None:
        """What an answer means."""
        trouble, body = by_status(answer.status), answer.body
        if trouble is not None or body is None:  # not JSON: the kit says that itself
            return trouble
        if not self.path:
            # also where the file says that there is no such field: `{error: ...}` must not pass for an empty page
            is_error = isinstance(body, dict) and body.get("error")
            return Transient("the platform sent an error document instead of data") if is_error else None
        found, is_there = _look(body, self.path)
        if not self.good:
            # 0 and false are not among them: a code of 0 is a value and has to be listed
            return None if found in (None, "", [], {}) else self._named(_word(found))
        if not is_there:
            return SchemaDrift("the answer lacks the field that tells errors", actual=self.path)
        word = _word(found)
        return None if word in self.good else self._named(word)

    def _named(self, word: str) -> KitError:
        named = (self.kinds or {}).get(word)
        # an unknown word may be a passing trouble: it is asked for again before the window fails
        kind, what = _KINDS[named] if named else (Transient, "the platform answered with an error")
        # a number or a short code is no secret; a sentence of the platform may quote anything
        shown = word if len(word) <= 40 and word.replace("_", "").replace("-", "").isalnum() else "a text"
        return kind(what, actual=f"{self.path}: {shown}")


def _look(body: Json, path: str) -> tuple[Json, bool]:
    for step in path.split("."):
        if not isinstance(body, dict) or step not in body:
            return None, False
        body = body[step]
    return body, True


def _word(value: Json) -> str:
    if isinstance(value, bool):  # as YAML and JSON write it, not as Python does
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else type(value).__name__


def read_errors(node: Node) -> ErrorRule:
    """The rule that tells an error in a 200: mandatory, because most platforms have one.

    Raises:
        CompanyError: C173.
    """
    entry = Fields(node, "errors", optional=("field", "good", "none", *_KINDS))
    if "none" in entry:
        if len(entry.mapping.entries) > 1:
            raise wrong("C173", "errors: none stands alone", node, "", "remove the other keys")
        as_text(entry["none"], "the reason")
        return ErrorRule()
    if "field" not in entry or "good" not in entry:
        remedy = "write {field: code, good: [0]}, {field: error, good: absent} or {none: why there is no such field}"
        raise wrong("C173", "errors must say what tells an error in a success", node, "", remedy)
    good = entry["good"]
    if isinstance(good, Scalar):
        as_choice(good, "good", ("absent",))
    kinds = {
        as_text(item, name): name for name in _KINDS if name in entry for item in as_items(entry[name], name)
    }
    found = (
        frozenset()
        if isinstance(good, Scalar)
        else frozenset(as_text(i, "good") for i in as_items(good, "good"))
    )
    if not isinstance(good, Scalar) and not found:
        raise wrong("C173", "good lists nothing", good, "[]", "list the values of a success, or write absent")
    return ErrorRule(as_path(entry["field"], "field"), found, kinds)


def read_limit(node: Node) -> Callable[[AccountSettings], Rate]:
    """The request budget of an account."""
    entry = Fields(node, "limit", required=("requests",), optional=("seconds", "burst", "per_day"))
    seconds, burst, per_day = entry.get("seconds"), entry.get("burst"), entry.get("per_day")
    rate = Rate(
        as_whole(entry["requests"], "requests", most=100_000),
        as_whole(seconds, "seconds", most=_DAY) if seconds else 60,
        as_whole(burst, "burst", most=1_000) if burst else 1,
        as_whole(per_day, "per_day", most=10_000_000) if per_day else None,
    )
    return lambda _: rate


def read_auth(node: Node) -> Auth:
    """How requests prove who sends them; only names of secrets stand here.

    Raises:
        CompanyError: C171.
    """
    forms = [form for form in _FORMS if form in as_mapping(node, "auth").entries]
    if len(forms) != 1:
        raise wrong(
            "C171", "auth is one of header, bearer, basic, oauth", node, ", ".join(forms), "keep one of them"
        )
    match forms[0]:
        case "header":
            return _header(Fields(node, "auth", required=("header",), optional=("secret", "prefix")))
        case "bearer":
            entry = Fields(node, "auth", required=("bearer",))
            return HeaderToken("Authorization", as_name(entry["bearer"], "bearer"), "Bearer ")
        case "basic":
            entry = Fields(as_mapping(node, "auth").entries["basic"], "basic", required=("user", "secret"))
            user = as_choice(entry["user"], "user", ("user", "email"))
            return Basic(f"{{{user}}}", as_name(entry["secret"], "secret"))
        case _:
            return _oauth(as_mapping(node, "auth").entries["oauth"])


def _header(entry: Fields) -> HeaderToken:
    name, secret, prefix = as_name(entry["header"], "header"), entry.get("secret"), entry.get("prefix")
    if name.lower() in _OURS or "." in name:
        raise wrong(
            "C171", "this header is not for tokens", entry["header"], name, "name the platform's own header"
        )
    # the blank belongs to the scheme (RFC 9110, section 11.4) and cannot stand in a plain name
    text = as_name(prefix, "prefix") + " " if prefix else ""
    return HeaderToken(name, as_name(secret, "secret") if secret else "token", text)


def _oauth(node: Node) -> OAuth:
    """RFC 6749, section 6: a refresh token for an access token, both in a form."""
    entry = Fields(node, "oauth", required=("token_path",), optional=("rotates",))
    path = as_text(entry["token_path"], "token_path")
    # it is appended to base_url: it must not name a host, climb, or begin a query
    if (
        not path.startswith("/")
        or path.startswith("//")
        or any(mark in path for mark in "?#@\\{} ")
        or ".." in path
    ):
        raise wrong(
            "C171",
            "token_path is a path below token_url or base_url",
            entry["token_path"],
            path,
            "write /token",
        )
    rotates = entry.get("rotates")

    def call(account: AccountSettings, refresh_token: str) -> TokenCall:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": account.setting("client_id"),
            "client_secret": account.secret("client_secret"),
        }
        return TokenCall(account.tokens_at(account.base_url + path), form=tuple(form.items()))

    return OAuth(
        call=call,
        read=_grant,
        place=in_header("Authorization", "Bearer "),
        settings=("client_id",),
        rotates=rotates is not None and as_choice(rotates, "rotates", ("true", "false")) == "true",
    )


def _grant(status: int, body: Json) -> Grant:
    if status >= 400:  # a redirect never gets here: the client refuses it
        raise refused(status)
    # RFC 6749, section 5.1, lets the endpoint leave the life out: an hour is taken then
    access, seconds, following = body["access_token"], body.get("expires_in", 3600), body.get("refresh_token")
    if not isinstance(access, str) or not access or not (following is None or isinstance(following, str)):
        raise SchemaDrift("the token endpoint answers in another shape", actual="access_token")
    return Grant(access, int(seconds), following)
