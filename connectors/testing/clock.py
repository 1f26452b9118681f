"""Time that passes only by sleeping, shared by a fake platform and the kit that talks to it.

Not here: what anybody does with the time (`budget`, `tokens`, the kit's limiter).
"""

from datetime import datetime, timedelta
from threading import Lock


class Clock:
    """Starts at `wall`; `sleep` returns at once and moves the time on.

    Args:
        wall: the first moment, with a zone.
    """

    def __init__(self, wall: datetime) -> None:
        self._start = wall
        self._lock = Lock()  # pullers side by side sleep in threads of their own
        self.elapsed = 0.0
        self.longest = 0.0  # the longest single sleep: nobody may hold a worker for hours

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass, as somebody who waits."""
        with self._lock:
            self.elapsed += max(0.0, seconds)
            self.longest = max(self.longest, seconds)

    def advance(self, span: timedelta) -> None:
        """Let time pass without anybody waiting for it."""
        with self._lock:
            self.elapsed += span.total_seconds()

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return 1000.0 + self.elapsed  # not 0: nobody may take "no time yet" for "never"

    def wall(self) -> datetime:
        """The moment it is now."""
        return self._start + timedelta(seconds=self.elapsed)
