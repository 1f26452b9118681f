"""What a platform allows: requests per span of time, under a key that accounts may share, in a bucket that learns.

A bucket starts with one token, because a burst may already be spent by another program on the same key, and learns from
answers. Not here: the buckets of a process (transport/limiter.py), daily quotas, which a restart must not forget
(transport/state.py), what to do when the platform throttles all the same (transport/client.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from connectors.kit.contract.account import AccountSettings
from models.values import ReadingError, dec


@dataclass(frozen=True)
class Rate:
    """`amount` tokens per `seconds`, at most `burst` saved up; `per_day` requests in a UTC day, if that is limited."""

    amount: int
    seconds: int = 60
    burst: int = 1
    per_day: int | None = None


@dataclass(frozen=True)
class Limit:
    """A budget by its key; requests of any account that carry the same key share it."""

    key: str
    rate: Rate


def per_minute(
    requests: int, setting: str = "requests_per_minute", *, most: int = 100_000, burst: int = 1
) -> Callable[[AccountSettings], Rate]:
    """So many requests a minute, unless the account's setting says otherwise: most platforms grant some accounts more."""
    return lambda account: Rate(account.whole_number(setting, requests, most=most), seconds=60, burst=burst)


class Bucket:
    """Tokens of one key. Times are monotonic seconds; nothing here is money."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._per_second = rate.amount / rate.seconds
        # a bucket below one token would never be full enough for a request
        self._capacity = float(max(rate.burst, 1))
        self._tokens = 1.0
        self._at = now
        self._cost = 1.0
        self._lock = Lock()

    @property
    def per_second(self) -> float:
        """How fast it refills, as declared or learned."""
        return self._per_second

    def reserve(self, now: float) -> float:
        """Take the tokens of one request; the result is how many seconds to wait before sending it."""
        # the debt is booked before the wait: of two threads the second waits for both
        with self._lock:
            self._refill(now)
            # a request that costs more than fits empties the bucket: more could never be saved up
            self._tokens -= min(self._cost, self._capacity)
            return max(0.0, -self._tokens / self._per_second)

    def learn(self, now: float, *, available: float, capacity: float, per_second: float, cost: float) -> None:
        """Believe the platform about what is left, what fits, how it refills and what a request costs."""
        if per_second <= 0 or capacity <= 0:  # `reserve` divides by the one and never waits with the other
            return
        with self._lock:
            self._at = max(now, self._at)  # answers of two threads may come in the wrong order
            self._tokens, self._capacity, self._per_second = min(available, capacity), capacity, per_second
            self._cost = max(cost, 1.0)

    def learn_rate(self, now: float, per_second: float) -> None:
        """Believe the platform about how the budget refills; what is left is not known and stays as it is."""
        if per_second <= 0:
            return
        with self._lock:
            self._refill(now)
            self._per_second = per_second

    def drain(self, now: float, seconds: float) -> None:
        """Nothing is left for `seconds`: other requests on the same key must wait as well."""
        with self._lock:
            self._refill(now)
            # 1.0 is the token of the next request: it goes exactly when `seconds` are over
            self._tokens = min(self._tokens, 1.0 - seconds * self._per_second)

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._per_second)
            self._at = now


# the default name is that of Amazon's Selling Partner API
def learn_rate_header(
    bucket: Bucket, now: float, headers: Mapping[str, str], name: str = "x-amzn-RateLimit-Limit"
) -> None:
    """Take over the requests per second that a header names; absent or junk changes nothing."""
    try:
        rate = dec(headers.get(name, "").strip())
    except ReadingError:
        return
    if rate >= 0:
        bucket.learn_rate(now, float(rate))
