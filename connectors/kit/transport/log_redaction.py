"""Keeps query strings out of the HTTP library's own log: some platforms want the access token there.

Belongs here: the filter. Not here: what we log ourselves (client.py).
"""

import logging


class NoQueries(logging.Filter):
    """Cuts every text argument of a record at its question mark."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, shortened."""
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?", 1)[0] if isinstance(a, str) else a for a in record.args)
        return True


def hide_queries() -> None:
    """Put the filter where urllib3 writes addresses down."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, NoQueries) for known in logger.filters):
            logger.addFilter(NoQueries())
