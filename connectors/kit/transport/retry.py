"""How long to wait before asking again. Only arithmetic; who waits is client.py."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from models.values import ReadingError, read_decimal

RETRY_AFTER_CAP = 120.0  # seconds; a longer wish ends the run instead of holding a worker, and the next run comes soon enough
BACKOFF_BASE = 1.0  # seconds, doubled with every attempt
BACKOFF_CAP = 60.0


def wished_pause(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for; None when it is absent or junk.

    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> wished_pause("3", now), wished_pause("soon", now)
    (3.0, None)
    """
    text = (header or "").strip()
    try:
        seconds = read_decimal(text)
    except ReadingError:
        return _until(text, now)
    return float(seconds) if seconds >= 0 else None


def _until(text: str, now: datetime) -> float | None:
    """Seconds up to a date of HTTP (RFC 9110, section 10.2.3); None for any other text."""
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000" says UTC but is parsed without a zone (docs.python.org, email.utils)
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def backoff(attempt: int, chance: Callable[[], float]) -> float:
    """Full jitter: anything from nothing to twice the last ceiling, capped.

    Why full: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter
    """
    return float(chance() * min(BACKOFF_CAP, BACKOFF_BASE * 2**attempt))
