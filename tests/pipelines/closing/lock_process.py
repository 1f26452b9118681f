"""A process of its own that locks January, and that may be killed at a given place.

    python -m tests.pipelines.closing.lock_process COMPANY HOME LOGIN [PLACE]

PLACE: `fsync N` (while files are written), `before name`, `after name` (the folder stands, no entry), `after entry` (the entry
stands, nothing is told).
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.company.home import Home
from tests.pipelines.closing.conftest import Firm
from tests.pipelines.closing.locking import lock
from warehouse.ledger.ledger import Ledger
from warehouse.locked.snapshot import StagedSnapshot


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(number: int, then: Callable[[int], None]) -> Callable[[int], None]:
    """`then`, and at the given call death instead of it."""
    calls = iter(range(1, number + 1))

    def called(handle: int) -> None:
        if next(calls, number) == number:
            die()
        then(handle)

    return called


def arrange(place: str) -> None:
    """Let this process die at the place."""
    settle = StagedSnapshot.settle

    def settle_and_die(staged: StagedSnapshot) -> None:
        settle(staged)
        die()

    if place.startswith("fsync"):
        os.fsync = at_call(int(place.split()[1]), os.fsync)
    elif place == "before name":
        StagedSnapshot.settle = die  # type: ignore[method-assign]
    elif place == "after name":
        StagedSnapshot.settle = settle_and_die  # type: ignore[method-assign]
    elif place == "after entry":
        Ledger._note = die  # type: ignore[method-assign]


if __name__ == "__main__":
    folder, home, login, *where = sys.argv[1:]
    arrange(where[0] if where else "")
    found = lock(Firm(Path(folder), Home.at(home)), login)
    sys.stdout.write("new" if found.is_new else f"before {found.lock.actor}")
