"""Time, chance and patience of a pull, in one object that a test can replace.

The clocks here time waits and deadlines only; no figure ever depends on them.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.kit.contract.signing_context import TokenCache
from connectors.kit.transport.limiter import Limiter
from connectors.kit.transport.state import State


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Runtime:
    """How a pull waits. Share one between pulls of a process: it holds the rate limits."""

    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _utc_now
    # of one request; with full jitter up to a minute apart they outlast most short outages
    max_attempts: int = 5
    window_attempts: int = 3  # of a window whose rows moved while it was read
    window_deadline: float = 900.0  # seconds, waits asked for by the limiter not counted
    longest_wait: float = 3600.0  # seconds for one place in a request budget
    # seconds; requests has no default: requests.readthedocs.io/en/latest/user/advanced/#timeouts
    connect_timeout: float = 10.0
    read_timeout: float = 60.0  # seconds between two bytes, not for the whole answer
    page_bytes: int = 64 * 1024 * 1024  # one answer is held in memory
    document_bytes: int = 2 * 1024 * 1024 * 1024  # of a packed file, which is not
    limiter: Limiter = field(init=False)
    drift_told: set[str] = field(default_factory=set)
    token_cache: TokenCache = field(default_factory=TokenCache)
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        self.limiter = Limiter(self.monotonic)


SHARED = Runtime()
