"""A PostgreSQL of one's own: a private cluster on loopback for the length of a test run, one database a test.

Belongs here: starting and stopping it. Not here: what is asked of it. Without its programs (`apt-get install postgresql`) tests
that need it are skipped, visibly.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a running cluster, without a database: `postgresql://kpi@127.0.0.1:<port>`."""
    bin_folder = _programs()
    # another user than root goes in there: a TMPDIR of root's own may be closed to it
    place = "/tmp" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="kpi-pg-", dir=place) as scratch:
        data = Path(scratch) / "data"
        as_user = _not_as_root(Path(scratch))
        auth = ["--auth-host=trust", "--auth-local=trust", "--username=kpi", "--no-sync", "--encoding=UTF8"]
        _call([*as_user, str(bin_folder / "initdb"), "-D", str(data), *auth])
        port = _free_port()
        settings = f"-p {port} -h 127.0.0.1 -k {scratch} -F"
        control = [*as_user, str(bin_folder / "pg_ctl"), "-D", str(data), "-w"]
        _call([*control, "-l", str(Path(scratch) / "log"), "-o", settings, "start"])
        try:
            yield f"postgresql://kpi@127.0.0.1:{port}"
        finally:
            _call([*control, "-m", "immediate", "stop"])


def new_database(address: str, name: str) -> str:
    """The address of an empty database in the cluster."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as con:
        con.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))
    return f"{address}/{name}"


def _programs() -> Path:
    on_path = shutil.which("initdb")
    # Debian keeps them off the path, in a folder a version
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    return found[-1]


def _not_as_root(scratch: Path) -> list[str]:
    """PostgreSQL refuses to run as root; then the user that its package made runs it."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(scratch, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
