"""How pages of one window are chained, with the guards no connector may forget.

A pager only reads the envelope of a page. An empty page is not the end: only the platform's own word is.
Not here: the completeness proof (proofs.py), which is checked after the last page.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from connectors.kit.contract.errors import Incomplete, SchemaDrift, TooLarge
from connectors.kit.contract.fields import plain_text
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.strict_json import Json, dig
from models.values import read_whole

# far above any honest window: 20,000 pages of 100 are two million records, and a listing without end is loud within hours
PAGE_CAP = 20_000
LINK = "@link"  # where the kit puts the URL of a Link header before the answer is reduced


@dataclass(frozen=True)
class NextPage:
    """Where to go after a page: `token` is the next page; `cursor` is where the next pull may begin."""

    token: str | None
    cursor: str | None = None


class Pager(ABC):
    """Reads from a page where the next one is."""

    page_cap: int = PAGE_CAP

    @property
    @abstractmethod
    def paths(self) -> tuple[str, ...]:
        """Envelope fields that must be kept for reading and replaying."""

    def total(self, _body: Json) -> int | None:
        """The total that a page names, where the pager reads one."""
        return None

    @abstractmethod
    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The next page's token after the page that `query` gave, None after the last page."""


@dataclass(frozen=True)
class Single(Pager):
    """One request is the whole window."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Nothing is needed."""
        return ()

    def step(self, _body: Json, _query: PageQuery) -> NextPage:
        """Always the end."""
        return NextPage(None)


@dataclass(frozen=True)
class Cursor(Pager):
    """A token in `token_path` until the flag in `end_path` is true; the last token starts the next pull."""

    token_path: str
    end_path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """Token and flag."""
        return (self.token_path, self.end_path)

    def step(self, body: Json, _query: PageQuery) -> NextPage:
        """The next token, or the end with the cursor of the next pull."""
        token, ended = dig(body, self.token_path), dig(body, self.end_path)
        if not isinstance(ended, bool) or not (token is None or isinstance(token, str)):
            raise SchemaDrift("the paging fields have another type", actual=self.end_path)
        if ended:
            return NextPage(None, token)
        if not token:
            raise SchemaDrift("the answer promises more pages but names no token", actual=self.token_path)
        return NextPage(token)


@dataclass(frozen=True)
class Token(Pager):
    """A token in `token_path`; the platform says the end by an empty, null or absent token, or leaves out its parent too.

    Such an end cannot be told from a lost field: the stream needs a counting proof beside it.
    """

    token_path: str
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The token."""
        return (self.token_path,)

    def step(self, body: Json, _query: PageQuery) -> NextPage:
        """The next token; absent, null and empty mean the end, also where the object that would hold it is absent."""
        found = body
        for name in self.token_path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if not (found is None or isinstance(found, str)):
            raise SchemaDrift("the paging fields have another type", actual=self.token_path)
        return NextPage(found or None)


@dataclass(frozen=True)
class Connection(Pager):
    """A GraphQL connection: `pageInfo { hasNextPage endCursor }` at `path`."""

    path: str
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The two fields of pageInfo."""
        return (f"{self.path}.pageInfo.hasNextPage", f"{self.path}.pageInfo.endCursor")

    def step(self, body: Json, _query: PageQuery) -> NextPage:
        """The end cursor while there is a next page."""
        return NextPage(connection_next(dig(body, self.path)))


def connection_next(connection: Json) -> str | None:
    """The cursor after which a GraphQL connection goes on, None when it is whole."""
    more, token = dig(connection, "pageInfo.hasNextPage"), dig(connection, "pageInfo.endCursor")
    if not isinstance(more, bool):
        raise SchemaDrift("the paging fields have another type", actual="pageInfo.hasNextPage")
    if not more:
        return None
    if not isinstance(token, str) or not token:
        raise SchemaDrift("the answer promises more pages but names no token", actual="pageInfo.endCursor")
    return token


@dataclass(frozen=True)
class CountedPages(Pager):
    """Page numbers from `first`, with the platform's count of the window in `total_path` of every page."""

    total_path: str
    first: int = 1
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The total."""
        return (self.total_path,)

    def total(self, body: Json) -> int:
        """The platform's count of the window."""
        return count_at(body, self.total_path)


@dataclass(frozen=True)
class Pages(CountedPages):
    """Page numbers from `first` upward until the platform's total is reached; `total_path` is read on every page.

    A total that moves while the pages are read means that rows moved between pages too: the window is read again.
    """

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The next number while the total is not reached."""
        total = self.total(body)
        if query.total is not None and query.total != total:
            raise Incomplete(
                "the platform's total moved while its pages were read",
                actual=f"{query.total} then {total}",
                may_settle=True,
            )
        page = int(query.token or self.first)
        # by what was asked for, not by what came: an empty page in the middle is not the end
        seen = (page - self.first + 1) * query.page_size
        return NextPage(str(page + 1) if seen < total else None)


@dataclass(frozen=True)
class Descending(CountedPages):
    """Page numbers from the last down to `first`, where rows leave the window while it is read.

    Walking forward loses a row of a later page whenever one leaves an earlier page; walking backward cannot. Taobao demands it
    (open.taobao.com, taobao.trades.sold.increment.get). The first answer only tells the total; its rows are read again as the
    last page.
    """

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The last page after the first answer, then one less each time."""
        if query.token is None:
            total = self.total(body)
            # minus, floor, minus: rounds up in whole numbers
            last = self.first + max(0, -(-total // query.page_size) - 1)
            # the first answer was the only page, and its rows are used as they are
            return NextPage(None if last == self.first else str(last))
        page = int(query.token)
        return NextPage(str(page - 1) if page > self.first else None)


@dataclass(frozen=True)
class Link(Pager):
    """The next page's URL in a body field (`path`), or in the Link header when `path` is left out.

    Only the query of that URL is used, on the path that was asked first: a link to another host or path is refused.
    """

    path: str = LINK
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The URL."""
        return (self.path,)

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The query of the next page; null, empty or absent is the end."""
        url = dig(body, self.path)
        if not (url is None or isinstance(url, str)):
            raise SchemaDrift("the paging fields have another type", actual=self.path)
        if not url:
            return NextPage(None)
        there, here = urlsplit(url), urlsplit(query.account.base_url)
        if there.netloc and (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise SchemaDrift("the next page is on another host", actual=self.path)
        if not there.query:
            raise SchemaDrift("the link to the next page has no query", actual=self.path)
        return NextPage(there.query)


def link_query(token: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a Link token, for the request builder."""
    return tuple(parse_qsl(token, keep_blank_values=True))  # by default parameters without a value are lost


def next_link(headers: Mapping[str, str]) -> str | None:
    """The URL of `rel="next"` in a Link header (RFC 8288, section 3); None when there is none."""
    for part in headers.get("Link", "").split(","):
        url, _, rest = part.strip().partition(">")
        # the quotes are optional (RFC 8288, section 3): rel=next is the same
        if url.startswith("<") and any(p.strip().replace('"', "") == "rel=next" for p in rest.split(";")):
            return url[1:]
    return None


def count_at(body: Json, path: str) -> int:
    """The count at a dotted path of an answer."""
    return whole_number(dig(body, path), path)


def whole_number(value: Json, path: str) -> int:
    """A count of the envelope, also when the platform writes it as text."""
    try:
        # "" is what the reader refuses: a count with a point is no count
        return read_whole("" if isinstance(value, Decimal) else plain_text(value), least=0)
    except ValueError:
        raise SchemaDrift("a count of the envelope is no whole number", actual=path) from None


class Guard:
    """Refuses a token that was already followed, and windows without end."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        # every token, not only the last: a listing may also go round in a circle of several pages
        self._seen: set[str] = set()

    def follow(self, token: str) -> None:
        """Note that `token` will be asked for next."""
        if token in self._seen:
            raise SchemaDrift("the platform sent the same page token twice")
        self._seen.add(token)
        if len(self._seen) >= self._cap:
            raise TooLarge(
                "the window has more pages than the platform serves safely", actual=f"{self._cap} pages"
            )
