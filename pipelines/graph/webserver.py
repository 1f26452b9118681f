"""Dagster's pages and daemon behind the session, started and ended together.

The pages run in this process, so that nothing but the guarded port leads to them; the daemon and the code server are children.
All speak to the code server, which would run anything for whoever reaches it, through a socket in a folder that only this user
may enter. Not here: who may speak to the pages (session_guard.py), options of the command.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import uvicorn
import yaml

# `dagster dev` is made of these three; none has a public name (dagster/_cli/dev.py, dagster_webserver/cli.py of 1.13.27, which
# pyproject.toml pins).
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceFileTarget
from dagster_shared.serdes import serialize_value
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.types import ASGIApp

from models.errors import MeritError
from pipelines.company.home import Home
from pipelines.graph.event_log import DayEventLog
from pipelines.graph.runner import open_instance
from pipelines.graph.session_guard import SessionGuard

_CODE = ModuleTarget("pipelines.definitions", attribute=None, working_directory=None, location_name=None)
_LOG_LEVEL = "warning"
_POLL_MILLISECONDS = 2000  # of a page for its figures; the default of `dagster dev`
_PATIENCE = 5  # seconds for open requests at the end: a page polls without end
_LAST_WORDS = 60  # seconds for the daemon to end by itself, as `dagster dev` gives it


def serve_pages(home: Home, listening: socket.socket, *, told: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        home: the home that was pinned.
        listening: a socket on loopback that listens already.
        told: is given the address that opens the session once the pages answer.

    Raises:
        KeyboardInterrupt: the usual end.
        MeritError: W112 when the daemon ended by itself.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(_private_sockets())
        instance = stack.enter_context(open_instance(home))
        # `python -m` looks for modules where it is started: in a folder that nobody else writes
        os.chdir(home.root)
        workspace = folder / "workspace.yaml"
        code = stack.enter_context(ProxyServerManager(instance, _CODE, _LOG_LEVEL))
        workspace.write_text(
            yaml.safe_dump({"load_from": list(code.get_code_server_specs())}), encoding="utf-8"
        )
        daemon = stack.enter_context(_daemon(instance, workspace))
        guard = SessionGuard(
            stack.enter_context(_pages(instance, workspace)), port=listening.getsockname()[1]
        )
        # no access log: the first line of it would hold the session
        config = uvicorn.Config(
            guard,
            log_level=_LOG_LEVEL,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        server = uvicorn.Server(config)
        threading.Thread(target=_end_with, args=(daemon, server), daemon=True).start()
        told(guard.address)
        server.run(sockets=[listening])  # raises the signal again that ended it
        raise MeritError("W112", "Dagster's daemon ended by itself", actual=f"exit code {daemon.poll()}")


@contextmanager
def _private_sockets() -> Iterator[Path]:
    """A folder of this user alone in which Dagster makes its sockets: it makes them where temporary files go.

    Not below the home: the path of a socket holds about 100 characters (unix(7)).
    """
    with tempfile.TemporaryDirectory(prefix="kpi-", ignore_cleanup_errors=True) as folder:
        before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), folder
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = None
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


@contextmanager
def _daemon(instance: dg.DagsterInstance, workspace: Path) -> Iterator["subprocess.Popen[bytes]"]:
    # The daemon's runs keep the same log as ours. A storage that an operator has named stands in the file: it may hold a
    # password, and arguments are seen by others.
    log = isinstance(instance.event_log_storage, DayEventLog)
    command = [
        sys.executable,
        "-m",
        "dagster._daemon",
        "run",
        "--log-level",
        _LOG_LEVEL,
        "-w",
        str(workspace),
        *(["--instance-ref", serialize_value(instance.get_ref())] if log else []),
    ]
    process = subprocess.Popen(command)  # noqa: S603 - our own interpreter, fixed arguments
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _pages(instance: dg.DagsterInstance, workspace: Path) -> Iterator[ASGIApp]:
    # the pages show the version and ask the server for it
    target, version = WorkspaceFileTarget([str(workspace)]), dg.__version__
    with WorkspaceProcessContext(instance, target, version=version) as context:
        yield create_app_from_workspace_process_context(context, live_data_poll_rate=_POLL_MILLISECONDS)


def _end_with(daemon: "subprocess.Popen[bytes]", server: uvicorn.Server) -> None:
    """Pages without a daemon look alive while no schedule runs any more."""
    daemon.wait()
    server.should_exit = True
