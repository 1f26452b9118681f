"""What a pull must remember beyond its own life: asked reports, spent daily quotas, rotating tokens.

One small SQLite file beside the warehouse, so that a fetch never waits for the warehouse's only writer. Tokens are
sealed with a key made from the app's secret in the environment: the file alone opens nothing. Not here: what a job or a
token means (window/report_collector.py, contract/oauth.py).
"""

import base64
import fcntl
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from connectors.kit.contract.errors import StateUnusable, TokenSealed

FILE = "connectors.sqlite"
_TABLES = """
create table if not exists job (
    spec text primary key, connector text not null, stream text not null, shop text not null, id text,
    asked_at text not null, collected_at text, cool_until text, why text
) without rowid;
create table if not exists quota (key text, day text, used integer not null, primary key (key, day)) without rowid;
create table if not exists token (name text primary key, sealed blob not null, stored_at text not null) without rowid;
"""


@dataclass(frozen=True, kw_only=True)
class ReportJob:
    """A report that was asked for; `id` is None while nobody knows whether the platform took the request."""

    spec: str
    connector: str
    stream: str
    shop: str
    id: str | None
    asked_at: datetime
    collected_at: datetime | None = None
    cool_until: datetime | None = None
    why: str = ""


class State:
    """Shared by all threads of a process and by all processes of a home.

    Args:
        path: the file; None keeps everything in memory, for one process.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._path = path
        self._singles: dict[str, threading.Lock] = {}
        self._opened: sqlite3.Connection | None = None

    @property
    def _con(self) -> sqlite3.Connection:
        """The database, made when something is remembered or looked up for the first time."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> sqlite3.Connection:
        path = self._path
        try:
            if path is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # made by sqlite it would be readable for others under the usual umask; it holds sealed tokens
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            con = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=60,  # seconds for another process to finish its write
                isolation_level=None,  # autocommit: `begin` and `commit` are ours
                check_same_thread=False,  # `_lock` lets one thread in at a time
            )
            con.row_factory = sqlite3.Row
            con.execute("pragma busy_timeout = 60000")
            con.execute("pragma synchronous = full")  # a refresh token that is lost locks the account out
            con.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise StateUnusable(
                "what the connectors remember cannot be opened", actual=type(error).__name__
            ) from None
        return con

    def close(self) -> None:
        """Give the file back."""
        if self._opened is not None:
            self._opened.close()

    @contextmanager
    def single(self, name: str) -> Iterator[None]:
        """One holder of `name` at a time, across threads and processes; may be held while a platform answers."""
        with self._lock:
            own = self._singles.setdefault(name, threading.Lock())
        with own:
            if self._path is None:
                yield
                return
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # the name holds a URL, which is no file name
            mark = hashlib.sha256(name.encode("utf-8")).hexdigest()[:16]
            with self._path.with_name(f".{FILE}.{mark}.lock").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # given back by the system when the process dies
                yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One holder across threads and processes; what was written inside is durable when it ends well."""
        with self._lock, _file_troubles():
            # immediate: a read lock that is raised later fails at once while another process writes (sqlite.org)
            self._con.execute("begin immediate")
            try:
                yield
            except BaseException:  # also Ctrl-C: the lock must not stay
                with suppress(sqlite3.Error):  # a damaged file has rolled back by itself
                    self._con.execute("rollback")
                raise
            self._con.execute("commit")

    def _rows(self, sql: str, *values: str) -> list[Any]:
        with self._lock, _file_troubles():
            return self._con.execute(sql, values).fetchall()

    def job(self, spec: str) -> ReportJob | None:
        """The report asked for under this specification."""
        rows = self._rows("select * from job where spec = ?", spec)
        return _job(rows[0]) if rows else None

    def jobs(self) -> list[ReportJob]:
        """Every report that waits or cools down, oldest first."""
        return [_job(row) for row in self._rows("select * from job order by asked_at, spec")]

    def keep_job(self, job: ReportJob) -> None:
        """Remember a report, durably before anything else happens."""
        row = (
            *(job.spec, job.connector, job.stream, job.shop, job.id),
            *(_iso(at) for at in (job.asked_at, job.collected_at, job.cool_until)),
            job.why,
        )
        with self.exclusive():
            self._con.execute("insert or replace into job values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def spend(self, key: str, day: date, per_day: int) -> bool:
        """Take one request of a daily quota; False when none is left."""
        with self.exclusive():
            self._con.execute("delete from quota where day < ?", [day.isoformat()])
            self._con.execute(
                "insert into quota values (?, ?, 0) on conflict do nothing", [key, day.isoformat()]
            )
            # checked and taken in one statement: two processes cannot both take the last one
            done = self._con.execute(
                "update quota set used = used + 1 where key = ? and day = ? and used < ?",
                [key, day.isoformat(), per_day],
            )
            return done.rowcount == 1

    def quotas(self) -> list[tuple[str, date, int]]:
        """Key, day and requests spent."""
        rows = self._rows("select key, day, used from quota order by key, day")
        return [(key, date.fromisoformat(day), used) for key, day, used in rows]

    def token(self, name: str, secret: str) -> str | None:
        """The token stored under a name.

        Raises:
            TokenSealed: it was sealed with another secret, or damaged.
        """
        rows = self._rows("select sealed from token where name = ?", name)
        if not rows:
            return None
        try:
            return _seal(secret).decrypt(rows[0][0]).decode("utf-8")
        except InvalidToken:
            raise TokenSealed("the stored token cannot be opened with the app's secret") from None

    def keep_token(self, name: str, secret: str, token: str, now: datetime) -> None:
        """Store a token; call inside `exclusive`."""
        row = (name, _seal(secret).encrypt(token.encode("utf-8")), now.astimezone(UTC).isoformat())
        self._con.execute("insert or replace into token values (?, ?, ?)", row)

    def stored_tokens(self) -> list[tuple[str, datetime]]:
        """Names and times of the stored tokens, never the tokens."""
        rows = self._rows("select name, stored_at from token order by name")
        return [(name, datetime.fromisoformat(at)) for name, at in rows]


@contextmanager
def _file_troubles() -> Iterator[None]:
    """A trouble of the file as one that stops the stream, not the run."""
    try:
        yield
    except sqlite3.Error as error:
        raise StateUnusable(
            "what the connectors remember is locked or damaged", actual=type(error).__name__
        ) from None


def _job(row: sqlite3.Row) -> ReportJob:
    return ReportJob(
        spec=row["spec"],
        connector=row["connector"],
        stream=row["stream"],
        shop=row["shop"],
        id=row["id"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        collected_at=_at(row["collected_at"]),
        cool_until=_at(row["cool_until"]),
        why=row["why"] or "",
    )


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _seal(secret: str) -> Fernet:
    # `person` keeps this key apart from any other hash of the same secret
    # the app's secret is long and random by the platform's making: one keyed hash is enough
    key = hashlib.blake2b(secret.encode("utf-8"), digest_size=32, person=b"meritline-token").digest()
    return Fernet(base64.urlsafe_b64encode(key))
