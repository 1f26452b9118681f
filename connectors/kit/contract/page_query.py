"""What a request builder may look at. Not here: what it builds (request.py)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.windows import Window, local_day


@dataclass(frozen=True)
class Ask:
    """One page of one window.

    Args:
        account: whose data.
        window: which span; whole local days for day streams.
        token: the page, None for the first.
        start_cursor: where a cursor stream goes on.
        page_size: records per page; the kit shrinks it when pages cost too much.
        total: the total that the first page named, where the pager reads one.
        read_at: the instant of the pull.
    """

    account: AccountSettings
    window: Window
    token: str | None
    start_cursor: str | None
    page_size: int
    total: int | None = None
    read_at: datetime | None = None

    @property
    def first_day(self) -> date:
        """The local day on which the window begins."""
        return local_day(self.window.start, self.account.tz)

    @property
    def last_day(self) -> date:
        """The local day that holds the window's last instant."""
        return local_day(self.window.end - timedelta(microseconds=1), self.account.tz)
