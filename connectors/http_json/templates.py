"""Requests out of templates: a closed set of placeholders is filled in, nothing is evaluated.

Belongs here: placeholders and what they become. Not here: reading them out of YAML (streams.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import BadRequest
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import link_query
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json
from connectors.kit.contract.windows import Window, iso

FROM, TO = ("from", "from_epoch", "from_local"), ("to", "to_epoch", "to_local")
DAYS = ("first_day", "last_day")
PAGING = ("page", "offset", "token", "page_size")
KNOWN = (*FROM, *TO, *DAYS, *PAGING, "shop_id")
IN_PATH = (*DAYS, "shop_id")  # values that cannot change where a path leads
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# 15 digits stay below 2**53, which every JSON reader takes exactly (RFC 8259, section 6)
_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class Typed:
    """A scalar of a JSON body that is a number or a flag there, not text."""

    kind: str  # number or flag
    text: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """One request before its placeholders are filled in.

    Args:
        method: GET or POST.
        path: below the account's base URL.
        params: query of every page; an entry that names `{token}` is left out while there is none.
        first_params: further query of the first page only.
        body: JSON body.
        form: x-www-form-urlencoded body.
        is_link: the token is the whole query of the next page.
        first_page: number of the first page.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    first_params: tuple[tuple[str, str], ...] = ()
    body: Json = None
    form: tuple[tuple[str, str], ...] = ()
    is_link: bool = False
    first_page: int = 1

    def names(self) -> set[str]:
        """Every placeholder that stands anywhere in the template."""
        texts = [self.path, *_leaves(self.body)]
        texts += [text for pairs in (self.params, self.first_params, self.form) for _, text in pairs]
        return {name for text in texts for name in placeholders(text)}

    def request(self, query: PageQuery) -> Request:
        """The request for a page."""
        # a pull that goes on at a cursor is not at the first page, even on its first request
        token = query.token or query.start_cursor
        known = _of_window(query.account, query.window) | self._of_page(query, token)
        params = self.params if token else (*self.first_params, *self.params)
        return Request(
            self.method,
            _fill(self.path, known),
            params=link_query(token) if self.is_link and token else _pairs(params, known),
            json=None if self.body is None else _filled(self.body, known),
            form=_pairs(self.form, known),
        )

    def counting(self, account: AccountSettings, window: Window) -> Request:
        """The request that counts a window."""
        # only the count of the answer is read
        return self.request(PageQuery(account=account, window=window, page_size=1))

    def _of_page(self, query: PageQuery, token: str | None) -> dict[str, str | None]:
        known: dict[str, str | None] = {"token": token, "page_size": str(query.page_size)}
        if self.names() & {"page", "offset"}:
            # not `token`: a start cursor is no page number
            page = int(query.token or self.first_page)
            known |= {"page": str(page), "offset": str((page - self.first_page) * query.page_size)}
        return known


def placeholders(text: str) -> list[str]:
    """The names in braces, also those that mean nothing."""
    return _PLACEHOLDER.findall(text)


def _of_window(account: AccountSettings, window: Window) -> dict[str, str | None]:
    query = PageQuery(account=account, window=window, page_size=1)
    return {
        "shop_id": account.shop_id,
        "from": iso(window.start),
        "to": iso(window.end),
        # windows meet at whole seconds: nothing is cut off here
        "from_epoch": str(int(window.start.timestamp())),
        "to_epoch": str(int(window.end.timestamp())),
        "from_local": _clock(window.start, account.tz),
        "to_local": _clock(window.end, account.tz),
        "first_day": query.first_day.isoformat(),
        "last_day": query.last_day.isoformat(),
    }


def _clock(instant: datetime, zone: ZoneInfo) -> str | None:
    """The time that the shop's clock shows, None where it shows that time twice."""
    shown = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    # fold tells the two passes of a repeated hour apart (PEP 495); elsewhere both give one instant
    passes = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return shown.isoformat(sep=" ", timespec="seconds") if len(passes) == 1 else None


def _pairs(pairs: Iterable[tuple[str, str]], known: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _fill(text, known)) for name, text in pairs if not _waits(text, known))


def _waits(text: str, known: Mapping[str, str | None]) -> bool:
    """Whether a parameter is for later pages only."""
    return known["token"] is None and "token" in placeholders(text)


def _fill(text: str, known: Mapping[str, str | None]) -> str:
    def value(match: re.Match[str]) -> str:
        found = known[match[1]]
        if found is None:
            raise BadRequest("the window begins or ends in an hour that the shop's clock shows twice")
        return found

    return _PLACEHOLDER.sub(value, text)


def _filled(value: Json, known: Mapping[str, str | None]) -> Json:
    if isinstance(value, dict):
        # left out like a parameter that waits for a token: null would be another question
        kept = {
            name: inner for name, inner in value.items() if not any(_waits(t, known) for t in _own(inner))
        }
        return {name: _filled(inner, known) for name, inner in kept.items()}
    if isinstance(value, list):
        return [_filled(inner, known) for inner in value]
    if isinstance(value, Typed):
        text = _fill(value.text, known)
        return text == "true" if value.kind == "flag" else int(text)
    return value if value is None else _fill(value, known)


def _own(value: Json) -> list[str]:
    return [] if isinstance(value, dict | list) else list(_leaves(value))


def _leaves(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _leaves(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _leaves(inner)]
    if isinstance(value, Typed):
        return [value.text]
    return [] if value is None else [value]


def is_number(text: str) -> bool:
    """Whether a template of a JSON number can only become a whole number."""
    numbers = {"from_epoch", "to_epoch", "page", "offset", "page_size"}
    return bool(_INTEGER.fullmatch(text)) or text in {f"{{{name}}}" for name in numbers}
