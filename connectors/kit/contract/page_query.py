"""What a request builder may look at: one page of one window of one account. Not here: what it builds (request.py)."""

from dataclasses import dataclass
from datetime import date, datetime

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.windows import Window, first_day, last_day


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """One page of one window.

    Args:
        account: whose data.
        window: which span; whole local days for day streams.
        page_size: records per page; the kit shrinks it when pages cost too much. 1 for a report that comes as a file.
        token: the page, None for the first.
        start_cursor: where a cursor stream goes on.
        total: the total that the first page named, where the pager reads one.
        read_at: the instant of the pull.
    """

    account: AccountSettings
    window: Window
    page_size: int
    token: str | None = None
    start_cursor: str | None = None
    total: int | None = None
    read_at: datetime | None = None

    @property
    def first_day(self) -> date:
        """The local day on which the window begins."""
        return first_day(self.window, self.account.tz)

    @property
    def last_day(self) -> date:
        """The local day that holds the window's last instant."""
        return last_day(self.window, self.account.tz)
