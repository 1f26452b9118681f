"""The proof over all 抖音号 of a window. Not here: how they are paged (paging.py)."""

from collections.abc import Callable

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import DayGone, Incomplete
from connectors.kit.contract.pagers import count_at
from connectors.kit.contract.proofs import Proof, Reading
from connectors.kit.contract.redact import path_tree
from connectors.kit.contract.request import Request
from connectors.kit.contract.windows import Window
from connectors.qianchuan.paging import awemes


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
            body = reading.fetch(self._request(reading.account, reading.window, aweme), self._tree)
            told += count_at(body, self._path)
        if told != reading.records:
            found = f"{told} in all, {reading.records} read"
            raise Incomplete("the platform's totals are not what was read", actual=found, may_settle=True)
        if self._empty_means and not told and reading.account.settings.get(self._empty_means) != "trusted":
            raise DayGone(
                "the platform lists nothing for a day that is over: it may only show today",
                actual=f"0 rows; setting {self._empty_means} is not trusted",
            )
        return f"total={told} of {len(awemes(reading.account))} accounts"
