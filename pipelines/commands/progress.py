"""Progress on stderr with elapsed seconds: lines that stay, and on a terminal one line per stream that is rewritten in place.

Not here: results, they go to stdout; what is told (pipelines.company.run_scope.tell).
"""

import logging
import shutil
import sys
import time
from typing import TextIO

from pipelines.commands.table import width
from pipelines.company.run_scope import PROGRESS

_REDRAWN = 0.1  # seconds between two drawings, however fast pages come
# Cursor up, then clear to the end of the screen (ECMA-48: CUU and ED).
_UP_AND_CLEAR = "\x1b[{lines}A\x1b[J"


class _Elapsed(logging.Formatter):
    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()

    def format(self, record: logging.LogRecord) -> str:
        """One record is one line; control characters from data cannot start another, nor steer the terminal."""
        text = "".join(c if c.isprintable() else " " for c in record.getMessage())
        mark = "" if record.levelno < logging.WARNING else "warning: "
        return f"{time.monotonic() - self._start:6.1f}s  {mark}{text}"


class Screen:
    """Lines that stay, above a block of lines that are rewritten.

    Args:
        out: a terminal.
        columns: its width.
        lines: its height; more lines than fit are counted only, or the block could not be taken back.
    """

    def __init__(self, out: TextIO, columns: int, lines: int) -> None:
        # two lines less than fit: for the one that stays above, and for the count of those that are hidden
        self._out, self._columns, self._most = out, columns, max(1, lines - 2)
        self._block: dict[str, str] = {}
        self._drawn = 0
        # the first drawing waits for no other
        self._at = float("-inf")

    def stay(self, text: str, line: str = "") -> None:
        """Print a line for good; that of `line` is done."""
        self._block.pop(line, None)
        self._draw(text + "\n")

    def rewrite(self, line: str, text: str, now: float) -> None:
        """What stands on a line now; drawn a little later when it was drawn a moment ago."""
        self._block[line] = text
        if now - self._at >= _REDRAWN:
            self._at = now
            self._draw()

    def _draw(self, above: str = "") -> None:
        # a column less: a terminal may wrap a line that fills the last one
        shown = [_cut(text, self._columns - 1) for text in list(self._block.values())[: self._most]]
        hidden = len(self._block) - len(shown)
        shown += [f"... and {hidden} more"] if hidden else []
        back = _UP_AND_CLEAR.format(lines=self._drawn) if self._drawn else ""
        self._out.write(back + above + "".join(text + "\n" for text in shown))
        self._out.flush()
        self._drawn = len(shown)


class _Stderr(logging.Handler):
    """Writes to whatever stderr is now: a caller may have redirected it since."""

    def __init__(self) -> None:
        super().__init__()
        self._screen: tuple[TextIO, Screen] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line, or rewrite the line of a stream."""
        line, screen = str(getattr(record, "line", "")), self._on_terminal()
        if screen is not None and getattr(record, "is_passing", False):
            screen.rewrite(line, self.format(record), time.monotonic())
        elif screen is not None:
            screen.stay(self.format(record), line)
        elif record.levelno >= logging.INFO:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()

    def _on_terminal(self) -> Screen | None:
        if not sys.stderr.isatty():
            return None
        if self._screen is None or self._screen[0] is not sys.stderr:
            size = shutil.get_terminal_size()
            self._screen = (sys.stderr, Screen(sys.stderr, size.columns, size.lines))
        return self._screen[1]


def show_progress() -> None:
    """Send progress and warnings of meritline to stderr, and nothing of anyone else."""
    ours = logging.getLogger("meritline")
    if not any(isinstance(handler, _Stderr) for handler in ours.handlers):
        shown = _Stderr()
        shown.setFormatter(_Elapsed())
        ours.addHandler(shown)
    ours.disabled = PROGRESS.disabled = False  # Dagster's migrations switch off whatever loggers there are
    # a handler of the root logger would print every line a second time
    ours.propagate = False
    ours.setLevel(logging.WARNING)
    PROGRESS.setLevel(logging.DEBUG)


def _cut(text: str, columns: int) -> str:
    """As much of a line as fits: one that wraps could not be taken back."""
    while width(text) > columns:
        text = text[:-1]
    return text
