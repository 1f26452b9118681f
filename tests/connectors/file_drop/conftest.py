"""One small company without a single file."""

from pathlib import Path

import pytest

from tests.warehouse.facts.world import FactWorld


@pytest.fixture
def world(tmp_path: Path) -> FactWorld:
    return FactWorld(tmp_path)
