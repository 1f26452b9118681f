"""Is the process that left something behind below KPI_HOME still there?

Spool folders (steps/pull.py) and Dagster runs (graph/runner.py) carry the name of the process that made them. Not here: what is
done when it is gone.
"""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """A name that tells this process from every other one on any host."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(process: str) -> bool:
    """Whether a process named by `this_process` has ended; False when it ran on another host."""
    host, _, rest = process.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return not is_alive(int(pid)) or _started(int(pid)) != started


def is_alive(pid: int) -> bool:
    """Whether a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it exists and belongs to someone else
    return True


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks: a number that was given away again is told apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""  # no /proc on this system: the number alone must do
