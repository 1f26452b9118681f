"""Lists with a `nextToken` and no count: how their end is told, and how it is proven all the same.

Belongs here: the pager and the proof that both paged streams use. Not here: which list (stock.py, finances.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import PAGE_CAP, Guard, Pager, Step
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window

WALKS = 2  # the second walk may be the faulty one: it costs less to repeat it than to read everything again


@dataclass(frozen=True)
class NextToken(Pager):
    """A token at `path`; Amazon leaves it out after the last page, with the object that would hold it."""

    path: str
    page_cap: int = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The token."""
        return (self.path,)

    def step(self, body: Json, ask: Ask) -> Step:  # noqa: ARG002
        """The next token; absent, null and empty are the end. An empty page is not."""
        found = body
        for name in self.path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if not (found is None or isinstance(found, str)):
            raise SchemaDrift("the paging fields have another type", actual=self.path)
        return Step(found or None)


class WalkedAgain(Proof):
    """The list was walked a second time and holds exactly the same rows, each once.

    Amazon names no count, and a token that got lost looks like the end. The second walk asks in other pieces where the
    list can be asked in pieces: cut inside the first page, they give more rows than a list that ended too early.

    Args:
        request: of a page.
        pager: of the list.
        records: where the rows are.
        field: the row's id, all that is kept of the second walk.
        key: that id as the record key has it, for the window that was read.
        pieces: the windows of the second walk; together they are the window that was read.
        has_empty_pages: Amazon documents empty pages before the end of this list.
    """

    def __init__(
        self,
        request: Callable[[Ask], Request],
        pager: Pager,
        records: str,
        field: str,
        *,
        key: Callable[[str, Ask], str] = lambda found, ask: found,  # noqa: ARG005 - most ids are the key
        pieces: Callable[[Reading], tuple[Window, ...]] = lambda reading: (reading.window,),
        has_empty_pages: bool = False,
    ) -> None:
        self._request, self._pager, self._records, self._field = request, pager, records, field
        self._key, self._pieces, self._has_empty_pages = key, pieces, has_empty_pages
        self._tree = path_tree({**dict.fromkeys(pager.paths), records: {field: None}})

    def check(self, reading: Reading) -> str:
        """Walk and compare; a list of several pages that holds nothing at all is no proof of nothing."""
        if reading.records == 0 and reading.first_page is not reading.last_page:
            raise Incomplete("a list of several pages holds no row", may_settle=True)
        windows, known = self._pieces(reading), set(reading.keys())
        for _ in range(WALKS):
            found = [key for window in windows for key in self._walk(reading, window)]
            if len(found) == len(known) and set(found) == known:
                pieces = f"{len(windows)} {'piece' if len(windows) == 1 else 'pieces'}"
                return f"walked again in {pieces}: the same {len(found)} rows"
        raise Incomplete(
            "a second walk through the list finds other rows",
            actual=f"{len(known)} read, {len(found)} found, {len(known & set(found))} of them the same",
            may_settle=True,
        )

    def _walk(self, reading: Reading, window: Window) -> Iterator[str]:
        ask, guard = Ask(reading.account, window, None, None, 100), Guard(self._pager.page_cap)
        while True:
            body = reading.ask(self._request(ask), self._tree)
            found = dig(body, self._records)
            if not isinstance(found, list):
                raise SchemaDrift("the record list is no list", actual=self._records)
            for row in found:
                yield self._key(str(dig(row, self._field)), ask)
            step = self._pager.step(body, ask)
            if step.token is None or not (found or self._has_empty_pages):
                return
            guard.follow(step.token)
            ask = replace(ask, token=step.token)
