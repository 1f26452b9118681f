"""Half-open windows `[from, to)`: clipping, splitting at local midnights, halving.

All arithmetic on instants is done in UTC, all arithmetic on days in the account's zone, so that 23- and
25-hour days are whole days. Not here: which windows are already covered (warehouse).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong

SHORTEST = timedelta(seconds=1)
# refunds of a closed shop still arrive: the day after active_to plus 60 days
CLOSED_ACCOUNT_TAIL = timedelta(days=61)


@dataclass(frozen=True)
class Window:
    """`[start, end)`, both aware and in UTC."""

    start: datetime
    end: datetime

    def halves(self) -> tuple["Window", "Window"] | None:
        """Two windows that meet at a whole second, or None if there is no second to meet at."""
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=0)
        if middle - self.start < SHORTEST or self.end - middle < SHORTEST:
            return None
        return Window(self.start, middle), Window(middle, self.end)

    def parts(self, longest: timedelta) -> tuple["Window", ...]:
        """Consecutive windows no longer than `longest`; halves, so that they meet at whole seconds."""
        halves = self.halves() if self.end - self.start > longest else None
        return (self,) if halves is None else (*halves[0].parts(longest), *halves[1].parts(longest))

    def __str__(self) -> str:
        return f"{iso(self.start)}..{iso(self.end)}"


def iso(instant: datetime) -> str:
    """UTC text with a Z; a fraction only where there is one."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC.

    >>> zone = ZoneInfo("America/Los_Angeles")
    >>> midnight(date(2026, 3, 9), zone) - midnight(date(2026, 3, 8), zone)
    datetime.timedelta(seconds=82800)
    """
    # a midnight that the clocks skip is read with the offset before the jump (PEP 495, fold=0): the instant of the jump itself
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day of `instant` on the calendar of `zone`."""
    return instant.astimezone(zone).date()


def first_day(window: Window, zone: ZoneInfo) -> date:
    """The local day on which a window begins."""
    return local_day(window.start, zone)


def last_day(window: Window, zone: ZoneInfo) -> date:
    """The local day that holds a window's last instant."""
    return local_day(window.end - timedelta(microseconds=1), zone)


def clip(
    start: datetime, end: datetime, account: AccountSettings, *, is_open_ended: bool = False
) -> Window | None:
    """The part of `[start, end)` in which the account can have data, or None; its closing may be left out."""
    for instant in (start, end):
        if instant.tzinfo is None:
            # a naive instant would be read in the zone of this machine
            raise SettingWrong("a pull needs instants with a zone")
    start, end = start.astimezone(UTC), end.astimezone(UTC).replace(microsecond=0)
    if account.active_from is not None:
        start = max(start, midnight(account.active_from, account.tz))
    if account.active_to is not None and not is_open_ended:
        end = min(end, midnight(account.active_to + CLOSED_ACCOUNT_TAIL, account.tz))
    return Window(start, end) if start < end else None


def same_days(window: Window, zone: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether every local day that touches `window` begins at the same instant in both zones."""
    day, last = local_day(window.start, zone), local_day(window.end, zone)
    while day <= last:
        if midnight(day, zone) != midnight(day, other):
            return False
        day += timedelta(days=1)
    return True


def whole_days(window: Window, zone: ZoneInfo) -> Window | None:
    """The local days that `window` touches and that were over at its end; None when there is none."""
    # both go down to a midnight: the day that `window` ends in is not over, the day it begins in counts whole
    start, end = midnight(local_day(window.start, zone), zone), midnight(local_day(window.end, zone), zone)
    return Window(start, end) if start < end else None


def split(window: Window, zone: ZoneInfo, days: int) -> Iterator[Window]:
    """Consecutive windows of at most `days` local days that cover `window` without gap or overlap."""
    start = window.start
    while start < window.end:
        end = min(midnight(local_day(start, zone) + timedelta(days=days), zone), window.end)
        yield Window(start, end)
        start = end
