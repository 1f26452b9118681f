"""The proof of lists with a `nextToken` and no count. Not here: which list (stock.py, finances.py)."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from connectors.kit.contract.errors import Incomplete, SchemaDrift
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import Guard, Pager
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import dig
from connectors.kit.contract.windows import Window

WALKS = 2  # the second walk may be the faulty one: it costs less to repeat it than to read everything again


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
        request: Callable[[PageQuery], Request],
        pager: Pager,
        records: str,
        field: str,
        *,
        key: Callable[[str, PageQuery], str] = lambda found, _query: found,  # most ids are the key
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
            # the length too: a row that comes twice would vanish in the set
            if len(found) == len(known) and set(found) == known:
                pieces = f"{len(windows)} {'piece' if len(windows) == 1 else 'pieces'}"
                return f"walked again in {pieces}: the same {len(found)} rows"
        raise Incomplete(
            "a second walk through the list finds other rows",
            actual=f"{len(known)} read, {len(found)} found, {len(known & set(found))} of them the same",
            may_settle=True,
        )

    def _walk(self, reading: Reading, window: Window) -> Iterator[str]:
        # the size says nothing here: neither of the two lists is asked with one
        query = PageQuery(account=reading.account, window=window, page_size=100)
        guard = Guard(self._pager.page_cap)
        while True:
            body = reading.fetch(self._request(query), self._tree)
            found = dig(body, self._records)
            if not isinstance(found, list):
                raise SchemaDrift("the record list is no list", actual=self._records)
            for row in found:
                yield self._key(str(dig(row, self._field)), query)
            following = self._pager.step(body, query)
            # an undocumented empty page ends this walk: fewer rows are found than were read, and the list is walked again
            if following.token is None or not (found or self._has_empty_pages):
                return
            guard.follow(following.token)
            query = replace(query, token=following.token)
