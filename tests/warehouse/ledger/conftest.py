"""Every test of the ledger runs on both databases."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.postgresql import cluster, new_database
from warehouse.ledger.engine import URL_VARIABLE
from warehouse.ledger.ledger import Ledger

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """Where a ledger lies: a home, and what the environment says of its database."""

    home: Path
    environment: Mapping[str, str]

    def open(self) -> Ledger:
        """The ledger, as a process opens it."""
        return Ledger.of(self.home, environment=self.environment)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a private cluster."""
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty ledger on either database."""
    if request.param == "sqlite":
        return Place(tmp_path, {})
    address = request.getfixturevalue("postgresql")
    return Place(tmp_path, {URL_VARIABLE: new_database(address, f"ledger_{next(_NUMBERS)}")})


@pytest.fixture
def ledger(place: Place) -> Ledger:
    """The same, opened."""
    return place.open()
