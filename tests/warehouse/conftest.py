"""One empty warehouse with the small test company in it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.world import company
from warehouse.store.connect import open_warehouse


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path / "home") as connection:
        company(connection)
        yield connection
