"""How tests are dealt to workers: those that share one long preparation go to one worker.

xdist's own `xdist_group` marks have no effect with pytest 9.2 (the suffix it puts on node ids is lost), so the
groups stand here.
"""

from typing import Any

import pytest

GROUPS = {
    "journeys/test_reference.py": "history",  # one load of the sample's whole history
    "journeys/test_all_roles.py": "history",
    "journeys/test_forty_people.py": "forty",  # one month of a firm
    "journeys/test_morning.py": "morning",  # one run of three days
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The scheduler of `--dist loadgroup`."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPreparation(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((group for end, group in GROUPS.items() if file.endswith(end)), nodeid)

    return ByPreparation(config, log) if config.getvalue("dist") == "loadgroup" else None
