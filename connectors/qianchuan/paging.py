"""Reports that are asked for one 抖音号 at a time, read as one window: paging and proof over all of them.

Not here: what a report holds (rows.py), what is asked for (__init__.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DayGone, Incomplete, SettingWrong
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.pagers import Pager, Step, whole_number
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.strict_json import Json, dig
from connectors.kit.contract.windows import Window

SETTING = "aweme_ids"
_MOST = 200


def awemes(account: AccountSettings) -> tuple[str, ...]:
    """The ids of the account's 抖音号.

    Raises:
        SettingWrong: they are missing, no numbers, or named twice.
    """
    found = tuple(part.strip() for part in account.setting(SETTING).split(","))
    good = all(part.isascii() and part.isdigit() and len(part) < 20 for part in found)
    if not good or len(set(found)) != len(found) or len(found) > _MOST:
        raise SettingWrong(f"setting {SETTING} must be the numbers of 抖音号, separated by commas, each once")
    return found


@dataclass(frozen=True)
class Place:
    """Where a window is: which 抖音号, which of its pages, and its total once that is known."""

    aweme: int = 0
    page: int = 1
    total: int | None = None

    @classmethod
    def of(cls, token: str | None) -> "Place":
        """The place a token stands for; the first one for None."""
        if token is None:
            return cls()
        aweme, page, total = token.split(".")
        return cls(int(aweme), int(page), int(total) if total else None)

    @property
    def token(self) -> str:
        """The place as a page token."""
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

    def step(self, body: Json, ask: Ask) -> Step:
        """The next page, the next 抖音号, or the end."""
        place = Place.of(ask.token)
        total = whole_number(dig(body, self.total_path), self.total_path)
        if place.total not in (None, total):
            told = f"{place.total} then {total}"
            raise Incomplete(
                "the platform's total moved while its pages were read", actual=told, may_settle=True
            )
        due = max(0, min(ask.page_size, total - (place.page - 1) * ask.page_size))
        holder, _, name = self.rows_path.rpartition(".")
        rows = dig(body, holder).get(name)
        if len(rows or []) != due:
            told = f"{len(rows or [])} rows, {due} due"
            raise Incomplete(
                "a page does not hold what the total leaves for it", actual=told, may_settle=True
            )
        if place.page * ask.page_size < total:
            return Step(Place(place.aweme, place.page + 1, total).token)
        if place.aweme + 1 < len(awemes(ask.account)):
            return Step(Place(place.aweme + 1).token)
        return Step(None)


class AwemeTotals(Proof):
    """After the last page every 抖音号 is asked for its total once more; together they are the records that were read.

    Args:
        request: the first page of one 抖音号.
        total_path: where the total is.
        empty_means: setting that must say `trusted` before "no row at all" is believed.
    """

    def __init__(
        self,
        request: Callable[[AccountSettings, Window, str], Request],
        total_path: str,
        empty_means: str | None = None,
    ) -> None:
        self.paths = (total_path,)
        self._request, self._path, self._empty_means = request, total_path, empty_means
        self._tree = path_tree({total_path: None})

    def check(self, reading: Reading) -> str:
        """Compare the sum of the totals with the records."""
        told = 0
        for aweme in awemes(reading.account):
            body = reading.ask(self._request(reading.account, reading.window, aweme), self._tree)
            told += whole_number(dig(body, self._path), self._path)
        if told != reading.records:
            found = f"{told} in all, {reading.records} read"
            raise Incomplete("the platform's totals are not what was read", actual=found, may_settle=True)
        if self._empty_means and not told and reading.account.settings.get(self._empty_means) != "trusted":
            raise DayGone(
                "the platform lists nothing for a day that is over: it may only show today",
                actual=f"0 rows; setting {self._empty_means} is not trusted",
            )
        return f"total={told} of {len(awemes(reading.account))} accounts"
