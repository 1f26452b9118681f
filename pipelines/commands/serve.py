"""`kpi serve`: the Dagster UI and its daemon on this machine, over the same home as the other commands."""

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import click

from pipelines.commands.options import company_option

# Behind a session, but without encryption: no other machine may reach it.
HOST = "127.0.0.1"
_ROOT = Path(__file__).resolve().parents[2]


@click.command("serve")
# 3000 is the port of Dagster's own UI (docs.dagster.io, "dagster dev")
@click.option("--port", type=int, default=3000, show_default=True, metavar="N", help="Port on 127.0.0.1.")
@company_option
def serve(*, port: int, company: Path | None) -> int:
    """Serve the Dagster UI and its daemon on this machine only.

    Prints the address that opens the pages in one browser, once. It ends with Ctrl-C or SIGTERM.
    """
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.company.pin import pin
    from pipelines.graph.webserver import serve_pages

    folder, home = chosen_company(company).folder, Home.of()

    def tell(address: str) -> None:
        print(
            f"{address}  (opens the pages once, in one browser; home {home.root}, Ctrl-C ends it)", flush=True
        )

    with _listening(port) as taken:
        pin(folder, home)
        os.environ["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")])
        )
        # A background shell starts us with SIGINT ignored (POSIX, shell command language, asynchronous lists), and a child would
        # inherit that. SIGTERM must not end us before the children are ended.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            serve_pages(home, taken, told=tell)
    return 0


def _listening(port: int) -> socket.socket:
    """The port, ours from now on: nobody can take it between a look at it and the start of the pages.

    Raises:
        UsageError: U028 when something listens there.
    """
    from models.errors import UsageError

    listening = socket.socket()
    # connections of the last server that are still closing must not look like one that listens
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    # OverflowError: a port beyond 65535
    except (OSError, OverflowError):
        listening.close()
        raise UsageError(
            "U028",
            "the port cannot be used",
            actual=f"{HOST}:{port}",
            remedy="end what listens there, or add --port 3001",
        ) from None
    return listening
