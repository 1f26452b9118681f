"""`kpi serve`: the Dagster UI and its daemon on this machine, over the same home as the other commands."""

import os
import signal
import socket
import sys
from pathlib import Path

import click

from pipelines.commands.options import company_option

# Dagster's open-source UI has no login (docs.dagster.io, "Dagster webserver"), so that no other machine may reach it.
HOST = "127.0.0.1"
_ROOT = Path(__file__).resolve().parents[2]


@click.command("serve")
# 3000 is the port of Dagster's own UI (docs.dagster.io, "dagster dev")
@click.option("--port", type=int, default=3000, show_default=True, metavar="N", help="Port on 127.0.0.1.")
@company_option
def serve(*, port: int, company: Path | None) -> int:
    """Serve the Dagster UI and its daemon on this machine only.

    The command becomes the Dagster process; it ends with Ctrl-C or SIGTERM.
    """
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.graph.runner import prepare_instance

    folder, home = chosen_company(company).folder, Home.of()
    _refuse_taken(port)
    prepare_instance(home)
    os.environ["KPI_COMPANY"], os.environ["KPI_HOME"] = str(folder), str(home.root)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    # A background shell starts us with SIGINT ignored (POSIX, shell command language, asynchronous lists), and Dagster gives
    # SIGTERM the handler that SIGINT has: without these two lines nothing but SIGKILL would end it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    print(f"http://{HOST}:{port}  (home {home.root}, Ctrl-C ends it)", flush=True)
    # A dagster.yaml lies in the repository: started there, Dagster would warn that it is not the one in use.
    os.chdir(home.root)
    command = ["-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", HOST, "-p", str(port)]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own interpreter, fixed arguments


def _refuse_taken(port: int) -> None:
    """A port that something listens on: of two UIs on one port the second leaves its daemon behind without a UI."""
    from models.errors import UsageError

    with socket.socket() as probe:
        # connections of the last server that are still closing must not look like one that listens
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        # OverflowError: a port beyond 65535
        except (OSError, OverflowError):
            raise UsageError(
                "U028",
                "the port cannot be used",
                actual=f"{HOST}:{port}",
                remedy="end what listens there, or add --port 3001",
            ) from None
