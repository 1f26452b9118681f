"""The request budgets of one process, one bucket per declared key. Not here: what a bucket does (contract/request_budget.py)."""

from collections.abc import Callable
from threading import Lock

from connectors.kit.contract.request_budget import Bucket, Limit, Rate


class Limiter:
    """All buckets of one process, by key."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, Rate], Bucket] = {}
        self._lock = Lock()

    def bucket(self, limit: Limit) -> Bucket:
        """The bucket of a budget; another declared rate is another bucket."""
        with self._lock:
            return self._buckets.setdefault((limit.key, limit.rate), Bucket(limit.rate, self._monotonic()))
