"""Paging of TOP's odder lists: ratings that end at 1,500, agents asked in groups, reports whose count may be the page's own.

Belongs here: pagers and proofs that only TOP needs. Not here: reverse paging (kit).
"""

from dataclasses import dataclass

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SettingWrong, TooLarge
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import NextPage, Pager, Pages, count_at
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.strict_json import Json

MOST_RATINGS = 1500  # of one query, whatever the pages: open.taobao.com/api.htm?docId=55&docType=2
# begins every agent's long nickname; accounts may leave it out
LONG = "cntaobao"


@dataclass(frozen=True)
class CappedPages(Pages):
    """Pages of a list that the platform cuts at a number: at that number nobody knows what is missing."""

    most: int = MOST_RATINGS

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The next page, unless the list may be cut."""
        if self.total(body) >= self.most:
            raise TooLarge("the platform cuts the list at a number that was reached", actual=str(self.most))
        return super().step(body, query)


@dataclass(frozen=True)
class UntilShort(Pages):
    """Pages until one comes short, also where the total is reached: the total's meaning is not documented."""

    rows_path: str = ""

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """One page more after a full one."""
        found = super().step(body, query)
        if found.token is None and len(rows(body, self.rows_path)) >= query.page_size:
            return NextPage(str(int(query.token or self.first) + 1))
        return found


def rows(body: Json, path: str) -> list[Json]:
    """The list at a path; TOP leaves an empty one out."""
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body if isinstance(body, list) else []


def agents(account: AccountSettings) -> list[str]:
    """The agents' long nicknames."""
    names = [name.strip() for name in account.setting("agents").split(",") if name.strip()]
    if not names or len(set(names)) != len(names):
        raise SettingWrong("setting agents must name each agent once", actual="agents")
    return [name if name.startswith(LONG) else LONG + name for name in names]


def group(query: PageQuery) -> list[str]:
    """The agents of this call."""
    number = int(query.token or 0)
    return agents(query.account)[number * query.page_size : (number + 1) * query.page_size]


@dataclass(frozen=True)
class AgentGroups(Pager):
    """One call per group of agents; each answer must hold as many ratings as it counts, of these agents, none twice."""

    count_path: str
    rows_path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The count."""
        return (self.count_path,)

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """Check the group, then go to the next."""
        found, count = rows(body, self.rows_path), count_at(body, self.count_path)
        if len(found) != count:
            told = f"{count} counted, {len(found)} read"
            raise Incomplete("the platform's count is not what was read", actual=told, may_settle=True)
        asked = group(query)
        keys = [tuple(row.get(n) for n in ("eval_sender", "send_time", "open_uid")) for row in found]
        # a row without a sender is left to the row's own check
        if any(isinstance(key[0], str) and key[0].strip() and key[0] not in asked for key in keys):
            raise Incomplete("the platform ignored the asked agents", may_settle=True)
        # as text: a value of a wrong type may not be hashable
        if len(set(map(str, keys))) != len(keys):
            raise Incomplete("two ratings cannot be told apart", may_settle=True)
        number = int(query.token or 0) + 1
        return NextPage(str(number) if number * query.page_size < len(agents(query.account)) else None)


class EachGroup(Proof):
    """Every group's count was held against its rows while it was read."""

    def __init__(self, count_path: str) -> None:
        self.paths = (count_path,)

    def check(self, reading: Reading) -> str:
        """Say so, with the number in all."""
        count_at(reading.last_page, self.paths[0])
        return f"result_count of each group of agents, {reading.records} in all"
