"""The only place that opens a database file: settings, single writer, first creation, migrations.

Belongs here: how a connection comes to be. Not here: what is read or written through it.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from models.errors import WarehouseError
from warehouse.store.first_time import WAY_BACK, is_database, refuse_empty, refuse_loss, set_aside
from warehouse.store.memory import memory_limit
from warehouse.store.rows import only_column, run
from warehouse.store.schema import bring_up_tables
from warehouse.store.sqltext import Sql, fill, identifier, literal, statement_file

WAREHOUSE = "warehouse.duckdb"
PUBLISHED = Path("published") / "kpi.duckdb"
# Extensions never come from the network (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview): code that is
# loaded into the process that computes pay is part of the installation. Python variables are no tables: a name that is missing in
# the file must fail, not find a local variable (https://duckdb.org/docs/stable/clients/python/data_ingestion). The file stays
# readable by DuckDB 1.5 after a 2.0 has written it (https://duckdb.org/docs/stable/internals/storage).
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "storage_compatibility_version": "v1.5.0",
}
# A TIMESTAMPTZ is an instant; text and days are taken from it in the session's zone, by default the machine's
# (https://duckdb.org/docs/stable/sql/data_types/timestamp). Days of a shop name their zone in SQL; the rest is UTC everywhere.
_UTC = Sql("set TimeZone = 'UTC'")
# DuckDB gives no way to wait for the lock of a file: it is tried again and again.
_PAUSE_SECONDS = 0.1
# DuckDB has no exception of its own for a damaged file either.
_DAMAGE = ("Could not read enough bytes", "Corrupt database file")
_MIGRATIONS = Path(__file__).parents[1] / "migrations"


@contextmanager
def open_warehouse(home: Path, *, wait_seconds: int = 60) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of `home`, open for writing, created and migrated if need be.

    Args:
        home: KPI_HOME.
        wait_seconds: how long to wait while another process holds the file.

    Raises:
        WarehouseError: W101 file in use, W102 file unreadable, W103 folder not writable, W104 file too new;
            in a home that holds figures W113 gone or empty, W114 no database.
    """
    path = home / WAREHOUSE
    _prepare_home(home)
    if not is_database(path):
        refuse_loss(path, home / PUBLISHED)
        set_aside(path)
        _create(path)
    con = _connect(path, wait_seconds)
    try:
        _migrate(con, path)
        if not only_column(con, Sql("select 1 from load_window limit 1")):
            refuse_empty(path, _published_windows(home))
        yield con
    except duckdb.IOException as error:
        # a file that was cut or overwritten behind its head shows it when its blocks are read
        if any(sign in str(error) for sign in _DAMAGE):
            raise _unreadable(path, error) from None
        raise
    finally:
        con.close()


@contextmanager
def open_published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The last publication of `home`, read-only. Writers never block it: they replace the file.

    Raises:
        WarehouseError: W105 when nothing was published yet.
    """
    path = home / PUBLISHED
    if not path.exists():
        raise WarehouseError(
            "W105", "nothing is published yet", where=str(path), remedy="run `kpi run` first"
        )
    # no access to other files: a reader asks for rows of this one only
    # (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview)
    con = duckdb.connect(str(path), read_only=True, config={**_settings(), "enable_external_access": "false"})
    try:
        run(con, _UTC)
        yield con
    finally:
        con.close()


def _published_windows(home: Path) -> int:
    """How many windows the publication was made from; 0 when there is none that can be read."""
    try:
        with open_published(home) as con:
            [windows] = only_column(con, Sql("select count(*) from source_window"))
    except (WarehouseError, duckdb.Error):
        return 0
    return int(windows)


def _settings() -> dict[str, str | bool | int | float | list[str]]:
    """What does not fit the limit is spilled into a folder beside the database."""
    return {**_SETTINGS, "memory_limit": memory_limit()}


def _prepare_home(home: Path) -> None:
    try:
        # figures and scores of people lie here: nobody but the user who runs the product looks in
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(home, str(error)) from error
    # X_OK: without the execute bit no file of a folder can be opened (man 7 path_resolution)
    if not os.access(home, os.W_OK | os.X_OK):
        raise _not_writable(home, f"mode {home.stat().st_mode & 0o777:o}")


def _not_writable(home: Path, actual: str) -> WarehouseError:
    return WarehouseError(
        "W103",
        "the home folder cannot be written",
        where=str(home),
        actual=actual,
        remedy="give the user that runs meritline write access, or set KPI_HOME",
    )


def _create(path: Path) -> None:
    """Make the database beside its name and link it into place whole; a second comer uses the first one's."""
    beside = path.with_name(f"{path.name}.new-{os.getpid()}")
    # of a killed process that had the same id
    for leftover in (beside, beside.with_name(beside.name + ".wal")):
        leftover.unlink(missing_ok=True)
    con = _connect(beside, 0)
    try:
        _migrate(con, beside)
        # into the file itself: only the file is linked, what stands in a log beside it would stay behind
        run(con, Sql("checkpoint"))
    finally:
        con.close()
    # before the link: under its real name the file is never open to others, not for a moment
    beside.chmod(0o600)
    # link, not rename: a rename would replace the database that another process has made meanwhile
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def _connect(path: Path, wait_seconds: int) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            con = duckdb.connect(str(path), config=_settings())
        except duckdb.IOException as error:
            # DuckDB has no exception of its own for a held lock: only the message tells it from a broken file
            if "set lock on file" not in str(error):
                raise _unreadable(path, error) from None
            if time.monotonic() >= deadline:
                raise _in_use(path, error, wait_seconds) from None
            time.sleep(_PAUSE_SECONDS)
        except duckdb.Error as error:
            raise _unreadable(path, error) from None
        else:
            run(con, _UTC)
            return con


def _in_use(path: Path, error: duckdb.Error, waited: int) -> WarehouseError:
    # the message names the process that holds the file, where DuckDB can tell
    holder = re.search(r"PID (\d+)", str(error))
    who = f"process {holder[1]}" if holder else "another process"
    return WarehouseError(
        "W101",
        f"the warehouse is in use by {who}",
        where=str(path),
        actual=f"still held after {waited} s",
        remedy="let that process end or close it; readers open published/kpi.duckdb instead",
    )


def _unreadable(path: Path, error: duckdb.Error) -> WarehouseError:
    return WarehouseError(
        "W102",
        "the warehouse file cannot be opened",
        where=str(path),
        actual=str(error).splitlines()[0][:300],
        remedy=WAY_BACK,
    )


def _migrate(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    run(con, Sql("create table if not exists schema_migration (id integer, name varchar)"))
    done = set(only_column(con, Sql("select id from schema_migration")))
    known = {int(file.name[:4]): file for file in sorted(_MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
    if unknown := done - known.keys():
        raise WarehouseError(
            "W104",
            "the warehouse was written by a newer version of meritline",
            where=str(path),
            actual=f"migration {max(unknown)}",
            remedy="install that version, or restore an older copy of the file",
        )
    for number in sorted(known.keys() - done):
        _apply(con, number, known[number])
    with transaction(con):
        # after the migrations, which hold all tables but the canonical ones: those follow from the registry
        bring_up_tables(con)


def _apply(con: duckdb.DuckDBPyConnection, number: int, file: Path) -> None:
    """One migration and its record in one transaction."""
    with transaction(con):
        run(con, statement_file(file))
        run(con, Sql("insert into schema_migration values (?, ?)"), [number, file.stem])


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything inside happens, or nothing."""
    run(con, Sql("begin transaction"))
    try:
        yield
    # KeyboardInterrupt too: somebody who stops a run must not find half a load
    except BaseException:
        with suppress(duckdb.Error):  # a failed commit has already rolled back
            run(con, Sql("rollback"))
        raise
    run(con, Sql("commit"))


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a new database file as `name`, readable by DuckDB 1.5 and 2.0."""
    sql = Sql("attach ${path} as ${name} (storage_version 'v1.5.0')")
    run(con, fill(sql, path=literal(str(path)), name=identifier(name)))


def detach(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Let go of an attached database; what was not checkpointed lies in its WAL."""
    run(con, fill(Sql("detach ${name}"), name=identifier(name)))


def limit_resources(con: duckdb.DuckDBPyConnection, memory: str, *, threads: int | None = None) -> None:
    """Let a connection take as much memory as `memory` says, for example `72MB`, and so many threads; None = all."""
    run(con, fill(Sql("set memory_limit = ${memory}"), memory=literal(memory)))
    if threads is None:
        run(con, Sql("reset threads"))
    else:
        run(con, fill(Sql("set threads = ${n}"), n=literal(threads)))
