"""The request of a stream out of its YAML: method, path, query, body, and placeholders that fit how it is read.

Belongs here: `method`, `path`, `params`, `first_params`, `body`, `form`. Not here: filling a template in (templates.py).
"""

import re

from connectors.http_json.reading import wrong
from connectors.http_json.templates import (
    DAYS,
    FROM,
    IN_PATH,
    KNOWN,
    TO,
    Template,
    Typed,
    is_number,
    placeholders,
)
from connectors.kit.contract.strict_json import Json
from models.definitions.reading import Fields, as_choice, as_mapping, as_text
from models.definitions.strict_yaml import Mapping, Node, Scalar, Sequence
from models.values import nearest

REQUEST_KEYS = ("method", "params", "first_params", "body", "form")
# Below the account's base URL and nowhere else: no host, no query, no dots that climb.
_PATH = re.compile(r"(/[A-Za-z0-9_~{}:-][A-Za-z0-9_~{}.:-]*)+/?", re.ASCII)
_TYPED = ("number", "flag")
_LONGEST = 500


def read_template(entry: Fields, *, is_link: bool = False, first_page: int = 1) -> Template:
    """The template of one request.

    Raises:
        CompanyError: C174.
    """
    method = entry.get("method")
    made = Template(
        method=as_choice(method, "method", ("GET", "POST")) if method else "GET",
        path=_path(entry["path"]),
        params=_pairs(entry.get("params"), "params"),
        first_params=_pairs(entry.get("first_params"), "first_params"),
        body=_body(entry.get("body")),
        form=_pairs(entry.get("form"), "form"),
        is_link=is_link,
        first_page=first_page,
    )
    if made.body is not None and made.form:
        raise wrong(
            "C174", "a request has a body or a form, not both", entry["form"], "", "remove one of them"
        )
    if made.method == "GET" and (made.body is not None or made.form):
        raise wrong("C174", "a GET has no body", entry["path"], "GET", "write method: POST")
    return made


def check_placeholders(template: Template, read_by: str, pager: str, place: Node) -> None:
    """Refuse a request that cannot ask for a window, a day, or a further page.

    Raises:
        CompanyError: C174.
    """
    names = template.names()
    # without these every window, or every page, would be the same question
    needed: list[tuple[bool, str]] = [
        (
            read_by == "time" and not (names & set(FROM) and names & set(TO)),
            "{from} and {to}, or their epoch or local forms",
        ),
        (
            read_by == "day" and "first_day" not in names,
            "{first_day}, and {last_day} where a window holds several",
        ),
        (pager == "pages" and not {"page", "page_size"} <= names, "{page} and {page_size}"),
        (pager == "offset" and not {"offset", "page_size"} <= names, "{offset} and {page_size}"),
        (pager in ("token", "cursor") and "token" not in names, "{token}"),
    ]
    for is_missing, what in needed:
        if is_missing:
            raise wrong(
                "C174", f"the request lacks {what}", place, "", "put it where the platform expects it"
            )
    if "token" in names and pager not in ("token", "cursor"):
        raise wrong("C174", "nothing gives a {token}", place, f"pager {pager}", "use a token or cursor pager")
    if read_by == "time" and names & set(DAYS):
        raise wrong(
            "C174", "days would widen a window of time", place, "", "use {from} and {to}, or read_by: day"
        )


def _path(node: Node) -> str:
    text = as_text(node, "path")
    if not _PATH.fullmatch(text) or len(text) > _LONGEST:
        raise wrong(
            "C174",
            "path must lead below base_url",
            node,
            text,
            "write /api/orders: no host, no ?, no dots first",
        )
    return _checked(text, node, IN_PATH)


def _checked(text: str, node: Node, known: tuple[str, ...] = KNOWN) -> str:
    for name in placeholders(text):
        if name not in known:
            what = "path takes" if known is IN_PATH else "there is"
            raise wrong("C174", f"{what} no placeholder {{{name[:40]}}}", node, text, nearest(name, known))
    # a lone brace is not seen by the pattern of placeholders
    if text.count("{") != len(placeholders(text)) or text.count("}") != len(placeholders(text)):
        raise wrong("C174", "a brace without its partner", node, text, "braces hold placeholders only")
    return text


def _pairs(node: Node | None, what: str) -> tuple[tuple[str, str], ...]:
    entries = as_mapping(node, what).entries if node else {}
    return tuple((_name(name, value), _value(value, f"{what}.{name}")) for name, value in entries.items())


def _name(name: str, node: Node) -> str:
    if not name or len(name) > 100 or not name.isprintable():
        raise wrong(
            "C174", "a name of the request does not print", node, name, "write the platform's own name"
        )
    return name


def _value(node: Node, what: str) -> str:
    text = as_text(node, what)
    if len(text) > _LONGEST or not text.isprintable():
        raise wrong(
            "C174", f"{what[:60]} is too long or does not print", node, "", f"at most {_LONGEST} characters"
        )
    return _checked(text, node)


def _body(node: Node | None) -> Json:
    if node is None:
        return None
    found = _part(as_mapping(node, "body"), "body")
    assert isinstance(found, dict)  # noqa: S101 - a mapping becomes one
    return found


def _part(node: Node, what: str) -> Json:
    match node:
        case Scalar():
            return None if node.is_null else _value(node, what)
        case Sequence():
            return [_part(item, what) for item in node.items]
        case Mapping():
            kind = next((k for k in _TYPED if list(node.entries) == [k]), None)
            # the body itself is an object: `{number: ...}` at its top is a field of that name
            if kind is not None and what != "body":
                return _typed(kind, node.entries[kind])
            return {_name(name, inner): _part(inner, name) for name, inner in node.entries.items()}


def _typed(kind: str, node: Node) -> Typed:
    """YAML is read as text only, so a number says that it is one: `{number: "{page}"}`."""
    text = _value(node, kind)
    is_right = text in ("true", "false") if kind == "flag" else is_number(text)
    if not is_right:
        raise wrong(
            "C174", f"this is no {kind}", node, text, "write {number: 1}, {number: '{page}'} or {flag: true}"
        )
    return Typed(kind, text)
