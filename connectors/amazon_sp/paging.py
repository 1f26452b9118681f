"""Lists with a `nextToken` and no count: how their end is told, and how it is proven all the same.

Belongs here: the pager and the proof that both paged streams use. Not here: which list (stock.py, finances.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from connectors.kit.ask import Ask
from connectors.kit.errors import Incomplete, SchemaDrift
from connectors.kit.pagers import PAGE_CAP, Guard, Pager, Step
from connectors.kit.proofs import Proof, Reading
from connectors.kit.redact import path_tree
from connectors.kit.request import Request
from connectors.kit.strict_json import Json, dig
from connectors.kit.windows import Window


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


class CountedAgain(Proof):
    """The list was walked a second time and has as many rows.

    Amazon names no count, and a token that got lost looks like the end. The second walk asks in other pieces where the
    list can be asked in pieces: cut inside the first page, they give more rows than a list that ended too early.

    Args:
        request: of a page.
        pager: of the list.
        records: where the rows are.
        field: one field of a row, all that is kept of the second walk.
        pieces: the windows of the second walk; together they are the window that was read.
    """

    def __init__(
        self,
        request: Callable[[Ask], Request],
        pager: Pager,
        records: str,
        field: str,
        *,
        pieces: Callable[[Reading], tuple[Window, ...]] = lambda reading: (reading.window,),
    ) -> None:
        self._request, self._pager, self._records, self._pieces = request, pager, records, pieces
        self._tree = path_tree({**dict.fromkeys(pager.paths), records: {field: None}})

    def check(self, reading: Reading) -> str:
        """Walk and compare."""
        windows = self._pieces(reading)
        counted = sum(self._walk(reading, window) for window in windows)
        if counted != reading.records:
            raise Incomplete(
                "a second walk through the list finds another number of rows",
                actual=f"{reading.records} read, {counted} counted",
                may_settle=True,
            )
        return f"counted again in {len(windows)} {'walk' if len(windows) == 1 else 'walks'}: {counted}"

    def _walk(self, reading: Reading, window: Window) -> int:
        ask, guard, rows = Ask(reading.account, window, None, None, 100), Guard(self._pager.page_cap), 0
        while True:
            body = reading.ask(self._request(ask), self._tree)
            found = dig(body, self._records)
            if not isinstance(found, list):
                raise SchemaDrift("the record list is no list", actual=self._records)
            rows += len(found)
            step = self._pager.step(body, ask)
            if step.token is None:
                return rows
            guard.follow(step.token)
            ask = replace(ask, token=step.token)
