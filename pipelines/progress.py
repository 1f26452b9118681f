"""Lines of progress on stderr with elapsed seconds. Not here: results, they go to stdout."""

import logging
import sys
import time

from pipelines.work import PROGRESS


class _Elapsed(logging.Formatter):
    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()

    def format(self, record: logging.LogRecord) -> str:
        """One record is one line; control characters from data cannot start another [faults.md K14]."""
        text = "".join(c if c.isprintable() else " " for c in record.getMessage())
        mark = "" if record.levelno < logging.WARNING else "warning: "
        return f"{time.monotonic() - self._start:6.1f}s  {mark}{text}"


class _Stderr(logging.Handler):
    """Writes to whatever stderr is now: a caller may have redirected it since."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        sys.stderr.write(self.format(record) + "\n")
        sys.stderr.flush()


def show_progress() -> None:
    """Send progress and warnings of meritline to stderr, and nothing of anyone else."""
    handler = _Stderr()
    handler.setFormatter(_Elapsed())
    ours = logging.getLogger("meritline")
    if not ours.handlers:
        ours.addHandler(handler)
    ours.propagate = False
    ours.setLevel(logging.WARNING)
    PROGRESS.setLevel(logging.INFO)
