"""Fixtures of the connector tests; the parts are in bench.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.bench import Bench, Clock, Platform


@pytest.fixture
def platform() -> Iterator[Platform]:
    served = Platform()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def bench(platform: Platform, tmp_path: Path) -> Bench:
    return Bench(platform, Clock(), tmp_path)
