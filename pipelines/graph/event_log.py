"""Dagster's event log in SQLite, with the events of one asset's days written in one transaction.

Dagster hands the events of a range of days over as one batch when DAGSTER_EVENT_BATCH_SIZE is set, but its SQLite storage then
stores them one by one, each in two databases and in transactions of their own: 21 s for 1,000 days of an asset, 2 s so. Tables
and rows are Dagster's; its own storage reads them.

Not here: which events there are, where the log lies (runner.py).
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import dagster as dg
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection

BATCH = 1000  # events held in memory until they are written: a year of an asset is 365


class DayEventLog(SqliteEventLogStorage):
    """The log below KPI_HOME. A batch of asset events stands whole or not at all; any other event as Dagster stores it."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._open = threading.local()  # the connection of the batch that this thread writes
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "DayEventLog":
        """Dagster makes a storage from its settings."""
        return cls(config_value["base_dir"], inst_data)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """The database of all runs; within a batch, the batch's own transaction."""
        return self._index()

    @contextmanager
    def _index(self) -> Iterator[Connection]:
        opened = getattr(self._open, "con", None)
        if opened is not None:
            yield opened
            return
        with super().index_connection() as con:
            yield con

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of one run: those of assets together, then the others.

        Raises:
            sqlalchemy.exc.DatabaseError: nothing of the batch counts; Dagster then stores its events one by one.
        """
        of_assets = [e for e in events if e.is_dagster_event and e.dagster_event_type in ASSET_EVENTS]
        if len({e.run_id for e in of_assets}) != 1:
            super().store_event_batch(events)
            return
        self._store_together(of_assets)
        stored = {id(e) for e in of_assets}
        super().store_event_batch([e for e in events if id(e) not in stored])

    def _store_together(self, events: Sequence[dg.EventLogEntry]) -> None:
        """The steps of SqliteEventLogStorage.store_event, each for all events: first the run's own log, then the index."""
        inserts = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as con:
            for insert in inserts:
                con.execute(insert)
        with self._index() as con:
            self._open.con = con
            try:
                ids = [con.execute(insert).lastrowid for insert in inserts]
                self.store_asset_event_tags(events, ids)
                # what the index keeps of an asset is its newest event
                newest = {event.get_dagster_event().asset_key: n for n, event in enumerate(events)}
                for n in newest.values():
                    self.store_asset_event(events[n], ids[n])
            finally:
                self._open.con = None
