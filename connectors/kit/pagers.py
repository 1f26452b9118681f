"""How pages of one window are chained, with the guards no connector may forget.

A pager only reads the envelope of a page. An empty page is not the end: only the platform's own word is.
Not here: the completeness proof (proofs.py), which is checked after the last page.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from connectors.kit.errors import SchemaDrift, TooLarge
from connectors.kit.strict_json import Json, dig

PAGE_CAP = 20_000


@dataclass(frozen=True)
class Step:
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

    @abstractmethod
    def step(self, body: Json) -> Step:
        """The next page's token, None after the last page."""


@dataclass(frozen=True)
class Single(Pager):
    """One request is the whole window."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Nothing is needed."""
        return ()

    def step(self, body: Json) -> Step:  # noqa: ARG002 - there is nothing to read
        """Always the end."""
        return Step(None)


@dataclass(frozen=True)
class Cursor(Pager):
    """A token in `token_path` until the flag in `end_path` is true; the last token starts the next pull."""

    token_path: str
    end_path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """Token and flag."""
        return (self.token_path, self.end_path)

    def step(self, body: Json) -> Step:
        """The next token, or the end with the cursor of the next pull."""
        token, ended = dig(body, self.token_path), dig(body, self.end_path)
        if not isinstance(ended, bool) or not (token is None or isinstance(token, str)):
            raise SchemaDrift("the paging fields have another type", actual=self.end_path)
        if ended:
            return Step(None, token)
        if not token:
            raise SchemaDrift("the answer promises more pages but names no token", actual=self.token_path)
        return Step(token)


@dataclass(frozen=True)
class Connection(Pager):
    """A GraphQL connection: `pageInfo { hasNextPage endCursor }` at `path`."""

    path: str
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The two fields of pageInfo."""
        return (f"{self.path}.pageInfo.hasNextPage", f"{self.path}.pageInfo.endCursor")

    def step(self, body: Json) -> Step:
        """The end cursor while there is a next page."""
        return Step(connection_next(dig(body, self.path)))


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


class Guard:
    """Refuses a token that was already followed, and windows without end."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
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
