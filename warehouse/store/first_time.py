"""May a new warehouse be made here? Only where nothing was ever loaded or published: an empty one would empty the publication.

Belongs here: what a home holds beside its warehouse, setting a leftover aside, the refusal with the way back. Not here: opening
and creating (connect.py), building anew from landing files (pipelines/steps/rebuild.py).
"""

import logging
from pathlib import Path

from models.errors import WarehouseError

WAY_BACK = (
    "restore a copy of warehouse.duckdb, or run `kpi rebuild`, which makes it anew from landing/ and the company folder; "
    "the publication stays as it is until then"
)
_log = logging.getLogger("meritline.warehouse")


def is_database(path: Path) -> bool:
    """Bytes 8 to 11 of a database are DUCK, after a checksum of 8 (https://duckdb.org/docs/stable/internals/storage)."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def refuse_loss(path: Path, published: Path) -> None:
    """Refuse to begin anew at `path` in a home where figures were published or answers of a platform lie.

    Args:
        path: the warehouse: missing, or no database.
        published: the readers' file of the same home.

    Raises:
        WarehouseError: W113 it is gone, W114 it is no database.
    """
    held = _held(path.parent, published)
    # it comes to be before the first landing file: with this order another process that makes it just now is no loss
    if is_database(path):
        return
    if path.exists() and (held or not path.is_file()):
        size = f"{path.stat().st_size} bytes" if path.is_file() else "no file"
        raise WarehouseError(
            "W114",
            "warehouse.duckdb is no DuckDB database",
            where=str(path),
            actual=f"{size}; the home holds {held or 'nothing else'}",
            remedy=WAY_BACK,
        )
    if held:
        raise WarehouseError(
            "W113",
            "the warehouse is gone",
            where=str(path),
            actual=f"the home holds {held}",
            remedy=WAY_BACK,
        )


def refuse_empty(path: Path, windows: int) -> None:
    """Refuse a warehouse without a load beside a publication of so many loaded windows.

    Raises:
        WarehouseError: W113.
    """
    if windows:
        raise WarehouseError(
            "W113",
            "the warehouse is empty",
            where=str(path),
            actual=f"no load, while the publication was made from {windows} windows",
            remedy=WAY_BACK,
        )


def set_aside(path: Path) -> Path | None:
    """Give what lies at `path` another name, with its log; None when nothing lies there.

    A kill inside the first connect leaves a file without the head of a database, which DuckDB never opens again.
    """
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name}.set-aside-{number}")).exists():
        number += 1
    path.rename(aside)
    wal = path.with_name(path.name + ".wal")
    # left where it is, it would be taken for the log of the new database
    if wal.exists():
        wal.rename(aside.with_name(aside.name + ".wal"))
    _log.warning("%s was set aside as %s, a new one is created", path, aside.name)
    return aside


def _held(home: Path, published: Path) -> str:
    """What would be lost, in words."""
    landed = next((home / "landing").rglob("*.jsonl.gz"), None)
    found = [published.relative_to(home).as_posix()] if published.exists() else []
    return " and ".join([*found, *(["landing files"] if landed else [])])
