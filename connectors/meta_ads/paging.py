"""Paging of Meta's listings. Not here: what is listed (reports.py)."""

from connectors.kit.contract.errors import SchemaDrift
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import PAGE_CAP, NextPage, Pager
from connectors.kit.contract.strict_json import Json, dig


class After(Pager):
    """The cursor `paging.cursors.after` while Meta names a next page.

    `paging.next` itself is never followed or kept: it carries the access token. That it is gone is the end, which a lost
    field would look like too: the stream proves the rows by their totals. How it is meant:
    developers.facebook.com/docs/graph-api/results (cursor-based pagination)
    """

    page_cap = PAGE_CAP

    @property
    def paths(self) -> tuple[str, ...]:
        """The cursor."""
        return ("paging.cursors.after",)

    def step(self, body: Json, _query: PageQuery) -> NextPage:
        """The next cursor."""
        paging = body.get("paging")
        if not isinstance(paging, dict) or "next" not in paging:
            return NextPage(None)
        token = dig(paging, "cursors.after")
        if not isinstance(token, str) or not token:
            raise SchemaDrift("the answer promises more pages but names no token", actual=self.paths[0])
        return NextPage(token)
