"""How the ledger's database is opened: SQLite in the home, or PostgreSQL by KPI_LEDGER_URL.

Belongs here: the table, the settings of both databases, their locks, their errors in our words. Not here: entries (ledger.py).
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from models.errors import WarehouseError
from warehouse.store.sqltext import statement

LEDGER = "ledger.sqlite"
URL_VARIABLE = "KPI_LEDGER_URL"
# How long a command waits for another one's entry. An entry takes milliseconds; a person waits half a minute before asking why.
_WAIT_SECONDS = 30
_WRITES = {"ledger_writes": True}
# any number that no other program locks in the same database: the first eight bytes of the SHA-256 of "meritline ledger"
_CREATION_LOCK = 0x1D1E7E12A11CE55
_HASH = sa.String(64)

# columns as `Entry` has its fields: rows become entries without a look-up each
entry_table = sa.Table(
    "entry",
    sa.MetaData(),
    sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
    ),
    sa.Column("at", sa.String(27), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous_hash", _HASH, nullable=False, unique=True),
    sa.Column("hash", _HASH, nullable=False, unique=True),
    sa.Index("entry_of_period", "period", "seq"),
)


def ledger_engine(home: Path, environment: Mapping[str, str] = os.environ) -> Engine:
    """The engine of the ledger of `home`, its table there and closed against change.

    Raises:
        WarehouseError: W120 in use, W121 unreadable, W123 not reached, W124 the address cannot be used.
    """
    address = environment.get(URL_VARIABLE, "")
    engine = _postgresql(address) if address else _sqlite(home)
    with as_ledger_errors(engine.url), writing(engine) as con:
        _bring_up(con)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer shares: what is read in it still holds when it is committed."""
    with engine.connect().execution_options(**_WRITES) as con, con.begin():
        if engine.dialect.name == "postgresql":
            con.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATION_LOCK)))
        yield con


@contextmanager
def as_ledger_errors(url: URL) -> Iterator[None]:
    """Say in our words what a database says; its own text may hold the password of the address.

    Raises:
        WarehouseError: W120, W121 or W123.
    """
    where = url.render_as_string(hide_password=True) if url.host else str(url.database)
    try:
        yield
    except DatabaseError as error:
        original = error.orig
        busy = isinstance(original, sqlite3.OperationalError) and "locked" in str(original)
        code, what = (
            ("W120", "another process holds the ledger")
            if busy
            else ("W121", "the ledger cannot be read or written as a database")
            if url.get_backend_name() == "sqlite"
            else ("W123", "the database of the ledger is not reached or refuses")
        )
        raise WarehouseError(code, what, where=where, actual=type(original).__name__) from None


def _sqlite(home: Path) -> Engine:
    path = home / LEDGER
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # before SQLite makes it: its log and its index take over the mode of the file (https://www.sqlite.org/wal.html)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = sa.create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": _WAIT_SECONDS}
    )

    @sa.event.listens_for(engine, "connect")
    def settle(con: sqlite3.Connection, _: object) -> None:
        # the driver's own idea of when a transaction begins is switched off: `begin` below says it
        # (https://docs.sqlalchemy.org/en/21/dialects/sqlite.html, "Enabling Non-Legacy SQLite Transactional Modes")
        con.isolation_level = None
        # an entry that was reported as written survives a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous)
        for pragma in ("journal_mode = wal", "synchronous = full", "trusted_schema = off"):
            con.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(con: Connection) -> None:
        # immediate: a second writer waits here, and not with what it has already read
        writes = con.get_execution_options().get("ledger_writes")
        con.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address)
        if url.get_backend_name() != "postgresql":
            raise ArgumentError("not PostgreSQL")
        url = url.set(drivername="postgresql+psycopg")
        return sa.create_engine(url, connect_args={"connect_timeout": _WAIT_SECONDS}, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise WarehouseError(
            "W124",
            "the address of the ledger cannot be used",
            where=URL_VARIABLE,
            actual=type(error).__name__,
        ) from None


def _bring_up(con: Connection) -> None:
    """Make the table and what closes it; nothing happens where they stand."""
    entry_table.metadata.create_all(con)
    name = con.dialect.name
    for text in _statements(statement(f"ledger/{name}.sql"), whole=name == "postgresql"):
        con.exec_driver_sql(text)


def _statements(text: str, *, whole: bool) -> list[str]:
    """The statements of a file; SQLite's driver takes one at a time, and a trigger holds semicolons of its own."""
    if whole:
        return [text]
    found, open_lines = [], ""
    for line in text.splitlines(keepends=True):
        open_lines += line
        if sqlite3.complete_statement(open_lines):
            found.append(open_lines)
            open_lines = ""
    return found
