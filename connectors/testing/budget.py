"""Counts whether a client keeps within a declared rate, on the fake clock.

Belongs here: the platform's side of a rate limit. Not here: waiting (the kit's limiter).
"""

from dataclasses import dataclass, field

SLACK = 1e-6  # seconds are binary floats here, as in time.monotonic: nobody is punished for the last bit


@dataclass(kw_only=True)
class Budget:
    """`amount` requests per `seconds`, `burst` saved up at most; at the start all of the burst is there.

    Args:
        amount: requests per `seconds`, as documented.
        seconds: the span.
        burst: how many may come at once, as documented.
        per_day: requests in any 24 hours.
    """

    amount: float
    seconds: float
    burst: int = 1
    per_day: int | None = None
    taken: float = 0.0
    over: int = 0
    _owed: float = 0.0
    _at: float = 0.0
    _today: list[float] = field(default_factory=list)

    def take(self, now: float, cost: float = 1.0) -> bool:
        """Note a request at `now`; False when it is one too many."""
        # a leaky bucket: what was taken drains at the documented rate
        self._owed = max(0.0, self._owed - (now - self._at) * self.amount / self.seconds)
        self._at = now
        self.taken += cost
        self._today = [at for at in self._today if at > now - 86_400]  # any 24 hours, no calendar day
        is_over = self._owed + cost > self.burst + SLACK
        is_over |= self.per_day is not None and len(self._today) >= self.per_day
        # what is refused uses nothing up: the request is not added below
        if is_over:
            self.over += 1
            return False
        self._owed += cost
        self._today.append(now)
        return True
