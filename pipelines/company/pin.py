"""The company and the home that a server was started with, and no others for what it launches.

Belongs here: saying so to every process of the server, and the refusal.
Not here: who may speak to the server (graph/session_guard.py).
"""

import os
from collections.abc import Mapping
from pathlib import Path

from models.errors import UsageError
from pipelines.company.home import Home

# Its processes inherit the environment, and no request can change it.
_PINNED = "KPI_SERVED"


def pin(company: Path, home: Home) -> None:
    """From now on this process and its children work on this company and this home only."""
    os.environ.update({"KPI_COMPANY": str(company), "KPI_HOME": str(home.root), _PINNED: "1"})


def refuse_other_place(asked: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a run below a server that asks for another place than the server's.

    A folder that a caller names may send the tokens of the environment anywhere: nothing of it is read.

    Args:
        asked: configuration of the resource `place` as the caller wrote it, before anything is looked up in the environment.
        environment: that of the process.

    Raises:
        UsageError: U060.
    """
    if not environment.get(_PINNED):
        return
    for name, value in asked.items():
        # {"env": "TOKEN"}: what it stands for would be quoted by the next message
        if not isinstance(value, str):
            raise _refusal(name, f"a value of the kind {type(value).__name__}", "a plain text")
    for name, variable in (("company", "KPI_COMPANY"), ("home", "KPI_HOME")):
        value = str(asked.get(name) or "")
        if value and Path(value).resolve() != Path(environment[variable]).resolve():
            raise _refusal(name, repr(value[:200]), environment[variable])


def _refusal(name: str, found: str, expected: str) -> UsageError:
    return UsageError(
        "U060",
        f"this server was started for one company and one home; the run asks for another {name}",
        where=f"resources.place.config.{name}",
        actual=found,
        remedy=f"leave {name} out, or write {expected}; for another company or home start another `kpi serve`",
    )
