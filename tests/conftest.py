"""How tests are dealt to workers: those that share one long preparation go to one worker.

xdist's own `xdist_group` marks have no effect with pytest 9.2 (the suffix it puts on node ids is lost), so the
groups stand here.
"""

from typing import Any

import pytest

HISTORY = (
    "journeys/test_reference.py",
    "journeys/test_all_roles.py",
)  # one load of the sample's whole history


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The scheduler of `--dist loadgroup`."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPreparation(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "history" if nodeid.partition("::")[0].endswith(HISTORY) else nodeid

    return ByPreparation(config, log) if config.getvalue("dist") == "loadgroup" else None
