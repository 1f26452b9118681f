"""Reports that are asked for one 抖音号 at a time, read as one window: paging over all of them.

Not here: what a report holds (rows.py), what is asked for (requests.py), that all of it came (proofs.py).
"""

from dataclasses import dataclass

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import Incomplete, SettingWrong
from connectors.kit.contract.page_query import PageQuery
from connectors.kit.contract.pagers import NextPage, Pager, count_at
from connectors.kit.contract.strict_json import Json, dig

SETTING = "aweme_ids"
_MOST = 200  # ours: a window of more 抖音号 would take longer than a run has


def awemes(account: AccountSettings) -> tuple[str, ...]:
    """The ids of the account's 抖音号.

    Raises:
        SettingWrong: they are missing, no numbers, or named twice.
    """
    found = tuple(part.strip() for part in account.setting(SETTING).split(","))
    # ids are 64-bit numbers, which have at most 19 digits; isdigit alone also takes the digits of other scripts
    good = all(part.isascii() and part.isdigit() and len(part) < 20 for part in found)
    if not good or len(set(found)) != len(found) or len(found) > _MOST:
        raise SettingWrong(f"setting {SETTING} must be the numbers of 抖音号, separated by commas, each once")
    return found


@dataclass(frozen=True)
class AwemePage:
    """Where a window is: which 抖音号, which of its pages, and its total once that is known."""

    aweme: int = 0
    page: int = 1
    total: int | None = None

    @classmethod
    def of(cls, token: str | None) -> "AwemePage":
        """The place a token stands for; the first one for None."""
        if token is None:
            return cls()
        aweme, page, total = token.split(".")
        return cls(int(aweme), int(page), int(total) if total else None)

    @property
    def token(self) -> str:
        """The place as a page token."""
        # the total travels along: pages of one 抖音号 must agree on it, and each 抖音号 has its own
        return f"{self.aweme}.{self.page}.{'' if self.total is None else self.total}"


@dataclass(frozen=True)
class PerAweme(Pager):
    """Page numbers up to the total of one 抖音号, then the next one. Every page must hold what the total leaves for it."""

    rows_path: str
    total_path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The total."""
        return (self.total_path,)

    def step(self, body: Json, query: PageQuery) -> NextPage:
        """The next page, the next 抖音号, or the end."""
        place = AwemePage.of(query.token)
        total = count_at(body, self.total_path)
        if place.total not in (None, total):
            told = f"{place.total} then {total}"
            raise Incomplete(
                "the platform's total moved while its pages were read", actual=told, may_settle=True
            )
        due = max(0, min(query.page_size, total - (place.page - 1) * query.page_size))
        holder, _, name = self.rows_path.rpartition(".")
        # get, not dig: where the total is 0 the platform may leave the list out
        rows = dig(body, holder).get(name)
        if len(rows or []) != due:
            told = f"{len(rows or [])} rows, {due} due"
            raise Incomplete(
                "a page does not hold what the total leaves for it", actual=told, may_settle=True
            )
        if place.page * query.page_size < total:
            return NextPage(AwemePage(place.aweme, place.page + 1, total).token)
        if place.aweme + 1 < len(awemes(query.account)):
            return NextPage(AwemePage(place.aweme + 1).token)
        return NextPage(None)
