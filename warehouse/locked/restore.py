"""Rows of locked periods in the warehouse are those that were signed, or are put back from the snapshot.

Belongs here: comparing and putting back. Not here: proving the files (proof.py), which periods are locked (the ledger).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from models.closing.manifest import LOCKED, MANIFEST, LockedPeriod
from models.definitions import Definitions, load_definitions
from models.errors import WarehouseError
from warehouse.locked.proof import signed_manifest, whole_manifest
from warehouse.locked.rows import OF_PERIOD, digest
from warehouse.published.present_cards import present_cards
from warehouse.store.connect import transaction
from warehouse.store.rows import column_types, run
from warehouse.store.sqltext import Sql, fill, identifier, listed

SHIPPED_FOLDER, OWN_FOLDER = "definitions/shipped/", "definitions/own/"


@dataclass(frozen=True)
class KeptPeriod:
    """What became of one locked period: people (or tables) whose rows were put back, or why its rows cannot be shown.

    `is_shown` is False where the rows were not those that were signed and the snapshot is damaged: they are taken out, for a
    figure is right or it is absent.
    """

    lock: LockedPeriod
    restored: tuple[str, ...] = ()
    damage: WarehouseError | None = None
    is_shown: bool = True


def differing(con: duckdb.DuckDBPyConnection, lock: LockedPeriod) -> list[str]:
    """People of a locked period whose card is not the one that was signed, sorted; in warehouse or published file."""
    found = {person: card.hash for person, card in present_cards(con, lock.period).items()}
    return sorted(p for p in {*found, *lock.cards} if found.get(p) != lock.cards.get(p))


def keep(con: duckdb.DuckDBPyConnection, home: Path, lock: LockedPeriod) -> KeptPeriod:
    """Compare the rows of a locked period with what was signed; put them back where they differ.

    Args:
        con: the warehouse, open for writing.
        home: where `locked/` lies.
        lock: the lock in force.
    """
    try:
        manifest = signed_manifest(home, lock)
        dues = manifest.digests.items()
        if all(digest(con, table, lock.period, due.columns) == due for table, due in dues):
            return KeptPeriod(lock)
        tables = locked_tables(home, lock)
    except WarehouseError as damage:
        if damage.code != "W125":
            raise
        # without a manifest the ledger itself says which cards were signed
        is_shown = damage.where.endswith(MANIFEST) and not differing(con, lock)
        if not is_shown:
            _take_out(con, lock.period)
        return KeptPeriod(lock, damage=damage, is_shown=is_shown)
    people = differing(con, lock)
    _put_back(con, tables, lock.period)
    return KeptPeriod(lock, restored=tuple(people) or tuple(manifest.digests))


def locked_tables(home: Path, lock: LockedPeriod) -> dict[str, pa.Table]:
    """The tables of a snapshot by name, as they were signed.

    Raises:
        WarehouseError: W125 with the first file that is damaged.
    """
    names = [name for name in whole_manifest(home, lock).files if name.endswith(".parquet")]
    return {name.removesuffix(".parquet"): pq.read_table(_file(home, lock, name)) for name in names}


def locked_definitions(home: Path, lock: LockedPeriod) -> Definitions:
    """The definitions that a locked period was scored with.

    Raises:
        WarehouseError: W125 with the first file that is damaged.
    """
    names = whole_manifest(home, lock).files
    shipped, own = (
        {
            name.removeprefix(folder): _file(home, lock, name).read_text(encoding="utf-8")
            for name in names
            if name.startswith(folder)
        }
        for folder in (SHIPPED_FOLDER, OWN_FOLDER)
    )
    return load_definitions(shipped, own)


def _file(home: Path, lock: LockedPeriod, name: str) -> Path:
    return home / LOCKED / lock.folder / name


def _put_back(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], period: str) -> None:
    with transaction(con):
        for table in OF_PERIOD:
            rows = tables[table]
            _delete(con, table, period)
            types = column_types(con, identifier(table))
            # a column that a later version has taken away has no place; one that it has added is empty
            names = [name for name in rows.column_names if name in types]
            con.register("signed_rows", rows.select(names))
            try:
                sql = Sql("insert into ${table} by name select ${names} from signed_rows")
                run(con, fill(sql, table=identifier(table), names=listed(map(identifier, names))))
            finally:
                con.unregister("signed_rows")


def _take_out(con: duckdb.DuckDBPyConnection, period: str) -> None:
    with transaction(con):
        for table in OF_PERIOD:
            _delete(con, table, period)


def _delete(con: duckdb.DuckDBPyConnection, table: str, period: str) -> None:
    sql = Sql("delete from ${table} where ${key} = ?")
    run(con, fill(sql, table=identifier(table), key=identifier(OF_PERIOD[table])), [period])
