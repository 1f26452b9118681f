"""`kpi serve`: the Dagster UI and its daemon on this machine, over the same home as the other commands."""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from models.errors import UsageError
from pipelines.commands.asked import company_of
from pipelines.company.home import Home
from pipelines.graph.runner import prepare_instance

HOST = "127.0.0.1"  # the open-source UI has no login: loopback only [platform.md 1]
_ROOT = Path(__file__).resolve().parents[2]


def serve(chosen: argparse.Namespace) -> int:
    """Become the Dagster process; it ends with Ctrl-C or SIGTERM."""
    company, home = company_of(chosen), Home.of()
    _refuse_taken(chosen.port)
    prepare_instance(home)
    os.environ["KPI_COMPANY"], os.environ["KPI_HOME"] = str(company.folder), str(home.root)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    # A background shell starts us with SIGINT ignored, Dagster copies that to SIGTERM: then nothing ends it
    # [platform.md P5].
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    print(f"http://{HOST}:{chosen.port}  (home {home.root}, Ctrl-C ends it)", flush=True)
    # A dagster.yaml lies in the repository: started there, Dagster would warn that it is not the one in use.
    os.chdir(home.root)
    command = ["-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", HOST, "-p", str(chosen.port)]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own interpreter, fixed arguments


def _refuse_taken(port: int) -> None:
    """Two UIs on one port leave a daemon without UI behind [platform.md P6]."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise UsageError(
                "U028",
                "the port cannot be used",
                actual=f"{HOST}:{port}",
                remedy="end what listens there, or add --port 3001",
            ) from None
